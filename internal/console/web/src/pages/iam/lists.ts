import { GetRolePolicyCommand, GetUserPolicyCommand, ListAccessKeysCommand, ListRolePoliciesCommand, ListUserPoliciesCommand, ListAttachedRolePoliciesCommand, ListAttachedUserPoliciesCommand, ListPoliciesCommand, ListRolesCommand, ListUsersCommand, type PolicyScopeType } from '@aws-sdk/client-iam';
import type { Clients } from '../../aws/clients';
import { allPages } from '../../shell/loading';
import { readable } from './documents';
import type { InlinePolicy } from './Inline';

interface Marked {
  IsTruncated?: boolean;
  Marker?: string;
}

const next = (answer: Marked) => (answer.IsTruncated ? answer.Marker : undefined);

export const listRoles = ({ iam }: Clients) =>
  allPages(async (Marker) => {
    const answer = await iam.send(new ListRolesCommand({ Marker }));
    return { items: answer.Roles, next: next(answer) };
  });
export const listUsers = ({ iam }: Clients) =>
  allPages(async (Marker) => {
    const answer = await iam.send(new ListUsersCommand({ Marker }));
    return { items: answer.Users, next: next(answer) };
  });
export const listPolicies = ({ iam }: Clients, Scope: PolicyScopeType) =>
  allPages(async (Marker) => {
    const answer = await iam.send(new ListPoliciesCommand({ Marker, Scope }));
    return { items: answer.Policies, next: next(answer) };
  });
export const listAccessKeys = ({ iam }: Clients, UserName: string) =>
  allPages(async (Marker) => {
    const answer = await iam.send(new ListAccessKeysCommand({ Marker, UserName }));
    return { items: answer.AccessKeyMetadata, next: next(answer) };
  });
export const listRolePolicies = ({ iam }: Clients, RoleName: string) =>
  allPages(async (Marker) => {
    const answer = await iam.send(new ListAttachedRolePoliciesCommand({ Marker, RoleName }));
    return { items: answer.AttachedPolicies, next: next(answer) };
  });
export const listUserPolicies = ({ iam }: Clients, UserName: string) =>
  allPages(async (Marker) => {
    const answer = await iam.send(new ListAttachedUserPoliciesCommand({ Marker, UserName }));
    return { items: answer.AttachedPolicies, next: next(answer) };
  });

export async function listInlineRolePolicies({ iam }: Clients, RoleName: string): Promise<InlinePolicy[]> {
  const names = await allPages(async (Marker) => {
    const answer = await iam.send(new ListRolePoliciesCommand({ Marker, RoleName }));
    return { items: answer.PolicyNames, next: next(answer) };
  });
  return Promise.all(names.map(async (PolicyName) => ({ PolicyName, PolicyDocument: readable((await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))).PolicyDocument) })));
}

export async function listInlineUserPolicies({ iam }: Clients, UserName: string): Promise<InlinePolicy[]> {
  const names = await allPages(async (Marker) => {
    const answer = await iam.send(new ListUserPoliciesCommand({ Marker, UserName }));
    return { items: answer.PolicyNames, next: next(answer) };
  });
  return Promise.all(names.map(async (PolicyName) => ({ PolicyName, PolicyDocument: readable((await iam.send(new GetUserPolicyCommand({ UserName, PolicyName }))).PolicyDocument) })));
}
