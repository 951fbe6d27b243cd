import type { PatchOperation } from '@aws-sdk/client-api-gateway';
import type { Value } from '../../form/field';

/** The v1 API's patches: every value is text. */
export function patches(input: Value): PatchOperation[] {
  return Object.entries(input).map(([name, member]) => ({ op: 'replace', path: `/${name}`, value: String(member) }));
}
