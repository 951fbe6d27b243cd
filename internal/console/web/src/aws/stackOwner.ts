// Which stack made a resource: it is shown before someone changes it by hand.

import { SignatureV4 } from '@smithy/signature-v4';
import type { Session } from './session';
import { ExtensionError, signedFetch } from './signedFetch';

/** The tag that CloudFormation gives to what it makes, where that takes tags. */
export const NAME_TAG = 'aws:cloudformation:stack-name';

/** What is known of a resource: AWS's type of it, its physical id, and its tags. */
export interface Owned {
  type: string;
  id: string;
  tags?: Record<string, string>;
}

/** The name of the stack that made the resource; undefined where none did, or where the key may not ask. */
export async function stackOf(session: Session, { type, id, tags }: Owned): Promise<string | undefined> {
  if (tags?.[NAME_TAG]) return tags[NAME_TAG];
  const signer = new SignatureV4({ service: 'cloudformation', region: session.region, credentials: session, sha256: session.sha256 });
  const form = new URLSearchParams({ Action: 'DescribeStackResources', Version: '2010-05-15', PhysicalResourceId: id });
  try {
    const response = await signedFetch(signer, { method: 'POST', path: '/', body: { type: 'application/x-www-form-urlencoded', text: form.toString() } });
    return ownerIn(new DOMParser().parseFromString(await response.text(), 'text/xml'), type, id);
  } catch (error) {
    if (error instanceof ExtensionError && error.status < 500) return undefined; // no stack made it
    throw error;
  }
}

function ownerIn(answer: Document, type: string, id: string): string | undefined {
  const member = [...answer.querySelectorAll('StackResources > member')].find((one) => textOf(one, 'PhysicalResourceId') === id && textOf(one, 'ResourceType') === type && !textOf(one, 'ResourceStatus').startsWith('DELETE'));
  return member && textOf(member, 'StackName');
}

const textOf = (parent: Element, name: string) => parent.querySelector(name)?.textContent ?? '';
