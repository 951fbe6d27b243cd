import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureText, refusedMembers } from '../src/aws/failure';
import { applicable, createInput, differsFromDefault, fieldsOf, linesOf, missing, restoreInput, same, saysOptional, updateInput, type Field, type Value } from '../src/form/field';
import { dropsAccessLog, firstSettings, fold, ofStage, routeSettingFields, unfold, withoutChoice } from '../src/pages/apis/stageForm';
import { patches } from '../src/pages/keys/patches';
import { responseKeyFault } from '../src/words/responseKey';

const label = same('');
const fields: Field[] = [
  { name: 'Name', kind: 'text', label, required: true, fixed: true },
  { name: 'Uri', kind: 'text', label, required: true, when: (value) => value.Type !== 'MOCK' },
  { name: 'Templates', kind: 'map', label, required: true, merges: true },
  { name: 'Timeout', kind: 'number', label },
];

test('fields apply while their condition holds', () => {
  assert.deepEqual(applicable(fields, { Type: 'MOCK' }).map((field) => field.name), ['Name', 'Templates', 'Timeout']);
});

test('required fields that are empty are named', () => {
  for (const [value, want] of [
    [{}, ['Name', 'Uri', 'Templates']],
    [{ Name: '', Uri: null, Templates: {} }, ['Name', 'Uri', 'Templates']],
    [{ Name: 'a', Type: 'MOCK', Templates: { k: '' } }, []],
  ] as const) assert.deepEqual(missing(fields, value), want);
});

const refusal = (name: string, message: string) => Object.assign(new Error(message), { name });

test('a refusal names the fields of the form that it is about', () => {
  const names = ['IdentitySource', 'StageName', 'AccessLogFormat', 'AccessLogDestination', 'ThrottlingBurstLimit', 'pasarela:idleTimeoutSeconds', 'Tags'];
  const form = names.map((name): Field => ({ name, kind: 'text', label }));
  for (const [message, want] of [
    ["Invalid member 'identitySource': \"x\" is none of route.request.header.NAME", ['IdentitySource']],
    ["2 validation errors detected: Value 'a b' at 'stageName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]+; Value 'x' at 'identitySource' failed", ['IdentitySource', 'StageName']],
    ["Invalid member 'accessLogSettings.destinationArn': no ARN.", ['AccessLogDestination']],
    ["Invalid member 'accessLogSettings.format': not one line.", ['AccessLogFormat']],
    ["Invalid member 'defaultRouteSettings.throttlingBurstLimit': -1 is negative.", ['ThrottlingBurstLimit']],
    ["Invalid member 'tags': tag pasarela:idleTimeoutSeconds: 0 is none of 1 to 604800.", ['pasarela:idleTimeoutSeconds', 'Tags']],
    ['The name is taken.', []],
  ] as const) assert.deepEqual(fieldsOf(refusedMembers(refusal('BadRequestException', message)), form).map(({ name }) => name), want);
});

test('a refusal is a sentence of the page with AWS’s within', () => {
  assert.equal(failureText(refusal('BadRequestException', 'No.'), 'en'), 'BadRequestException: No.');
  assert.equal(failureText(refusal('BadRequestException', 'No.'), 'es'), 'Se rechazó (BadRequestException): «No.»');
  assert.equal(failureText(refusal('NotFoundException', 'Unable to find API x'), 'es'), 'No existe (NotFoundException): «Unable to find API x»');
  assert.equal(failureText(new TypeError('Failed to fetch'), 'es'), 'El servidor no responde');
  assert.equal(failureText(refusal('Error', ''), 'es'), 'el servidor no dijo por qué');
});

test('a create call sends what holds something', () => {
  assert.deepEqual(createInput(fields, { Name: 'a', Uri: '', Templates: {}, Timeout: 0, Other: 1 }), { Name: 'a', Timeout: 0 });
  assert.deepEqual(createInput(fields, { Type: 'MOCK', Uri: 'left from before' }), {});
});

test('an update sends what differs, and clears by an empty text', () => {
  const before = { Name: 'a', Uri: 'u', Templates: { gone: 'x', kept: 'y' }, Timeout: 5 };
  assert.deepEqual(updateInput(fields, before, { ...before, Name: 'b', Uri: undefined, Templates: { kept: 'y', new: 'z' } }), { Uri: '', Templates: { gone: '', kept: 'y', new: 'z' } });
  assert.deepEqual(updateInput(fields, before, { ...before }), {});
});

