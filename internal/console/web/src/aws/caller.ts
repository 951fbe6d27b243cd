/** Whose an access key is, as the ARN of sts:GetCallerIdentity says. */
export interface Caller {
  kind: 'root' | 'user' | 'role';
  /** Of the user or role; of the account's root its id. */
  name: string;
}

/** arn:aws:iam::…:user/path/ana is ana, arn:aws:sts::…:assumed-role/Viewer/console is Viewer; undefined for other ARNs. */
export function callerOf(arn: string): Caller | undefined {
  const [, , , , account = '', resource = ''] = arn.split(':');
  const [kind, ...names] = resource.split('/');
  if (kind === 'root') return { kind, name: account };
  if (kind === 'user' && names.length > 0) return { kind, name: names.at(-1)! };
  if (kind === 'assumed-role' && names[0]) return { kind: 'role', name: names[0] };
  return undefined;
}
