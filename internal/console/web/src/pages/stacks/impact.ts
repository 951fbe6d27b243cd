import type { CloudFormationClient, Stack } from '@aws-sdk/client-cloudformation';
import type { Impact } from '../../names/impact';
import { listResources } from './client';

/** What goes with stacks: their resources by their names in the template. */
export const stackImpact = (client: CloudFormationClient) => async (stacks: Stack[]): Promise<Impact> => {
  const uses = await Promise.all(
    stacks.map(async ({ StackName }) => {
      const names = (await listResources(client, StackName!)).filter((one) => one.ResourceStatus !== 'DELETE_COMPLETE').map((one) => `${one.LogicalResourceId} (${one.ResourceType})`);
      return names.length ? [{ en: `${StackName}: ${names.join(', ')}`, es: `${StackName}: ${names.join(', ')}` }] : [];
    }),
  );
  return { uses: uses.flat(), severe: uses.some((one) => one.length > 0) };
};
