import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withMessage, type Message } from '../src/hooks/messages';

test('what can be taken back is offered until a later change of the same thing can be; a plain success replaces a plain success', () => {
  const message = (id: string, type: Message['type'] = 'success', about?: string[]): Message => ({ id, type, about, action: about && 'Undo' });
  let shown: Message[] = [];
  const after = (one: Message) => (shown = withMessage(shown, one)).map(({ id }) => id).join(' ');
  assert.equal(after(message('saved', 'success', ['#/apis/a'])), 'saved');
  assert.equal(after(message('created')), 'created saved');
  assert.equal(after(message('deployed')), 'deployed saved');
  assert.equal(after(message('draft', 'info')), 'deployed saved draft');
  assert.equal(after(message('failed', 'error')), 'failed deployed saved draft');
  assert.equal(after(message('two deleted', 'success', ['#/apis/b', '#/apis/c'])), 'two deleted failed deployed saved draft');
  assert.equal(after(message('saved again', 'success', ['#/apis/a'])), 'saved again two deleted failed deployed draft');
  assert.equal(after(message('one deleted', 'success', ['#/apis/c'])), 'one deleted saved again failed deployed draft');
  for (const id of ['a', 'b', 'c', 'd']) after(message(id, 'error'));
  assert.equal(after(message('e', 'error')), 'e d c b a');
});
