// The console has layers as the Go code has (architecture_test.go): imports point down,
// folders of one layer do not import each other, and no files import each other in a circle.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';

/** Folders below src, from the ground up. A file directly in pages/ knows all pages, those in src/ know all. */
const layers: Record<string, number> = {
  words: 0, // languages, formats, words that several parts share
  aws: 1, // clients, signing, sessions, lists
  hooks: 2, // what every component can reach: the console, the address, loading, drafts
  elements: 3, // copy buttons, editors, differences
  names: 3, // resources by their names
  commands: 4, // calls as AWS CLI commands and templates
  form: 5, // lists and forms of any resource
  'pages/template': 6, // pages and parts that other pages use
  'pages/iam': 6,
  'pages/live': 6,
  'pages/apis': 7,
  'pages/backup': 7,
  'pages/domains': 7,
  'pages/functions': 7,
  'pages/keys': 7,
  'pages/settings': 7,
  'pages/stacks': 7,
  'pages/vpclinks': 7,
  'pages/wizard': 7,
  pages: 8, // the registry
  shell: 9, // the frame around a page: navigation, sign-in, breadcrumbs
  '.': 10, // main
};

/** Imports of each file below src, by path without extension. */
function imports(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const entry of readdirSync('src', { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(entry)) continue;
    const text = readFileSync(join('src', entry), 'utf8');
    const specifiers = [...text.matchAll(/(?:from |import\(|import )'(\.[^']+)'/g)].map((match) => match[1]!).filter((one) => !one.endsWith('.css'));
    found.set(plain(entry), specifiers.map((one) => normalize(join(dirname(entry), one)).replaceAll('\\', '/')));
  }
  return found;
}

const plain = (file: string) => file.replaceAll('\\', '/').replace(/\.tsx?$/, '');

test('imports point down', () => {
  const files = imports();
  assert.ok(files.size > 100, 'this test looks at nothing');
  for (const [file, targets] of files) {
    const from = dirname(file);
    assert.ok(from in layers, `src/${from} has no layer: give it one in test/layers.test.ts`);
    for (const target of targets) {
      const to = dirname(target);
      assert.ok(from === to || layers[to]! < layers[from]!, `src/${file} (layer ${layers[from]}) imports src/${target} (layer ${layers[to]}): imports point down`);
    }
  }
});

test('no circle of imports', () => {
  const files = imports();
  const done = new Set<string>();
  const visit = (file: string, way: string[]): void => {
    assert.ok(!way.includes(file), `a circle: ${[...way.slice(way.indexOf(file)), file].join(' -> ')}`);
    if (done.has(file)) return;
    for (const target of files.get(file) ?? []) visit(target, [...way, file]);
    done.add(file);
  };
  for (const file of files.keys()) visit(file, []);
});
