import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { Extension, ExtensionError } from '../src/aws/extension';
import { failureText, isNotFound } from '../src/aws/failure';
import { signingHash } from '../src/aws/signingHash';
import { useFetch } from './browser';

const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey };

/** The hash of a kept session: the secret is in the key, and the clients know a handle only. */
async function keptHash(handle: string) {
  const bytes = new TextEncoder().encode('AWS4' + secretAccessKey);
  return signingHash(handle, await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']));
}

// The "get-vanilla" case of AWS's Signature Version 4 test suite: both ways to sign.
test('a kept key signs what its secret signs', async () => {
  const request = () => new HttpRequest({ method: 'GET', protocol: 'https:', hostname: 'example.amazonaws.com', path: '/', headers: { host: 'example.amazonaws.com' } });
  const options = { service: 'service', region: 'us-east-1', applyChecksum: false };
  const signingDate = new Date('2015-08-30T12:36:00Z');
  const bySecret = await new SignatureV4({ ...options, credentials, sha256: Sha256 }).sign(request(), { signingDate });
  const byKey = await new SignatureV4({ ...options, credentials: { ...credentials, secretAccessKey: 'a handle' }, sha256: await keptHash('a handle') }).sign(request(), { signingDate });
  assert.equal(byKey.headers.authorization, bySecret.headers.authorization);
  assert.match(byKey.headers.authorization!, /Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31$/);
});

test('a hash without the handle is SHA-256', async () => {
  const Hash = await keptHash('a handle');
  for (const secret of [undefined, 'AWS4another']) {
    const [hash, plain] = [new Hash(secret), new Sha256(secret)];
    for (const part of ['one', 'two']) {
      hash.update(new TextEncoder().encode(part));
      plain.update(part);
    }
    assert.deepEqual(await hash.digest(), await plain.digest());
  }
});

test('extension calls are signed as they are sent', async () => {
  const calls = useFetch(() => new Response('{"ok":true}'));
  const extension = new Extension({ ...credentials, region: 'us-east-1', sha256: Sha256 }, 'es');
  assert.deepEqual(await extension.get('/pasarela/explain/L0SM9cOFvHcCIhw%3D', { stage: 'prod', deployment: undefined }), { ok: true });
  assert.deepEqual(await extension.post('/pasarela/render', { template: 'x' }), { ok: true });
  assert.deepEqual(calls.map((call) => [call.init.method, call.url, call.init.body]), [
    ['GET', '/pasarela/explain/L0SM9cOFvHcCIhw%3D?stage=prod&language=es', undefined],
    ['POST', '/pasarela/render?language=es', '{"template":"x"}'],
  ]);
  for (const { init } of calls) assert.match((init.headers as Record<string, string>).authorization!, /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/us-east-1\/pasarela\/aws4_request, SignedHeaders=.*host.*, Signature=[0-9a-f]{64}$/);
});

test('refusals say what the server said', async () => {
  for (const { body, type, want } of [
    { body: '{"message":"Not yours"}', type: 'AccessDeniedException', want: 'AccessDeniedException: Not yours' },
    { body: '{"Message":"No such stage"}', type: 'NotFoundException', want: 'NotFoundException: No such stage' },
    { body: 'bad gateway', type: undefined, want: 'HTTP 502: bad gateway' },
  ]) {
    useFetch(() => new Response(body, { status: 502, headers: type ? { 'x-amzn-ErrorType': type } : {} }));
    const extension = new Extension({ ...credentials, region: 'us-east-1', sha256: Sha256 }, 'en');
    await assert.rejects(extension.get('/pasarela/connections'), (error) => error instanceof ExtensionError && failureText(error) === want && isNotFound(error) === (type === 'NotFoundException'));
  }
});
