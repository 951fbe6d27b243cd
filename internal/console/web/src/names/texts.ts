// Names of resources that have only an id at AWS.

import type { Deployment, Integration } from '@aws-sdk/client-apigatewayv2';
import type { Language } from '../words/language';
import { whenText } from '../words/format';

/** "POST localhost:8080/api/reports/create", "Lambda orders", "MOCK". */
export function integrationName({ IntegrationType, IntegrationMethod = '', IntegrationUri = '' }: Integration): string {
  if (!IntegrationUri) return IntegrationType ?? '';
  const lambda = /:function:([^/]+)/.exec(IntegrationUri)?.[1];
  if (lambda) return `Lambda ${lambda}`;
  if (IntegrationUri.startsWith('arn:')) return `${IntegrationType} ${IntegrationUri.split(':').slice(4).join(':')}`;
  return `${IntegrationMethod} ${IntegrationUri.replace(/^https?:\/\//, '')}`.trim();
}

/** "28 nov 2026, 21:15:19 · first": a deployment is known by when it was made and what was said of it. */
export function deploymentName(language: Language, { CreatedDate, Description }: Deployment): string {
  return [whenText(language, CreatedDate), Description].filter(Boolean).join(' · ');
}
