// The role that an HTTP integration needs, with the guide's policy.

import { AttachRolePolicyCommand, CreatePolicyCommand, CreateRoleCommand, GetPolicyCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import type { Clients } from '../../aws/clients';
import { isNotFound } from '../../aws/failure';

export const invokePolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['execute-api:Invoke'], Resource: ['arn:aws:execute-api:*:*:*'] }],
});

export const gatewayTrust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'apigateway.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

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

async function orNothing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
