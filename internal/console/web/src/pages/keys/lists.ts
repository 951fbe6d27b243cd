import { GetApiKeysCommand, GetUsagePlansCommand } from '@aws-sdk/client-api-gateway';
import { allPages } from '../../aws/allPages';
import type { Clients } from '../../aws/clients';
import { formHref } from '../../hooks/router';

type Keys = Clients['keys'];

/** Every API key; with its value where that is asked for. */
export function listApiKeys(keys: Keys, includeValues = false) {
  return allPages(async (position) => {
    const answer = await keys.send(new GetApiKeysCommand({ position, includeValues, limit: 500 }));
    return { items: answer.items, next: answer.position };
  });
}

/** The usage plans; those alone that a key is in where one is given. */
export function listUsagePlans(keys: Keys, keyId?: string) {
  return allPages(async (position) => {
    const answer = await keys.send(new GetUsagePlansCommand({ position, keyId, limit: 500 }));
    return { items: answer.items, next: answer.position };
  });
}

/** The form of a key, which has no page of its own. */
export const keyHref = (id: string) => formHref(['apikeys'], { form: 'api-keys-edit', of: id });
