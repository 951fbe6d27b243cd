// Names of resources that have only an id at AWS, and sentences of the server.

import type { Deployment, Integration } from '@aws-sdk/client-apigatewayv2';
import type { Language } from '../words/language';
import { whenText } from '../words/format';

/** "POST localhost:8080/api/reports/create", "Lambda orders", "MOCK". */
export function integrationName({ IntegrationType, IntegrationMethod = '', IntegrationUri = '' }: Integration): string {
  if (!IntegrationUri) return IntegrationType ?? '';
  const lambda = functionName(IntegrationUri);
  if (lambda) return `Lambda ${lambda}`;
  if (IntegrationUri.startsWith('arn:')) return `${IntegrationType} ${IntegrationUri.split(':').slice(4).join(':')}`;
  return `${IntegrationMethod} ${IntegrationUri.replace(/^https?:\/\//, '')}`.trim();
}

/** The name of the Lambda function in an ARN, or in the longer one by which it is invoked; undefined where there is none. */
export function functionName(uri = ''): string | undefined {
  return /:function:([^/:]+)/.exec(uri)?.[1];
}

/** The name in an ARN, which is its last segment; of a stack's, arn:…:stack/NAME/ID, the one before. Other texts are names. */
export function nameInArn(text: string): string {
  const [, , service, , , ...resource] = text.split(':');
  if (!text.startsWith('arn:') || resource.length === 0) return text;
  const segments = resource.join(':').split('/');
  if (service === 'cloudformation' && segments[0] === 'stack') return segments[1] ?? text;
  return functionName(text) ?? segments.at(-1)!;
}

/** "28 nov 2026, 21:15:19 · first": a deployment is known by when it was made and what was said of it. */
export function deploymentName(language: Language, { CreatedDate, Description }: Deployment): string {
  return [whenText(language, CreatedDate), Description].filter(Boolean).join(' · ');
}

/** A sentence of the server with a capital letter, unless it begins with a name that has none (credentialsArn, arn:…), and a full stop, and its moments as the page writes moments. */
export function sentence(language: Language, text: string): string {
  const [word = ''] = /^\p{Ll}+(?=[\s,;]|$)/u.exec(text) ?? [];
  const full = (word.charAt(0).toUpperCase() + text.slice(word ? 1 : 0)).replace(/(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC/g, (_, date: string, time: string) => whenText(language, `${date}T${time}Z`));
  return /[.!?:…]$/.test(full) ? full : full + '.';
}