// Each kind of field: what it held, and what an update sends so that it holds nothing again.
const kinds: { kind: Field['kind']; set: unknown; clears: unknown; merges?: boolean; emptied?: unknown }[] = [
  { kind: 'text', set: 'a', clears: '' },
  { kind: 'multiline', set: 'a\nb', clears: '' },
  { kind: 'code', set: '{}', clears: '' },
  { kind: 'select', set: 'a', clears: '' },
  { kind: 'select', set: 'a', clears: 'NONE', emptied: 'NONE' },
  { kind: 'number', set: 3, clears: '' },
  { kind: 'number', set: 3, clears: 29000, emptied: 29000 },
  { kind: 'toggle', set: true, clears: false },
  { kind: 'strings', set: ['a'], clears: [] },
  { kind: 'multi', set: ['a', 'b'], clears: [] },
  { kind: 'map', set: { k: 'v' }, clears: {} },
  { kind: 'map', set: { k: 'v' }, clears: { k: '' }, merges: true },
  { kind: 'required-map', set: { k: { Required: true } }, clears: {} },
  { kind: 'code-map', set: { k: '{}' }, clears: {} },
];

test('a change is taken back for every kind of field, set or unset before', () => {
  for (const { kind, set, clears, merges, emptied } of kinds) {
    const fields = [{ name: 'M', kind, label, merges, emptied, options: [], syntax: 'json', keyLabel: label, firstKey: '' } as Field];
    for (const nothing of [undefined, null, '', {}, []]) {
      const empty: Value = nothing === undefined ? {} : { M: nothing };
      assert.deepEqual(restoreInput(fields, { M: set }, empty), { M: clears }, `${kind} was unset`);
      assert.deepEqual(restoreInput(fields, empty, { M: set }), { M: set }, `${kind} was set`);
      assert.deepEqual(updateInput(fields, { M: set }, empty), { M: clears }, `${kind} is emptied`);
      assert.deepEqual(restoreInput(fields, empty, {}), {}, `${kind} has been unset all the time`);
    }
    assert.deepEqual(restoreInput(fields, { M: set }, { M: set }), {});
  }
  assert.deepEqual(restoreInput([{ name: 'M', kind: 'toggle', label }], { M: false }, {}), {}, 'a switch that is off is unset');
});

test('what the form does not show for what was before is taken back too', () => {
  const route: Field[] = [
    { name: 'Expression', kind: 'text', label },
    { name: 'Models', kind: 'map', label, when: (value) => !!value.Expression },
    { name: 'Key', kind: 'text', label, fixed: true },
    { name: 'Policies', kind: 'multi', label, beside: true, options: [] },
  ];
  assert.deepEqual(restoreInput(route, { Expression: '$request.body.a', Models: { $default: 'M' }, Key: 'b' }, { Key: 'a', Policies: ['p'] }), { Expression: '', Models: {} });
  assert.deepEqual(restoreInput(route, { Expression: '$request.body.a', Models: { $default: 'M' } }, {}, { Expression: '$request.body.a' }), { Expression: '' }, 'what was changed elsewhere since stays');
});

test('which deployment a stage serves that deploys automatically is not asked for', () => {
  const change = { DeploymentId: 'first0', Description: 'd' };
  assert.deepEqual(withoutChoice({ StageName: 'prod' }, change), change);
  assert.deepEqual(withoutChoice({ StageName: 'prod', AutoDeploy: true }, change), { Description: 'd' });
  assert.deepEqual(withoutChoice({ StageName: 'prod' }, { ...change, AutoDeploy: true }), { AutoDeploy: true, Description: 'd' });
  assert.deepEqual(withoutChoice({ StageName: 'prod', AutoDeploy: true }, { ...change, AutoDeploy: false }), { ...change, AutoDeploy: false });
});

test('settings of a stage are folded into AWS’s members and back', () => {
  const flat = { StageName: 'prod', ThrottlingRateLimit: 0, LoggingLevel: '', DataTraceEnabled: false, AccessLogFormat: 'f', AccessLogDestination: 'arn' };
  const folded = { StageName: 'prod', DefaultRouteSettings: { ThrottlingRateLimit: 0, DataTraceEnabled: false }, AccessLogSettings: { Format: 'f', DestinationArn: 'arn' } };
  assert.deepEqual(fold(flat), folded);
  const { AccessLogFormat, AccessLogDestination, ThrottlingRateLimit } = unfold(folded);
  assert.deepEqual([AccessLogFormat, AccessLogDestination, ThrottlingRateLimit], ['f', 'arn', 0]);
});

test('a log whose format alone changes keeps its destination', () => {
  const before = { StageName: 'prod', AccessLogSettings: { Format: 'old', DestinationArn: 'arn' } };
  assert.deepEqual(fold({ AccessLogFormat: 'new' }, before), { AccessLogSettings: { Format: 'new', DestinationArn: 'arn' } });
  assert.deepEqual(fold({ Description: 'x' }, before), { Description: 'x' });
  assert.ok(dropsAccessLog({ AccessLogFormat: '', AccessLogDestination: '' }) && !dropsAccessLog({ AccessLogFormat: '' }));
});

