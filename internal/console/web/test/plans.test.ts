import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PatchOperation, UsagePlan } from '@aws-sdk/client-api-gateway';
import type { Clients } from '../src/aws/clients';
import { applicable, restoreInput, updateInput, type Value } from '../src/form/field';
import { fold, planFields, planPatches, unfold } from '../src/pages/keys/planForm';

const fields = planFields({} as Clients);
const bare: UsagePlan = { id: 'p1', name: 'basic', apiStages: [{ apiId: 'a', stage: 'prod' }] };
const limited: UsagePlan = { ...bare, description: 'd', throttle: { rateLimit: 5, burstLimit: 10 }, quota: { limit: 100, period: 'MONTH', offset: 3 } };

const replace = (path: string, value: string): PatchOperation => ({ op: 'replace', path, value });

/** What the form sends of a plan once these members were changed in it. */
const edited = (plan: UsagePlan, change: Value) => planPatches(plan, updateInput(fields, unfold(plan), { ...unfold(plan), ...change }));

test('a limit of a usage plan is written as a whole, and removed where it is emptied', () => {
  for (const [plan, change, want] of [
    [limited, {}, []],
    [limited, { rateLimit: undefined }, [{ op: 'remove', path: '/throttle' }]],
    [limited, { quotaLimit: undefined }, [{ op: 'remove', path: '/quota' }]],
    [limited, { description: '' }, [replace('/description', '')]],
    [limited, { rateLimit: 0 }, [replace('/throttle/rateLimit', '0'), replace('/throttle/burstLimit', '10')]],
    [limited, { quotaPeriod: 'DAY' }, [replace('/quota/limit', '100'), replace('/quota/period', 'DAY'), replace('/quota/offset', '0')]],
    [limited, { quotaOffset: undefined }, [replace('/quota/limit', '100'), replace('/quota/period', 'MONTH'), replace('/quota/offset', '0')]],
    [bare, { rateLimit: 1, burstLimit: 2 }, [replace('/throttle/rateLimit', '1'), replace('/throttle/burstLimit', '2')]],
    [bare, { quotaLimit: 7, quotaPeriod: 'WEEK' }, [replace('/quota/limit', '7'), replace('/quota/period', 'WEEK'), replace('/quota/offset', '0')]],
    [bare, { stages: ['a:test'] }, [{ op: 'remove', path: '/apiStages', value: 'a:prod' }, { op: 'add', path: '/apiStages', value: 'a:test' }]],
  ] as [UsagePlan, Value, PatchOperation[]][]) assert.deepEqual(edited(plan, change), want, JSON.stringify(change));
});

test('a change of a usage plan is taken back', () => {
  const back = (now: UsagePlan, before: UsagePlan) => planPatches(now, restoreInput(fields, unfold(now), unfold(before)));
  assert.deepEqual(back(limited, bare), [replace('/description', ''), { op: 'remove', path: '/throttle' }, { op: 'remove', path: '/quota' }]);
  assert.deepEqual(back(bare, limited), [
    replace('/description', 'd'),
    replace('/throttle/rateLimit', '5'), replace('/throttle/burstLimit', '10'),
    replace('/quota/limit', '100'), replace('/quota/period', 'MONTH'), replace('/quota/offset', '3'),
  ]);
  assert.deepEqual(back(limited, limited), []);
});

test('a usage plan is made with the limits that were typed', () => {
  assert.deepEqual(fold({ name: 'n', quotaLimit: 3, quotaPeriod: 'DAY' }), { name: 'n', description: undefined, apiStages: [], throttle: undefined, quota: { limit: 3, offset: 0, period: 'DAY' } });
  assert.deepEqual(fold({ name: 'n', rateLimit: 0, burstLimit: 0 }).throttle, { rateLimit: 0, burstLimit: 0 });
  assert.deepEqual(applicable(fields, {}).map((field) => field.name), ['name', 'description', 'stages', 'keys', 'rateLimit', 'quotaLimit']);
  assert.deepEqual(applicable(fields, { id: 'p' }).map((field) => field.name), ['name', 'description', 'stages', 'rateLimit', 'quotaLimit']);
});
