import type { Value } from '../form/field';

export interface TemplateResource {
  type: string;
  properties: Value;
}

/** A CloudFormation template (JSON is YAML too) of those resources, by logical name. */
export function cloudFormation(resources: Record<string, TemplateResource>): string {
  const Resources = Object.fromEntries(
    Object.entries(resources).map(([name, { type, properties }]) => [name, { Type: type, Properties: properties }]),
  );
  return JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources }, null, 2);
}
