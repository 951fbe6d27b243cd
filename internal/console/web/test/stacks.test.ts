import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { changesNothing, changeSetName, flat, isHarmful, kindOf, type Planned } from '../src/pages/stacks/changeSets';
import { firstFailure } from '../src/pages/stacks/failure';
import { stackImpact } from '../src/pages/stacks/impact';
import { changeSetInput, isGiven, shownInput, withoutValue, type Present } from '../src/pages/stacks/template';

test('the first failure of the last operation is told, not what was cancelled for it', () => {
  const event = (LogicalResourceId: string, ResourceStatus: StackEvent['ResourceStatus'], ResourceStatusReason = '') => ({ StackId: 's', EventId: 'e', StackName: 'chat', Timestamp: new Date(), LogicalResourceId, ResourceStatus, ResourceStatusReason, ResourceType: LogicalResourceId === 'chat' ? 'AWS::CloudFormation::Stack' : 'AWS::IAM::Role' });
  const events = [
    event('chat', 'UPDATE_ROLLBACK_COMPLETE'),
    event('chat', 'UPDATE_ROLLBACK_IN_PROGRESS', 'The following resource(s) failed to update: [B, C].'),
    event('C', 'UPDATE_FAILED', 'Resource update cancelled'),
    event('B', 'UPDATE_FAILED', 'no such policy'),
    event('A', 'UPDATE_COMPLETE'),
    event('chat', 'UPDATE_IN_PROGRESS', 'User Initiated'),
    event('Z', 'CREATE_FAILED', 'of an earlier operation'),
    event('chat', 'CREATE_IN_PROGRESS', 'User Initiated'),
  ];
  assert.equal(firstFailure(events, 'chat')?.ResourceStatusReason, 'no such policy');
  assert.equal(firstFailure(events.slice(5), 'chat')?.LogicalResourceId, undefined);
});

test('a change is told by what becomes of the resource that is there', () => {
  for (const [change, kind, harm] of [
    [{ Action: 'Add' }, 'create', false],
    [{ Action: 'Modify', Replacement: 'False' }, 'change', false],
    [{ Action: 'Modify', Replacement: 'Conditional' }, 'maybe', true],
    [{ Action: 'Modify', Replacement: 'True', PolicyAction: 'ReplaceAndDelete' }, 'replace', true],
    [{ Action: 'Remove', PolicyAction: 'Delete' }, 'delete', true],
    [{ Action: 'Remove', PolicyAction: 'Retain' }, 'leave', false],
  ] as const) {
    assert.equal(kindOf(change), kind);
    assert.equal(isHarmful(change), harm, kind);
  }
});

test('what a nested stack loses counts for the stack above', () => {
  const planned: Planned[] = [{ Action: 'Modify', Replacement: 'False', LogicalResourceId: 'Below', below: [{ Action: 'Remove', LogicalResourceId: 'Prod', below: [] }] }];
  assert.deepEqual(flat(planned).filter(isHarmful).map((one) => one.LogicalResourceId), ['Prod']);
});

test('a change set that would change nothing is told from one that failed', () => {
  assert.equal(changesNothing({ Status: 'FAILED', StatusReason: "The submitted information didn't contain changes. Submit different information to create a change set." }), true);
  assert.equal(changesNothing({ Status: 'FAILED', StatusReason: 'Update of resource type is not permitted.' }), false);
  assert.equal(changesNothing({ Status: 'CREATE_COMPLETE' }), false);
});

test('the name of a change set says when it was made and is one that AWS allows', () => {
  assert.equal(changeSetName(new Date('2026-11-30T15:42:10.123Z')), 'console-20261130-154210');
});

test('a change set sends what was typed and leaves the rest as it is', () => {
  const summary = {
    Parameters: [{ ParameterKey: 'Size', DefaultValue: 'small' }, { ParameterKey: 'Token', NoEcho: true }, { ParameterKey: 'Where' }],
    Capabilities: ['CAPABILITY_IAM' as const],
  };
  const wanted = { TemplateBody: 'T', StackName: 'chat', Parameters: { Where: 'here', Gone: 'of an earlier template' }, Secrets: { Token: 's3cr3t' } };
  const created = changeSetInput('first', summary, wanted);
  assert.deepEqual(created, {
    StackName: 'chat', ChangeSetName: 'first', ChangeSetType: 'CREATE', TemplateBody: 'T', IncludeNestedStacks: true, Capabilities: ['CAPABILITY_IAM'],
    Parameters: [{ ParameterKey: 'Token', ParameterValue: 's3cr3t' }, { ParameterKey: 'Where', ParameterValue: 'here' }],
  });
  assert.ok(!JSON.stringify(shownInput(created, summary.Parameters)).includes('s3cr3t'));
  assert.deepEqual(withoutValue(summary.Parameters, { TemplateBody: 'T' }), ['Token', 'Where']);

  const present: Present = { name: 'chat', template: 'T', parameters: { Size: 'large', Token: '****', Where: 'there' }, inReview: false };
  const updated = changeSetInput('second', summary, { TemplateBody: 'T', Parameters: { Where: 'here' } }, present);
  assert.equal(updated.ChangeSetType, 'UPDATE');
  assert.equal(updated.UsePreviousTemplate, true);
  assert.deepEqual(updated.Parameters, [
    { ParameterKey: 'Size', UsePreviousValue: true },
    { ParameterKey: 'Token', UsePreviousValue: true },
    { ParameterKey: 'Where', ParameterValue: 'here' },
  ]);
  assert.deepEqual(withoutValue(summary.Parameters, { TemplateBody: 'T' }, present), []);
});

