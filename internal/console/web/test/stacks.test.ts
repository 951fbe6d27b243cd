import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { firstFailure } from '../src/pages/stacks/failure';

test('the first failure of the last operation is told, not what was cancelled for it', () => {
  const event = (LogicalResourceId: string, ResourceStatus: string, ResourceStatusReason = ''): StackEvent => ({ StackId: 's', EventId: 'e', StackName: 'chat', Timestamp: new Date(), LogicalResourceId, ResourceStatus: ResourceStatus as StackEvent['ResourceStatus'], ResourceStatusReason, ResourceType: LogicalResourceId === 'chat' ? 'AWS::CloudFormation::Stack' : 'AWS::IAM::Role' });
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
