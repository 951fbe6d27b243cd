// Roles that forms make without being left: that of an HTTP integration, with the guide's policy,
// and those with a policy of their own.

import { AttachRolePolicyCommand, CreatePolicyCommand, CreateRoleCommand, GetPolicyCommand, GetRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import type { Clients } from '../../aws/clients';
import { GATEWAY } from '../../aws/documents';
import { isNotFound } from '../../aws/failure';

export const invokePolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['execute-api:Invoke'], Resource: ['arn:aws:execute-api:*:*:*'] }],
});

const trustIn = (Service: string) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }] });

export const gatewayTrust = trustIn(GATEWAY);

/** The ARN of the role: one that exists is used as it is, and so is the policy. */
export async function ensureInvokeRole(clients: Clients, RoleName: string, PolicyName: string, accountId: string): Promise<string> {
  const { iam } = clients;
  const existing = await orNothing(iam.send(new GetRoleCommand({ RoleName })));
  if (existing) return existing.Role!.Arn!;
  const PolicyArn = `arn:aws:iam::${accountId}:policy/${PolicyName}`;
  if (!(await orNothing(iam.send(new GetPolicyCommand({ PolicyArn }))))) await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument: invokePolicy }));
  const role = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: gatewayTrust }));
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  return role.Role!.Arn!;
}

/** The ARN of a role that the service may take, with that inline policy; one that exists is used as it is. */
export async function ensureRole({ iam }: Clients, RoleName: string, service: string, PolicyName: string, PolicyDocument: string): Promise<string> {
  const existing = await orNothing(iam.send(new GetRoleCommand({ RoleName })));
  if (existing) return existing.Role!.Arn!;
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trustIn(service) }));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  return Role!.Arn!;
}

async function orNothing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