test('a stack that was never created is created by its next change set', () => {
  const present: Present = { name: 'chat', template: '', parameters: {}, inReview: true };
  const { ChangeSetType, TemplateBody } = changeSetInput('first', {}, { TemplateBody: '' }, present);
  assert.deepEqual([ChangeSetType, TemplateBody], ['CREATE', '']);
});

test('what transforms make may be roles with names', () => {
  assert.deepEqual(changeSetInput('first', { DeclaredTransforms: ['AWS::Serverless-2016-10-31'], Capabilities: ['CAPABILITY_AUTO_EXPAND'] }, { TemplateBody: 'T', StackName: 'chat' }).Capabilities, ['CAPABILITY_AUTO_EXPAND', 'CAPABILITY_NAMED_IAM']);
});

test('a template that comes to need more asks again', () => {
  assert.equal(isGiven({}, { TemplateBody: 'T' }), true);
  assert.equal(isGiven({ Capabilities: ['CAPABILITY_IAM'] }, { TemplateBody: 'T' }), false);
  assert.equal(isGiven({ Capabilities: ['CAPABILITY_IAM'] }, { TemplateBody: 'T', given: ['CAPABILITY_IAM'] }), true);
  assert.equal(isGiven({ Capabilities: ['CAPABILITY_NAMED_IAM'] }, { TemplateBody: 'T', given: ['CAPABILITY_IAM'] }), false);
});

test('a deletion names the API mappings from outside that keep a stage of the stack', async () => {
  const resource = (ResourceType: string, PhysicalResourceId: string, ResourceStatus = 'CREATE_COMPLETE') => ({ LogicalResourceId: `L${PhysicalResourceId}`, ResourceType, PhysicalResourceId, ResourceStatus });
  const nested = 'arn:aws:cloudformation:us-east-1:1:stack/inner/1';
  const resources: Record<string, object[]> = {
    s: [resource('AWS::ApiGatewayV2::Api', 'mine'), resource('AWS::ApiGatewayV2::Stage', 'prod'), resource('AWS::ApiGatewayV2::ApiMapping', 'm0'), resource('AWS::CloudFormation::Stack', nested), resource('AWS::ApiGatewayV2::Stage', 'old', 'DELETE_COMPLETE')],
    [nested]: [resource('AWS::ApiGatewayV2::Stage', 'beta')],
  };
  const mappings = [
    { ApiMappingId: 'm0', ApiId: 'mine', Stage: 'prod', ApiMappingKey: 'own' },
    { ApiMappingId: 'm1', ApiId: 'mine', Stage: 'prod' },
    { ApiMappingId: 'm2', ApiId: 'mine', Stage: 'old', ApiMappingKey: 'old' },
    { ApiMappingId: 'm3', ApiId: 'other', Stage: 'prod', ApiMappingKey: 'others' },
    { ApiMappingId: 'm4', ApiId: 'shared', Stage: 'beta', ApiMappingKey: 'beta' },
  ];
  const answers: Record<string, (input: { StackName?: string; ApiId?: string }) => object> = {
    ListStackResourcesCommand: ({ StackName }) => ({ StackResourceSummaries: resources[StackName!] }),
    GetDomainNamesCommand: () => ({ Items: [{ DomainName: 'ws.example.com' }] }),
    GetApiMappingsCommand: () => ({ Items: mappings }),
    GetStageCommand: ({ ApiId }) => ({ Tags: ApiId === 'shared' ? { 'aws:cloudformation:stack-name': 'inner' } : {} }),
  };
  const client = { send: async (command: { input: object }) => answers[command.constructor.name]!(command.input) };
  const { uses, severe } = await stackImpact({ gateway: client } as never, client as never)([{ StackName: 's', CreationTime: undefined, StackStatus: undefined }]);
  assert.equal(severe, true);
  assert.deepEqual(uses.slice(1).map((use) => use.en), ['ws.example.com/ leads here: remove that API mapping first.', 'ws.example.com/beta leads here: remove that API mapping first.']);
});
