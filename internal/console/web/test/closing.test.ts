import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeText } from '../src/pages/apis/closing';

test('the code of a close is said in words, with the reason that was given', () => {
  assert.equal(closeText('en', { code: 1000, reason: '' }), 'Closed normally (1000)');
  assert.equal(closeText('es', { code: 1006, reason: '' }), 'Conexión perdida (1006)');
  assert.equal(closeText('en', { code: 4001, reason: 'done' }), 'Closed (4001): done');
});
