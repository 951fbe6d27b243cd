// Packs the build for embedding: every file gzipped at the highest level without
// a time stamp (so that equal input gives equal bytes), beside a manifest that
// holds the hash of the sources it was made from. `go test` compares that hash
// with the sources in the tree, and CI compares the unpacked bytes with a fresh
// build.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { constants, gunzipSync, gzipSync } from 'node:zlib';

const build = '.build';
const dist = '../dist';
const sources = ['src', 'public', 'scripts', 'index.html', 'package.json', 'package-lock.json', 'tsconfig.json', 'vite.config.ts'];

function files(path) {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path).sort().flatMap((name) => files(join(path, name)));
}

function packed(file) {
  const bytes = gzipSync(readFileSync(file), { level: constants.Z_BEST_COMPRESSION });
  bytes[9] = 255; // operating system: unknown, on every machine
  return bytes;
}

const hash = createHash('sha256');
for (const file of sources.flatMap(files).sort()) {
  hash.update(file.replaceAll('\\', '/')).update('\0').update(readFileSync(file)).update('\0');
}
const manifest = hash.digest('hex') + '\n';

function pack() {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist);
  for (const file of files(build)) writeFileSync(join(dist, nameOf(file)), packed(file));
  writeFileSync(join(dist, 'sources.sha256'), manifest);
}

// compare says what a fresh build and the committed one differ in; zlib may pack
// the same bytes otherwise on another machine, so they are compared unpacked.
function compare() {
  const fresh = new Set(files(build).map(nameOf));
  const committed = readdirSync(dist).filter((name) => name.endsWith('.gz'));
  const wrong = [...fresh].filter((name) => !committed.includes(name) || !gunzipSync(readFileSync(join(dist, name))).equals(readFileSync(join(build, name.slice(0, -3)))));
  wrong.push(...committed.filter((name) => !fresh.has(name)));
  if (readFileSync(join(dist, 'sources.sha256'), 'utf8') !== manifest) wrong.push('sources.sha256');
  if (wrong.length === 0) return;
  console.error(`internal/console/dist differs from a fresh build in ${wrong.join(', ')}: run \`npm ci && npm run build\` in internal/console/web and commit dist`);
  process.exitCode = 1;
}

function nameOf(file) {
  const name = relative(build, file).replaceAll('\\', '/');
  if (name.includes('/')) throw new Error(`${name}: the build must be flat`);
  return name + '.gz';
}

if (process.argv[2] === '--compare') compare();
else pack();
