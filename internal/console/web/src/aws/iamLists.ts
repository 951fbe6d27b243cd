import { GetGroupCommand, GetGroupPolicyCommand, GetRolePolicyCommand, GetUserPolicyCommand, ListAccessKeysCommand, ListAttachedGroupPoliciesCommand, ListAttachedRolePoliciesCommand, ListAttachedUserPoliciesCommand, ListGroupPoliciesCommand, ListGroupsCommand, ListGroupsForUserCommand, ListPoliciesCommand, ListRolePoliciesCommand, ListRolesCommand, ListUserPoliciesCommand, ListUsersCommand, type PolicyScopeType } from '@aws-sdk/client-iam';
import type { Clients } from './clients';
import { allPages } from './allPages';
import { readable } from './documents';

/** An inline policy: it is part of one user, role or group. */
export interface InlinePolicy {
  PolicyName: string;
  PolicyDocument: string;
}

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

export const listGroupPolicies = ({ iam }: Clients, GroupName: string) =>
  allPages(async (Marker) => {
    const answer = await iam.send(new ListAttachedGroupPoliciesCommand({ Marker, GroupName }));
    return { items: answer.AttachedPolicies, next: next(answer) };
  });
export const listGroups = ({ iam }: Clients) =>
  allPages(async (Marker) => {
    const answer = await iam.send(new ListGroupsCommand({ Marker }));
    return { items: answer.Groups, next: next(answer) };
  });
export const listMembers = ({ iam }: Clients, GroupName: string) =>
  allPages(async (Marker) => {
    const answer = await iam.send(new GetGroupCommand({ Marker, GroupName }));
    return { items: answer.Users, next: next(answer) };
  });
export const listGroupsOf = ({ iam }: Clients, UserName: string) =>
  allPages(async (Marker) => {
    const answer = await iam.send(new ListGroupsForUserCommand({ Marker, UserName }));
    return { items: answer.Groups, next: next(answer) };
  });

interface Names extends Marked {
  PolicyNames?: string[];
}

const allNames = (list: (marker?: string) => Promise<Names>) =>
  allPages(async (marker) => {
    const answer = await list(marker);
    return { items: answer.PolicyNames, next: next(answer) };
  });

/** Asks for the document of each inline policy. */
const withDocuments = (names: string[], get: (name: string) => Promise<{ PolicyDocument?: string }>): Promise<InlinePolicy[]> =>
  Promise.all(names.map(async (PolicyName) => ({ PolicyName, PolicyDocument: readable((await get(PolicyName)).PolicyDocument) })));

export const listInlineRolePolicyNames = ({ iam }: Clients, RoleName: string) => allNames((Marker) => iam.send(new ListRolePoliciesCommand({ Marker, RoleName })));

export async function listInlineRolePolicies(clients: Clients, RoleName: string) {
  const names = await listInlineRolePolicyNames(clients, RoleName);
  return withDocuments(names, (PolicyName) => clients.iam.send(new GetRolePolicyCommand({ RoleName, PolicyName })));
}

export const listInlineUserPolicyNames = ({ iam }: Clients, UserName: string) => allNames((Marker) => iam.send(new ListUserPoliciesCommand({ Marker, UserName })));

export async function listInlineUserPolicies(clients: Clients, UserName: string) {
  const names = await listInlineUserPolicyNames(clients, UserName);
  return withDocuments(names, (PolicyName) => clients.iam.send(new GetUserPolicyCommand({ UserName, PolicyName })));
}

export const listInlineGroupPolicyNames = ({ iam }: Clients, GroupName: string) => allNames((Marker) => iam.send(new ListGroupPoliciesCommand({ Marker, GroupName })));

export async function listInlineGroupPolicies(clients: Clients, GroupName: string) {
  const names = await listInlineGroupPolicyNames(clients, GroupName);
  return withDocuments(names, (PolicyName) => clients.iam.send(new GetGroupPolicyCommand({ GroupName, PolicyName })));
}
