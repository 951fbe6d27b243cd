import { GetPolicyCommand, GetPolicyVersionCommand, GetRolePolicyCommand, GetUserPolicyCommand, type Statement } from '@aws-sdk/client-iam';
import type { Clients } from '../../aws/clients';

/** The text of the statement that decided, as its policy has it. */
export async function statementText(clients: Clients, principal: string, { SourcePolicyId, SourcePolicyType, StartPosition, EndPosition }: Statement): Promise<string> {
  const document = await documentOf(clients, principal.split('/').at(-1)!, SourcePolicyId!, SourcePolicyType);
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

async function documentOf({ iam }: Clients, holder: string, policy: string, type: string | undefined): Promise<string> {
  if (type === 'user') return plain((await iam.send(new GetUserPolicyCommand({ UserName: holder, PolicyName: policy }))).PolicyDocument);
  if (type === 'role') return plain((await iam.send(new GetRolePolicyCommand({ RoleName: holder, PolicyName: policy }))).PolicyDocument);
  const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: policy }));
  return plain((await iam.send(new GetPolicyVersionCommand({ PolicyArn: policy, VersionId: Policy!.DefaultVersionId }))).PolicyVersion?.Document);
}

/** IAM answers documents percent-encoded; lines and columns count in what was sent. */
function plain(document = ''): string {
  return document.startsWith('%') ? decodeURIComponent(document) : document;
}
