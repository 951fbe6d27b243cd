import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byApi } from '../src/pages/live/activity';

test('what an API does is what its stages do together', () => {
  const apis = byApi([
    { apiId: 'a', stage: 'prod', connections: 3, lastMinute: { ConnectCount: 1, MessageCount: 20 }, lastHour: { ConnectCount: 60, ClientError: 1, ExecutionError: 2, IntegrationError: 4, Throttled: 8, Failed: 5 } },
    { apiId: 'a', stage: 'test', connections: 1, lastMinute: { MessageCount: 5 }, lastHour: { IntegrationError: 10, ExecutionError: 10, Failed: 10 } },
    { apiId: 'b', stage: 'prod', connections: 0, lastMinute: {}, lastHour: {} },
  ]);
  assert.deepEqual(apis.get('a'), { connections: 4, connects: 1, messages: 25, errors: 15 });
  assert.deepEqual(apis.get('b'), { connections: 0, connects: 0, messages: 0, errors: 0 });
});
