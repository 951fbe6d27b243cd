import { ListAccessKeysCommand, ListAttachedRolePoliciesCommand, ListAttachedUserPoliciesCommand, ListPoliciesCommand, ListRolesCommand, ListUsersCommand, type PolicyScopeType } from '@aws-sdk/client-iam';
import type { Clients } from '../../aws/clients';
import { allPages } from '../../shell/loading';

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
