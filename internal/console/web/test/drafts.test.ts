import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { draftKey, dropDraft, forgetOldDrafts, isSame, readDraft, storeDraft } from '../src/hooks/draftStore';
import { useLocalStorage } from './browser';

beforeEach(useLocalStorage);

test('a draft is stored while it differs from what the form began with', () => {
  const key = draftKey('AKIA', 'form', '#/apis?form=apis-create');
  storeDraft(key, { Name: 'orders' }, {});
  assert.deepEqual(readDraft<object>(key)?.value, { Name: 'orders' });
  storeDraft(key, { Name: '' }, {});
  assert.equal(readDraft(key), undefined);
  storeDraft(key, { Name: 'x' }, {});
  dropDraft(key);
  assert.equal(readDraft(key), undefined);
});

test('drafts belong to one access key, form and address', () => {
  const keys = [draftKey('A', 'form', '#/apis'), draftKey('B', 'form', '#/apis'), draftKey('A', 'deploy', '#/apis'), draftKey('A', 'form', '#/domains')];
  keys.forEach((key, at) => storeDraft(key, at, undefined as unknown as number));
  assert.deepEqual(keys.map((key) => readDraft(key)?.value), [0, 1, 2, 3]);
});

test('old drafts are removed, and nothing else', () => {
  const [old, young] = [draftKey('A', 'form', 'old'), draftKey('A', 'form', 'young')];
  const day = 24 * 60 * 60 * 1000;
  localStorage.setItem(old, JSON.stringify({ at: Date.now() - 8 * day, value: 1 }));
  localStorage.setItem(young, JSON.stringify({ at: Date.now() - 6 * day, value: 1 }));
  localStorage.setItem('pasarela.language', 'es');
  forgetOldDrafts();
  assert.deepEqual(Object.keys(localStorage).sort(), [young, 'pasarela.language'].sort());
});

test('what was typed and emptied again is the same', () => {
  for (const [a, b, want] of [
    [{ a: '' }, {}, true],
    [{ a: null }, { a: undefined }, true],
    [{ a: 0 }, {}, false],
    [{ a: false }, {}, false],
    [{ a: { b: '' } }, { a: {} }, true],
    [['x'], ['y'], false],
  ] as const) assert.equal(isSame(a, b), want, JSON.stringify([a, b]));
});
