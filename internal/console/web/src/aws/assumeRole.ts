import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { makeClients } from './clients';
import { sessionOf, type Session } from './session';

/** A session as a role, until its credentials end (A-CONSOLE-6). The role's trust policy must name the caller, who must be allowed sts:AssumeRole. */
export async function assumeRole(caller: Session, RoleArn: string): Promise<Session> {
  const { Credentials } = await makeClients(caller).sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'console' }));
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials!;
  return sessionOf({ accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken, expires: Expiration?.getTime() }, caller.region);
}
