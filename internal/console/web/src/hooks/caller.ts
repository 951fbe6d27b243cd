import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { useConsole } from './console';
import { useLoaded } from './loading';

/** Who is signed in: the ARN of the user, the role or the account's root. No policy can deny the question. */
export function useCallerArn() {
  const { clients } = useConsole();
  return useLoaded(async () => (await clients.sts.send(new GetCallerIdentityCommand({}))).Arn ?? '', [clients]);
}
