// Packs the build for embedding: every file gzipped at the highest level without
// a time stamp (so that equal input gives equal bytes), beside a manifest that
// holds the hash of the sources it was made from. `go test` compares that hash
// with the sources in the tree, and CI compares the unpacked bytes with a fresh
// build.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gzipSync, constants } from 'node:zlib';

const build = '.build';
const dist = '../dist';
const sources = ['src', 'public', 'scripts', 'index.html', 'package.json', 'package-lock.json', 'tsconfig.json', 'vite.config.ts'];

function files(path) {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path).sort().flatMap((name) => files(join(path, name)));
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
for (const file of files(build)) {
  const name = relative(build, file).replaceAll('\\', '/');
  if (name.includes('/')) throw new Error(`${name}: the build must be flat`);
  const packed = gzipSync(readFileSync(file), { level: constants.Z_BEST_COMPRESSION });
  packed[9] = 255; // operating system: unknown, on every machine
  writeFileSync(join(dist, name + '.gz'), packed);
}

const hash = createHash('sha256');
for (const file of sources.flatMap(files).sort()) {
  hash.update(file.replaceAll('\\', '/')).update('\0').update(readFileSync(file)).update('\0');
}
writeFileSync(join(dist, 'sources.sha256'), hash.digest('hex') + '\n');
