import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiAtHand, rememberApi } from '../src/hooks/apiAtHand';
import { pushPolicy } from '../src/pages/iam/offered';
import { useLocalStorage } from './browser';

test('a policy is offered for the API that was looked at last, or for the only one', () => {
  useLocalStorage();
  const [orders, chat] = [{ ApiId: 'orders0000' }, { ApiId: 'chat000000' }];
  assert.equal(apiAtHand([orders, chat]), undefined);
  assert.equal(apiAtHand([chat]), chat);
  rememberApi('orders0000');
  assert.equal(apiAtHand([orders, chat]), orders);
  assert.equal(apiAtHand([chat]), chat, 'the other one is gone');
});

test('the offered policy names the API', () => {
  const resource = (text: string) => (JSON.parse(text) as { Statement: { Resource: string[] }[] }).Statement[0]!.Resource;
  assert.deepEqual(resource(pushPolicy('us-east-1', '000000000000', 'chat000000')), ['arn:aws:execute-api:us-east-1:000000000000:chat000000/*']);
  assert.deepEqual(resource(pushPolicy('us-east-1', '000000000000')), ['arn:aws:execute-api:*:000000000000:*']);
});
