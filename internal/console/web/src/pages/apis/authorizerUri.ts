// The address of an authorizer: people know functions by name, AWS takes the ARN of an invocation.

import type { ServerFacts } from '../../aws/session';
import { functionName } from '../../names/texts';

/** The ARN by which API Gateway invokes a function, of the function's own ARN. */
function invocationArn(functionArn: string): string {
  const [, partition, , region] = functionArn.split(':');
  return `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
}

/** What AWS takes of what was typed: the name of a function of this account, its ARN, or the address itself. */
export function authorizerUri(text: string, { region, accountId }: Pick<ServerFacts, 'region' | 'accountId'>): string {
  const typed = text.trim();
  if (typed.startsWith('arn:') && typed.split(':')[2] === 'lambda') return invocationArn(typed);
  if (/^[A-Za-z0-9_-]+$/.test(typed)) return invocationArn(`arn:aws:lambda:${region}:${accountId}:function:${typed}`);
  return typed;
}

/** The function that an address names, where it is one of this account. */
export function functionHere(text: unknown, facts: Pick<ServerFacts, 'region' | 'accountId'>): string | undefined {
  const uri = authorizerUri(String(text ?? ''), facts);
  return uri.includes(`:lambda:${facts.region}:${facts.accountId}:function:`) ? functionName(uri) : undefined;
}
