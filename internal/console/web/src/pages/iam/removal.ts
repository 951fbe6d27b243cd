// Users, groups and roles are deleted with what belongs to them alone: AWS refuses to
// delete one that still has policies, members or keys, and its console removes them first.

import {
  DeleteAccessKeyCommand, DeleteGroupCommand, DeleteGroupPolicyCommand, DeleteRoleCommand, DeleteRolePolicyCommand, DeleteUserCommand, DeleteUserPolicyCommand,
  DetachGroupPolicyCommand, DetachRolePolicyCommand, DetachUserPolicyCommand, RemoveUserFromGroupCommand,
} from '@aws-sdk/client-iam';
import type { Clients } from '../../aws/clients';
import { listAccessKeys, listGroupPolicies, listGroupsOf, listInlineGroupPolicyNames, listInlineRolePolicyNames, listInlineUserPolicyNames, listMembers, listRolePolicies, listUserPolicies } from '../../aws/iamLists';

export async function removeUser(clients: Clients, UserName: string): Promise<void> {
  const { iam } = clients;
  for (const { AccessKeyId } of await listAccessKeys(clients, UserName)) await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  for (const { GroupName } of await listGroupsOf(clients, UserName)) await iam.send(new RemoveUserFromGroupCommand({ UserName, GroupName }));
  for (const { PolicyArn } of await listUserPolicies(clients, UserName)) await iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn }));
  for (const PolicyName of await listInlineUserPolicyNames(clients, UserName)) await iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName }));
  await iam.send(new DeleteUserCommand({ UserName }));
}

export async function removeGroup(clients: Clients, GroupName: string): Promise<void> {
  const { iam } = clients;
  for (const { UserName } of await listMembers(clients, GroupName)) await iam.send(new RemoveUserFromGroupCommand({ UserName, GroupName }));
  for (const { PolicyArn } of await listGroupPolicies(clients, GroupName)) await iam.send(new DetachGroupPolicyCommand({ GroupName, PolicyArn }));
  for (const PolicyName of await listInlineGroupPolicyNames(clients, GroupName)) await iam.send(new DeleteGroupPolicyCommand({ GroupName, PolicyName }));
  await iam.send(new DeleteGroupCommand({ GroupName }));
}

export async function removeRole(clients: Clients, RoleName: string): Promise<void> {
  const { iam } = clients;
  for (const { PolicyArn } of await listRolePolicies(clients, RoleName)) await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
  for (const PolicyName of await listInlineRolePolicyNames(clients, RoleName)) await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  await iam.send(new DeleteRoleCommand({ RoleName }));
}
