import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectInBrowser, connectWithJava, connectWithNode, connectWithPython, connectWithShell, postResource, pushWithJava, pushWithNode, pushWithPython, pushWithShell } from '../src/pages/apis/snippets';

const plain = { url: 'ws://127.0.0.1:4566/abcdef1234/prod?reportType=ventas', headers: [], protocol: '' };

test('a client sends the headers, the subprotocol and the message', () => {
  const all = { ...plain, headers: ['x-api-key: a:b'], protocol: 'chat', message: '{"action":"order"}' };
  assert.match(connectWithShell('pasarela connect', all), / -H 'x-api-key: a:b' -s chat$/);
  assert.match(connectWithNode(all), /"chat", \{ headers: \{ "x-api-key": "a:b" \} \}\);/);
  assert.match(connectWithPython(all), /additional_headers=\{"x-api-key": "a:b"\}, subprotocols=\["chat"\]/);
  assert.match(connectWithJava(all), /\.header\("x-api-key", "a:b"\)\s+\.subprotocols\("chat"\)/);
  for (const text of [connectInBrowser(all), connectWithNode(all), connectWithPython(all), connectWithJava(all)]) assert.ok(text.includes(JSON.stringify(all.message)), text);
});

test('without a message that a route takes nothing is sent', () => {
  for (const text of [connectInBrowser(plain), connectWithNode(plain), connectWithPython(plain), connectWithJava(plain)]) assert.ok(!/\.send/.test(text), text);
  assert.match(connectWithNode({ ...plain, headers: ['a: b'] }), /, \[\], \{ headers/);
});

test('a push goes to the connection that is open, or to the one that the code knows', () => {
  const to = { endpoint: 'http://127.0.0.1:4566/abcdef1234/prod', region: 'us-east-1' };
  const all = [pushWithShell, pushWithPython, pushWithNode, pushWithJava];
  assert.deepEqual(all.map((push) => /\$CONNECTION_ID|connection_id\b|connectionId\b(?!:)/.test(push({ ...to, connectionId: 'abc=' }).replace('.connectionId(', ''))), [false, false, false, false]);
  for (const push of all) assert.ok(push({ ...to, connectionId: 'abc=' }).includes('abc='));
  assert.match(pushWithShell(to), /--connection-id "\$CONNECTION_ID"/);
});

test('what a policy names follows from the endpoint of the stage', () => {
  const arn = 'arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/POST/@connections/*';
  assert.equal(postResource('http://127.0.0.1:4566/abcdef1234/prod', 'us-east-1', '123456789012'), arn);
  assert.equal(postResource('https://abcdef1234.execute-api.us-east-1.example.com/prod', 'us-east-1', '123456789012'), arn);
});
