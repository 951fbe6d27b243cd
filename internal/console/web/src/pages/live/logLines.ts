// Finding lines of a log, and the timelines that they belong to.

/** The lines that have every word of the search, in any order and case. */
export function matching<T extends { text: string }>(lines: T[], search: string): T[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return lines.filter(({ text }) => {
    const lower = text.toLowerCase();
    return words.every((word) => lower.includes(word));
  });
}

/** A part of a line; one with an id names a connection or a request that can be explained. */
export interface Part {
  text: string;
  id?: string;
}

/** Ids of connections and requests have 12 characters or more of base64 and one "=" at their end (aws-dataplane §1.7). */
const ID = /[A-Za-z0-9+/_-]{11,40}=(?![A-Za-z0-9=])/g;

export function linked(line: string): Part[] {
  const parts: Part[] = [];
  let done = 0;
  for (const { 0: id, index } of line.matchAll(ID)) {
    if (index > done) parts.push({ text: line.slice(done, index) });
    parts.push({ text: id, id });
    done = index + id.length;
  }
  if (done < line.length) parts.push({ text: line.slice(done) });
  return parts;
}
