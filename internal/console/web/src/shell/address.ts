// What the rows of the registry make of an address.

import { entryAt } from '../pages/match';
import { accountPages, apiPages } from '../pages/registry';

type AccountEntry = (typeof accountPages)[number];
type ApiEntry = (typeof apiPages)[number];

/** The page that an address names: of the account, or of one API. */
export type Found = { scope: 'account'; entry: AccountEntry; id?: string } | { scope: 'api'; apiId: string; entry: ApiEntry; id?: string };

/** Undefined where there is no such page. */
export function pageAt(path: readonly string[]): Found | undefined {
  const [first, apiId, ...below] = path;
  if (first === 'apis' && apiId) {
    const found = below.length === 0 ? { entry: apiPages[0]!, rest: [] } : entryAt(apiPages, below);
    return found && { scope: 'api', apiId, entry: found.entry, id: found.rest[0] };
  }
  const found = path.length === 0 ? { entry: accountPages[0]!, rest: [] } : entryAt(accountPages, path);
  return found && { scope: 'account', entry: found.entry, id: found.rest[0] };
}
