import type { Input } from './cli';

export interface TemplateResource {
  type: string;
  properties: Input;
}

/** A CloudFormation template (JSON is YAML too) of those resources, by logical name. */
export function cloudFormation(resources: Record<string, TemplateResource>): string {
  const Resources = Object.fromEntries(
    Object.entries(resources).map(([name, { type, properties }]) => [name, { Type: type, Properties: asObjects(properties) }]),
  );
  return JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources }, null, 2);
}

/** CloudFormation wants documents and schemas as objects where the AWS CLI wants text. */
function asObjects(properties: Input): Input {
  return Object.fromEntries(Object.entries(properties).map(([name, member]) => [name, /(Document|Schema)$/.test(name) && typeof member === 'string' ? parsed(member) : member]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Members of API Gateway's first API as CloudFormation writes them: apiStages -> ApiStages, at every depth. */
export function capitalized(members: Input): Input {
  return Object.fromEntries(Object.entries(members).filter(([, member]) => member !== undefined).map(([name, member]) => [name[0]!.toUpperCase() + name.slice(1), deeper(member)]));
}

function deeper(member: unknown): unknown {
  if (Array.isArray(member)) return member.map(deeper);
  return typeof member === 'object' && member !== null ? capitalized(member as Input) : member;
}

/** CloudFormation's logical names are letters and digits, and each is there once. */
export function logicalName(type: string, name: string, at: number): string {
  const plain = name.replace(/[^A-Za-z0-9]/g, '');
  return type.split('::').at(-1)! + (plain || (at > 0 ? at + 1 : ''));
}
