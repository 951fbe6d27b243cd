import assert from 'node:assert/strict';
import { test } from 'node:test';
import { executionsOf, phasesOf, routeKeyOf, type Phase, type Step } from '../src/pages/live/timeline';

const step = (requestId: string, afterMillis: number, phase: Phase, level: Step['level'] = 'info'): Step => ({ at: `2026-01-02T03:04:05.${afterMillis}Z`, afterMillis, requestId, name: 'CONNECT $connect', text: '', level, phase, node: 'n1' });

test('the time of an event goes to the phase of the step before', () => {
  const [one] = executionsOf([step('a=', 0, 'gateway'), step('a=', 1, 'gateway'), step('a=', 2, 'request'), step('a=', 3, 'backend'), step('a=', 13, 'response'), step('a=', 13, 'client')]);
  assert.deepEqual(one!.stretches, [
    { phase: 'gateway', from: 0, to: 2 },
    { phase: 'request', from: 2, to: 3 },
    { phase: 'backend', from: 3, to: 13 },
  ]);
  assert.deepEqual(phasesOf(one!), [['gateway', 2], ['request', 1], ['backend', 10]]);
  assert.equal(one!.millis, 13);
});

test('events of a connection are told apart, the newest first', () => {
  const all = executionsOf([step('a=', 0, 'gateway'), step('b=', 0, 'backend'), step('a=', 4, 'client', 'error')]);
  assert.deepEqual(all.map((one) => [one.requestId, one.failed, one.steps.length]), [['b=', false, 1], ['a=', true, 2]]);
  assert.deepEqual(phasesOf(all[0]!), []);
  assert.equal(executionsOf([{ ...step('a=', 0, 'backend'), failed: true }])[0]!.failed, true); // a backend refused the client, and no step failed
});

test('an execution names its route', () => {
  for (const [name, want] of [['CONNECT $connect', '$connect'], ['MESSAGE join room', 'join room']] as const) assert.equal(routeKeyOf(executionsOf([{ ...step('a=', 0, 'gateway'), name }])[0]!), want);
});
