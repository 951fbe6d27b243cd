import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createInput, sectionsOf, updateInput } from '../src/form/field';
import { foldTags, settingFields, settingHint, settingLabel, settingText, unfoldSettings } from '../src/pages/apis/stageSettings';
import { gatewayTags, roleTags } from '../src/aws/tagging';
import { fold } from '../src/pages/apis/stageForm';

const resume = { name: 'resumeSeconds', unit: 'seconds' as const, most: 86400, default: '0' };
const delivery = { name: 'delivery', choices: ['memory', 'durable'], default: 'memory' };
const async = { name: 'async', choices: ['false', 'true'], default: 'false' };

test('a setting has its unit, its bounds, its tag and its documentation', () => {
  assert.equal(settingLabel(resume).en, 'Resume (seconds)');
  assert.match(settingHint(resume).en, /0 to 86,400\. Tag pasarela:resumeSeconds; docs\/resume\.md$/);
  assert.match(settingHint(resume).es, /0 a 86\.400\. Etiqueta pasarela:resumeSeconds; docs\/resume\.md$/);
  assert.equal(settingLabel({ name: 'new' }).en, 'pasarela:new');
  assert.equal(settingText(async, 'true').es, 'Activado');
  assert.equal(settingText(delivery, 'durable').en, 'durable');
});

test('the settings are fields of one section', () => {
  const { unfolded, sections } = sectionsOf(settingFields([resume, delivery, async]));
  assert.deepEqual([unfolded.length, sections.length, sections[0]!.title.en], [0, 1, 'pasarela settings']);
  assert.deepEqual(sections[0]!.fields.map((field) => [field.name, field.kind]), [['pasarela:resumeSeconds', 'number'], ['pasarela:delivery', 'select'], ['pasarela:async', 'select']]);
  assert.deepEqual(settingFields(undefined), []);
});

test('what is set and what is emptied become tags, and nothing else does', () => {
  const fields = settingFields([resume, delivery, async]);
  const before = unfoldSettings({ team: 'payments', 'pasarela:resumeSeconds': '60', 'pasarela:async': 'true' });
  assert.deepEqual(before, { 'pasarela:resumeSeconds': 60, 'pasarela:async': 'true' });
  const change = updateInput(fields, before, { ...before, 'pasarela:resumeSeconds': 120, 'pasarela:async': '', 'pasarela:delivery': 'durable' });
  assert.deepEqual(foldTags({ ...change, AutoDeploy: true }), { members: { AutoDeploy: true }, added: { 'pasarela:resumeSeconds': '120', 'pasarela:delivery': 'durable' }, gone: ['pasarela:async'] });
  assert.deepEqual(updateInput(fields, before, before), {});
});

test('a stage that is made takes its settings along as tags', () => {
  const input = createInput(settingFields([resume]), { 'pasarela:resumeSeconds': 120 });
  assert.deepEqual(fold({ StageName: 'prod', Tags: { team: 'payments' }, ...input }), { StageName: 'prod', Tags: { team: 'payments', 'pasarela:resumeSeconds': '120' } });
});

test('changed tags are shown as the calls that change them', () => {
  const clients = {} as Parameters<typeof roleTags>[0];
  assert.deepEqual(roleTags(clients, 'push').calls({ team: 'a' }, ['old']), [
    { operation: 'TagRole', input: { RoleName: 'push', Tags: [{ Key: 'team', Value: 'a' }] } },
    { operation: 'UntagRole', input: { RoleName: 'push', TagKeys: ['old'] } },
  ]);
  assert.deepEqual(gatewayTags(clients, 'arn').calls({}, ['old']), [{ operation: 'UntagResource', input: { ResourceArn: 'arn', TagKeys: ['old'] } }]);
});
