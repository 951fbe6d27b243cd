import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signInFault } from '../src/shell/signInFault';

const refusal = (name: string, message = '') => Object.assign(new Error(message), { name });

test('a refused sign-in is told by what was wrong', () => {
  for (const [error, want] of [
    [refusal('InvalidClientTokenId', 'The security token included in the request is invalid.'), 'unknownKey'],
    [refusal('SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided.'), 'wrongSecret'],
    [refusal('SignatureDoesNotMatch', 'Signature expired: 20261130T000000Z is now earlier than 20261130T080000Z (20261130T081500Z - 15 min.)'), 'clock'],
    [refusal('SignatureDoesNotMatch', 'Signature not yet current: 20261130T090000Z is still later than 20261130T081500Z (20261130T080000Z + 15 min.)'), 'clock'],
    [refusal('ExpiredToken'), 'expired'],
    [new TypeError('Failed to fetch'), 'unreachable'],
    [refusal('AccessDenied'), 'other'],
    ['text', 'other'],
  ] as const) assert.equal(signInFault(error), want, String(error));
});
