import { CloudFormationClient, DescribeStackEventsCommand, DescribeStacksCommand, ListStackResourcesCommand, type Parameter, type Stack, type StackEvent, type StackResourceSummary, type StackStatus } from '@aws-sdk/client-cloudformation';
import { useMemo } from 'react';
import { allPages } from '../../aws/allPages';
import { useConsole } from '../../hooks/console';

/** AWS's client of CloudFormation, loaded with the pages that use it. */
export function useCloudFormation(): CloudFormationClient {
  const { session } = useConsole();
  return useMemo(
    () => new CloudFormationClient({ endpoint: location.origin, region: session.region, credentials: session, sha256: session.sha256, maxAttempts: 2 }),
    [session],
  );
}

export const listStacks = (client: CloudFormationClient): Promise<Stack[]> =>
  allPages(async (NextToken) => {
    const answer = await client.send(new DescribeStacksCommand({ NextToken }));
    return { items: answer.Stacks, next: answer.NextToken };
  });

export const listResources = (client: CloudFormationClient, StackName: string): Promise<StackResourceSummary[]> =>
  allPages(async (NextToken) => {
    const answer = await client.send(new ListStackResourcesCommand({ StackName, NextToken }));
    return { items: answer.StackResourceSummaries, next: answer.NextToken };
  });

/** What happened to a stack, the newest first. */
export const listEvents = (client: CloudFormationClient, StackName: string): Promise<StackEvent[]> =>
  allPages(async (NextToken) => {
    const answer = await client.send(new DescribeStackEventsCommand({ StackName, NextToken }));
    return { items: answer.StackEvents, next: answer.NextToken };
  });

/** Parameters by name. */
export function mapOf(parameters: Parameter[] | undefined): Record<string, string> {
  return Object.fromEntries((parameters ?? []).map((one) => [one.ParameterKey!, one.ParameterValue ?? '']));
}

/** The status of a stack that was made for a change set and not created since. */
export const IN_REVIEW: StackStatus = 'REVIEW_IN_PROGRESS';

/** An operation is under way. */
export function isMoving(status: string | undefined): boolean {
  return status !== IN_REVIEW && !!status?.endsWith('_IN_PROGRESS');
}
