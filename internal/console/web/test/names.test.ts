import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allPages } from '../src/aws/allPages';
import { callerOf } from '../src/aws/caller';
import { readable, trustsGateway } from '../src/aws/documents';
import { gatewayArn, tagChanges } from '../src/aws/tagging';
import { formHref, href, parseAddress } from '../src/hooks/router';
import { distinctNames, freeName } from '../src/names/distinct';
import { ofItem } from '../src/names/impact';
import { deploymentName, functionName, integrationName, nameInArn, sentence } from '../src/names/texts';
import { entryAt } from '../src/pages/match';
import { asEvent } from '../src/pages/template/samples';
import { whenText } from '../src/words/format';

test('integrations are called by what they call', () => {
  for (const [IntegrationType, IntegrationMethod, IntegrationUri, want] of [
    ['HTTP', 'POST', 'http://localhost:8080/api/x', 'POST localhost:8080/api/x'],
    ['MOCK', undefined, undefined, 'MOCK'],
    ['AWS_PROXY', 'POST', 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:orders/invocations', 'Lambda orders'],
    ['AWS', 'POST', 'arn:aws:apigateway:us-east-1:sqs:path/1/q', 'AWS sqs:path/1/q'],
  ] as const) assert.equal(integrationName({ IntegrationType, IntegrationMethod, IntegrationUri }), want);
});

test('deployments are called by their moment and description', () => {
  const CreatedDate = new Date(2026, 10, 28, 21, 15, 19);
  assert.equal(deploymentName('es', { CreatedDate, Description: 'first' }), '28 nov 2026, 21:15:19 · first');
  assert.equal(deploymentName('en', { CreatedDate }).replace(/\s/g, ' '), 'Nov 28, 2026, 9:15:19 PM'); // ICU's versions differ in the space
});

test('a sentence of the server writes moments as the page does', () => {
  assert.equal(sentence('es', 'la última fue MESSAGE join, el 2026-11-28 21:15:19 UTC'), `La última fue MESSAGE join, el ${whenText('es', '2026-11-28T21:15:19Z')}.`);
  assert.equal(sentence('en', 'no answer from the backend'), 'No answer from the backend.');
  for (const name of ['integrationUri of integration x', 'arn:aws:iam::000000000000:role/r: no', 'sigv4: no', '/x: no', 'No, it is']) assert.equal(sentence('en', name), name + '.');
});

test('ARNs that tags go by', () => {
  assert.equal(gatewayArn('eu-west-1', 'apis/abcdef1234/stages/prod'), 'arn:aws:apigateway:eu-west-1::/apis/abcdef1234/stages/prod');
});

test('tags are added and removed by separate calls', () => {
  assert.deepEqual(tagChanges({ a: '1', b: '2', c: '3' }, { a: '1', b: 'x', d: '' }), { added: { b: 'x', d: '' }, gone: ['c'] });
});

test('addresses come back as they were', () => {
  const path = ['iam', 'policies', 'arn:aws:iam::1:policy/a/b c?d#e'];
  assert.deepEqual(parseAddress(href(...path)).path, path);
  const { path: same, query } = parseAddress(formHref(path, { form: 'x-edit', of: 'a&b', field: undefined }));
  assert.deepEqual([same, query.get('form'), query.get('of'), query.has('field')], [path, 'x-edit', 'a&b', false]);
  assert.deepEqual(parseAddress('').path, []);
});

test('an address is found by the whole segments that it begins with', () => {
  const entries = [{ path: 'live' }, { path: 'iam/roles' }, { path: 'iam/users' }];
  assert.deepEqual(entryAt(entries, ['iam', 'users', 'x', 'y']), { entry: entries[2], rest: ['x', 'y'] });
  assert.equal(entryAt(entries, ['iam']), undefined);
  assert.equal(entryAt(entries, ['living']), undefined);
});

test('policy documents are shown as indented JSON', () => {
  const want = '{\n  "a": 1\n}';
  for (const text of ['{"a":1}', encodeURIComponent('{"a":1}')]) assert.equal(readable(text), want);
  assert.equal(readable('{"a":'), '{"a":');
  assert.equal(readable(undefined), '');
});

test('a trust policy names the gateway', () => {
  const policy = (Effect: string, Service: unknown, array: boolean) => JSON.stringify({ Statement: array ? [{ Effect, Principal: { Service } }] : { Effect, Principal: { Service } } });
  for (const [text, want] of [
    [policy('Allow', 'apigateway.amazonaws.com', true), true],
    [policy('Allow', ['lambda.amazonaws.com', 'apigateway.amazonaws.com'], false), true],
    [policy('Deny', 'apigateway.amazonaws.com', true), false],
    [policy('Allow', 'lambda.amazonaws.com', true), false],
    ['{}', false],
    ['no JSON', false],
  ] as const) assert.equal(trustsGateway(text), want, text);
});

test('a sample becomes the event that templates see', () => {
  const event = asEvent({ eventType: 'MESSAGE', query: 'a=1&b=%20x', body: '{}' });
  assert.deepEqual([event.eventType, event.querystring, event.body], ['MESSAGE', { a: '1', b: ' x' }, '{}']);
});

test('lists are read to their end, and one without an end is refused', async () => {
  const pages: Record<string, { items: number[]; next?: string }> = { '': { items: [1], next: 'two' }, two: { items: [], next: 'three' }, three: { items: [2, 3] } };
  assert.deepEqual(await allPages(async (token = '') => pages[token]!), [1, 2, 3]);
  await assert.rejects(allPages(async () => ({ items: [], next: 'again' })));
});

test('who is signed in is known by the ARN', () => {
  for (const [arn, want] of [
    ['arn:aws:iam::000000000000:root', { kind: 'root', name: '000000000000' }],
    ['arn:aws:iam::000000000000:user/people/ana', { kind: 'user', name: 'ana' }],
    ['arn:aws:sts::000000000000:assumed-role/Viewer/console', { kind: 'role', name: 'Viewer' }],
    ['', undefined],
  ] as const) assert.deepEqual(callerOf(arn), want, arn);
});

test('things of one name are told apart by their ids', () => {
  const apis = [['a1', 'Orders'], ['b2', 'Orders'], ['c3', 'Chat'], ['d4', 'd4'], ['e5', 'd4']] as const;
  assert.deepEqual([...distinctNames(apis, ([id]) => id, ([, name]) => name).values()], ['Orders (a1)', 'Orders (b2)', 'Chat', 'd4', 'd4 (e5)']);
});

test('a name that is taken gets a number', () => {
  for (const [taken, want] of [[[], 'Orders'], [['Orders'], 'Orders-2'], [['Orders', 'Orders-2', 'Orders-4'], 'Orders-3']] as const) assert.equal(freeName('Orders', taken), want);
});

test('ARNs are called by the name in them', () => {
  for (const [arn, want] of [
    ['arn:aws:cloudformation:us-east-1:000000000000:stack/chat/11111111-2222-3333-4444-555555555555', 'chat'],
    ['arn:aws:iam::000000000000:policy/team/Pushers', 'Pushers'],
    ['arn:aws:lambda:us-east-1:000000000000:function:orders', 'orders'],
    ['chat', 'chat'],
    ['a/b', 'a/b'],
  ] as const) assert.equal(nameInArn(arn), want);
  assert.equal(functionName('arn:aws:lambda:us-east-1:000000000000:function:orders:live'), 'orders');
  assert.equal(functionName('http://127.0.0.1/authorize'), undefined);
});

test('of several things, what is in use says of which', () => {
  const uses = [{ en: 'Stages of Chat that are deleted: prod', es: 'Etapas de Chat que se eliminan: prod' }, { en: 'Usage plan Basic covers it.', es: 'Está en el plan de uso Basic.' }];
  assert.deepEqual(ofItem('Chat', { uses, severe: true }), { severe: true, uses: [uses[0], { en: 'Chat: Usage plan Basic covers it.', es: 'Chat: Está en el plan de uso Basic.' }] });
});