test('patches of the first version’s API are text', () => {
  assert.deepEqual(patches({ enabled: false, limit: 5 }), [{ op: 'replace', path: '/enabled', value: 'false' }, { op: 'replace', path: '/limit', value: '5' }]);
});

test('a field that seldom matters is chosen when it differs from what is usual', () => {
  const timeout: Field = { name: 'Timeout', kind: 'number', label, defaultValue: 29_000 };
  for (const [member, want] of [[29_000, false], [undefined, false], ['', false], [50, true], [0, true]] as const) assert.equal(differsFromDefault(timeout, { Timeout: member }), want, String(member));
  const trace: Field = { name: 'Trace', kind: 'toggle', label };
  assert.deepEqual([differsFromDefault(trace, { Trace: false }), differsFromDefault(trace, { Trace: true }), differsFromDefault(fields[2]!, { Templates: {} })], [false, true, false]);
});

test('short fields that follow each other share a line', () => {
  const short = (name: string): Field => ({ name, kind: 'number', label, half: true });
  const lines = linesOf([short('Rate'), short('Burst'), fields[0]!, short('Timeout')]);
  assert.deepEqual(lines.map((line) => line.map((field) => field.name)), [['Rate', 'Burst'], ['Name'], ['Timeout']]);
});

test('a route says what it has by its stage', () => {
  const stage = { StageName: 'prod', DefaultRouteSettings: { ThrottlingRateLimit: 1000, LoggingLevel: 'INFO', DetailedMetricsEnabled: true } } as const;
  const { ThrottlingRateLimit, ThrottlingBurstLimit, LoggingLevel } = ofStage(stage);
  assert.deepEqual(ThrottlingRateLimit, { en: 'As the stage: 1,000', es: 'Como la etapa: 1000' });
  assert.deepEqual(ThrottlingBurstLimit, { en: 'As the account', es: 'Como la cuenta' });
  assert.equal(LoggingLevel?.en, 'As the stage: INFO');
  assert.equal(ofStage({ StageName: 'prod' }).LoggingLevel?.es, 'Como la etapa: desactivado');
  const hints = routeSettingFields(stage).flatMap(({ kind, hint }) => (kind === 'toggle' && hint ? [hint.en, hint.es] : []));
  assert.deepEqual(hints, ['The stage: off', 'La etapa: desactivado', 'The stage: on', 'La etapa: activado']);
});

test('switches of a route begin as the stage has them', () => {
  assert.deepEqual(firstSettings({ StageName: 'prod', DefaultRouteSettings: { DetailedMetricsEnabled: true } }), { DataTraceEnabled: false, DetailedMetricsEnabled: true });
});

test('a list that says what holds without a choice is not called optional', () => {
  const select: Field = { name: 'S', kind: 'select', label, options: [] };
  for (const [field, want] of [
    [{ name: 'T', kind: 'text', label }, true],
    [{ name: 'T', kind: 'number', label, inEffect: label }, true],
    [select, true],
    [{ ...select, required: true }, false],
    [{ ...select, inEffect: label }, false],
    [{ ...select, defaultValue: 'a' }, false],
  ] as [Field, boolean][]) assert.equal(saysOptional(field), want);
});

test('short fields share a line, and one may begin it', () => {
  const short = (name: string, newLine?: boolean): Field => ({ name, kind: 'number', label, half: true, newLine });
  const lines = linesOf([short('a'), short('b', true), short('c'), { name: 'd', kind: 'text', label }]);
  assert.deepEqual(lines.map((line) => line.map((field) => field.name)), [['a'], ['b', 'c'], ['d']]);
});

test('a response key that no status can match is told, with the spelling that works', () => {
  for (const key of ['', '201', '/5\\d\\d/', '/4.*/', '$default', '\\$default', '/[45]0[0-9]/', '/(/']) assert.equal(responseKeyFault(key), undefined, key);
  for (const [key, instead] of [['5xx', '/5\\d\\d/'], ['4XX', '/4\\d\\d/'], ['20x', '/20\\d/'], ['/5xx/', '/5\\d\\d/'], ['200|201', '/200|201/'], ['ok', '/5\\d\\d/'], ['0200', '/5\\d\\d/']] as const) {
    const { en, es } = responseKeyFault(key)!;
    assert.ok(en.includes(`Write it as ${instead},`) && es.includes(`Escribe ${instead};`), `${key}: ${en}`);
  }
});
