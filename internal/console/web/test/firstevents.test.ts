import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useLocalStorage } from './browser';
import { messageFor, queryFor, takesMessages } from '../src/pages/apis/firstEvents';
import { guideSample, newestSample, rememberSample } from '../src/pages/template/samples';

test('the test client proposes what $connect reads', () => {
  const reads = (template: string) => ({ RequestTemplates: { 'application/json': template } });
  assert.equal(queryFor(undefined, undefined), '');
  assert.equal(queryFor({ RouteKey: '$connect' }, reads(`{"type": "$input.params('reportType')"}`)), 'reportType=ventas');
  assert.equal(queryFor({ RouteKey: '$connect', RequestParameters: { 'route.request.querystring.user': { Required: true }, 'route.request.header.x': { Required: true } } }, reads('$input.params("user") $input.params( "room" )')), 'user=&room=');
});

test('the test client proposes a message that selects a route', () => {
  const routes = [{ RouteKey: '$connect' }, { RouteKey: 'sell' }, { RouteKey: 'order' }];
  assert.equal(messageFor('$request.body.action', routes), '{"action":"order"}');
  assert.equal(messageFor('${request.body.kind}', routes), '{"kind":"order"}');
  assert.equal(messageFor('$request.body.action', [{ RouteKey: '$default' }]), '{"action":"hello"}');
  assert.equal(messageFor(undefined, []), '{"action":"hello"}');
});

test('an API without a route for messages is told apart', () => {
  const keys = (...routes: string[]) => routes.some((RouteKey) => takesMessages({ RouteKey }));
  assert.ok(!keys('$connect', '$disconnect'));
  assert.ok(keys('$connect', '$default'));
  assert.ok(keys('order'));
});

test('a template is tried with an event of its route', () => {
  useLocalStorage();
  assert.deepEqual(newestSample(), guideSample);
  assert.deepEqual(newestSample('$connect'), guideSample);
  const order = { eventType: 'MESSAGE' as const, query: '', body: '{"action":"order"}' };
  assert.deepEqual(newestSample('order'), order);
  rememberSample({ ...order, body: '{"action":"order","id":7}' });
  rememberSample({ eventType: 'CONNECT', query: 'user=ana', body: '' });
  assert.equal(newestSample('order').body, '{"action":"order","id":7}');
  assert.equal(newestSample('sell').body, '{"action":"sell"}');
  assert.equal(newestSample('$connect').query, 'user=ana');
  assert.equal(newestSample().query, 'user=ana');
});
