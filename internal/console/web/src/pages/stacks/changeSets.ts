// Change sets: what an update of a stack, or its creation, would do.

import {
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  ListChangeSetsCommand,
  type ChangeSetSummary,
  type CloudFormationClient,
  type CreateChangeSetInput,
  type DescribeChangeSetOutput,
  type ResourceChange,
  type StackStatus,
} from '@aws-sdk/client-cloudformation';
import { allPages } from '../../aws/allPages';
import { IN_REVIEW } from './client';

/** A change of one resource, and for a nested stack the changes in it. */
export interface Planned extends ResourceChange {
  below: Planned[];
}

/** A change set with its changes, those of nested stacks too. */
export interface Described extends DescribeChangeSetOutput {
  planned: Planned[];
}

/** How often it is asked whether a change set is made, in milliseconds, and how often at most. */
const EVERY = 500;
const TRIES = 240;

/** A name that says when and where it was made: console-20261130-154210. */
export function changeSetName(at: Date): string {
  return `console-${at.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}`;
}

/** Makes a change set and waits until its changes are known, or it has failed. */
export async function makeChangeSet(client: CloudFormationClient, input: CreateChangeSetInput): Promise<Described> {
  const { Id } = await client.send(new CreateChangeSetCommand(input));
  for (let tries = 0; tries < TRIES; tries++) {
    const set = await describeChangeSet(client, input.StackName!, Id!);
    if (set.Status !== 'CREATE_PENDING' && set.Status !== 'CREATE_IN_PROGRESS') return set;
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
  throw new Error('CREATE_IN_PROGRESS');
}

export async function describeChangeSet(client: CloudFormationClient, StackName: string | undefined, ChangeSetName: string): Promise<Described> {
  const set = await client.send(new DescribeChangeSetCommand({ StackName, ChangeSetName }));
  const changes = (set.Changes ?? []).flatMap((one) => one.ResourceChange ?? []);
  const planned = changes.map(async (change): Promise<Planned> => {
    const below = change.ChangeSetId ? (await describeChangeSet(client, undefined, change.ChangeSetId)).planned : [];
    return { ...change, below };
  });
  return { ...set, planned: await Promise.all(planned) };
}

/** The change sets of a stack that were not executed, the oldest first; those that failed are among them. */
export async function waitingSets(client: CloudFormationClient, StackName: string): Promise<ChangeSetSummary[]> {
  const sets = await allPages(async (NextToken) => {
    const answer = await client.send(new ListChangeSetsCommand({ StackName, NextToken }));
    return { items: answer.Summaries, next: answer.NextToken };
  });
  return sets.filter((set) => set.ExecutionStatus !== 'EXECUTE_COMPLETE');
}

/** Executes a change set; the result is the status that the stack has then. */
export async function executeChangeSet(client: CloudFormationClient, { StackId, ChangeSetId }: DescribeChangeSetOutput): Promise<string> {
  await client.send(new ExecuteChangeSetCommand({ StackName: StackId, ChangeSetName: ChangeSetId }));
  return statusOf(client, StackId!);
}

async function statusOf(client: CloudFormationClient, StackName: string): Promise<StackStatus> {
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
  return Stacks[0]!.StackStatus!;
}

/** Deletes a change set, and with the last one of a stack that was made for it alone, that stack; the result is whether the stack is still there. */
export async function discardChangeSet(client: CloudFormationClient, { StackId, ChangeSetId }: ChangeSetSummary): Promise<boolean> {
  await client.send(new DeleteChangeSetCommand({ StackName: StackId, ChangeSetName: ChangeSetId }));
  if ((await statusOf(client, StackId!)) !== IN_REVIEW || (await waitingSets(client, StackId!)).length > 0) return true;
  await client.send(new DeleteStackCommand({ StackName: StackId }));
  return false;
}

/** A change set that failed since it would change nothing. AWS has only sentences for that. */
export function changesNothing({ Status, StatusReason = '' }: Pick<DescribeChangeSetOutput, 'Status' | 'StatusReason'>): boolean {
  return Status === 'FAILED' && /didn't contain changes|No updates are to be performed/.test(StatusReason);
}

/** What happens to a resource. Removed from the stack it may be left as it is ("leave"); whether it is replaced may depend on a value that is not known yet ("maybe"). */
export type Kind = 'delete' | 'replace' | 'maybe' | 'change' | 'create' | 'leave';

/** In the order in which they are shown: what is deleted breaks most. */
export const kinds: Kind[] = ['delete', 'replace', 'maybe', 'change', 'create', 'leave'];

export function kindOf({ Action, Replacement, PolicyAction }: ResourceChange): Kind {
  if (Action === 'Remove') return PolicyAction === 'Retain' ? 'leave' : 'delete';
  if (Action === 'Add') return 'create';
  if (Replacement === 'True') return 'replace';
  return Replacement === 'Conditional' ? 'maybe' : 'change';
}

/** Something is lost, or may be: it is deleted or replaced. */
export function isHarmful(change: ResourceChange): boolean {
  return ['delete', 'replace', 'maybe'].includes(kindOf(change));
}

/** All changes, those of nested stacks beside those of the stacks above. */
export function flat(planned: Planned[]): Planned[] {
  return planned.flatMap((one) => [one, ...flat(one.below)]);
}

/** The properties that a resource has before a change. */
export const propertiesBefore = ({ BeforeContext }: ResourceChange) => propertiesOf(BeforeContext);

/** What a resource that is created will be called, where its template says that. */
export function plannedName({ Action, AfterContext }: ResourceChange): string | undefined {
  const after = Action === 'Add' ? propertiesOf(AfterContext) : {};
  const name = NAMES.map((member) => after[member]).find((value) => value !== undefined);
  return typeof name === 'string' ? name : undefined;
}

/** The properties that are names of what has them. */
const NAMES = ['Name', 'StageName', 'RouteKey', 'DomainName', 'FunctionName', 'RoleName', 'UserName', 'GroupName', 'ManagedPolicyName', 'PolicyName', 'UsagePlanName', 'BucketName'];

function propertiesOf(context: string | undefined): Record<string, unknown> {
  return context ? ((JSON.parse(context) as { Properties?: Record<string, unknown> }).Properties ?? {}) : {};
}
