// A zip file of one text that is stored as it is: what an editor holds needs no compression.

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});

export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 0xff]!;
  return ~crc >>> 0;
}

/** 1 January 1980, the first date that the format has: the same text is always the same file. */
const DATE = 0x21;
/** A plain file that everybody may read, as Unix says it in the upper half. */
const MODE = 0o100644 * 0x10000;

/** The zip file of a text (PKWARE's APPNOTE 4.3); the name is ASCII. */
export function zipOf(name: string, text: string): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const [title, data] = [encoder.encode(name), encoder.encode(text)];
  // Version 2.0 to read it, no flags, stored, time, date, checksum, both sizes, lengths of name and extra field.
  const common = [...le(20, 2), ...le(0, 2), ...le(0, 2), ...le(0, 2), ...le(DATE, 2), ...le(crc32(data), 4), ...le(data.length, 4), ...le(data.length, 4), ...le(title.length, 2), ...le(0, 2)];
  const local = [...signature(3, 4), ...common, ...title];
  // Made on Unix; no comment, first disk, no internal attributes, mode, and where the file begins.
  const central = [...signature(1, 2), ...le(0x314, 2), ...common, ...le(0, 2), ...le(0, 2), ...le(0, 2), ...le(MODE, 4), ...le(0, 4), ...title];
  const end = [...signature(5, 6), ...le(0, 2), ...le(0, 2), ...le(1, 2), ...le(1, 2), ...le(central.length, 4), ...le(local.length + data.length, 4), ...le(0, 2)];
  const zip = new Uint8Array(local.length + data.length + central.length + end.length);
  zip.set(local);
  zip.set(data, local.length);
  zip.set(central, local.length + data.length);
  zip.set(end, local.length + data.length + central.length);
  return zip;
}

const signature = (a: number, b: number) => [0x50, 0x4b, a, b];

/** A number in so many bytes, the lowest first. */
const le = (number: number, bytes: number) => Array.from({ length: bytes }, (_, at) => Math.floor(number / 256 ** at) & 0xff);
