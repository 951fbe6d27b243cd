import { GetGroupPolicyCommand, GetPolicyCommand, GetPolicyVersionCommand, GetRolePolicyCommand, GetUserPolicyCommand, type Statement } from '@aws-sdk/client-iam';
import type { Clients } from '../../aws/clients';
import { listGroupsOf, listInlineGroupPolicyNames } from '../../aws/iamLists';

/** The text of the statement that decided, as its policy has it. */
export async function statementText(clients: Clients, principal: string, { SourcePolicyId, SourcePolicyType, StartPosition, EndPosition }: Statement): Promise<string> {
  const document = await documentOf(clients, principal, SourcePolicyId!, SourcePolicyType);
  if (!document) return '';
  const lines = document.split('\n').slice(StartPosition!.Line! - 1, EndPosition!.Line);
  // AWS counts columns from 2. The last line is cut first: both may be the same one.
  lines[lines.length - 1] = lines.at(-1)!.slice(0, EndPosition!.Column! - 1);
  lines[0] = lines[0]!.slice(StartPosition!.Column! - 2);
  const text = lines.join('\n');
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function documentOf(clients: Clients, principal: string, policy: string, type: string | undefined): Promise<string> {
  const { iam } = clients;
  const holder = principal.split('/').at(-1)!;
  if (type === 'group') return groupDocument(clients, principal, policy);
  if (type === 'user') return plain((await iam.send(new GetUserPolicyCommand({ UserName: holder, PolicyName: policy }))).PolicyDocument);
  if (type === 'role') return plain((await iam.send(new GetRolePolicyCommand({ RoleName: holder, PolicyName: policy }))).PolicyDocument);
  const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: policy }));
  return plain((await iam.send(new GetPolicyVersionCommand({ PolicyArn: policy, VersionId: Policy!.DefaultVersionId }))).PolicyVersion?.Document);
}

/**
 * The answer names a group's inline policy and not the group: it is one of the
 * user's. Where two have a policy of that name, which of them decided is unknown.
 */
async function groupDocument(clients: Clients, principal: string, policy: string): Promise<string> {
  const holder = principal.split('/').at(-1)!;
  const groups = principal.includes(':group/') ? [holder] : (await listGroupsOf(clients, holder)).map((group) => group.GroupName!);
  const having = await Promise.all(groups.map(async (GroupName) => ((await listInlineGroupPolicyNames(clients, GroupName)).includes(policy) ? [GroupName] : [])));
  const [GroupName, another] = having.flat();
  if (!GroupName || another) return '';
  return plain((await clients.iam.send(new GetGroupPolicyCommand({ GroupName, PolicyName: policy }))).PolicyDocument);
}

/** IAM answers documents percent-encoded; lines and columns count in what was sent. */
function plain(document = ''): string {
  return document.startsWith('%') ? decodeURIComponent(document) : document;
}
