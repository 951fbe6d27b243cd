// Names of things that AWS lets have the same name, and tells apart by their ids.

import type { Clients } from '../aws/clients';
import { listApis } from '../aws/gatewayLists';

/** The names of some things by their ids; where several have the same name, each with its id beside it: "Orders (abcdef1234)". */
export function distinctNames<T>(items: readonly T[], id: (item: T) => string, name: (item: T) => string): Map<string, string> {
  const count = new Map<string, number>();
  for (const item of items) count.set(name(item), (count.get(name(item)) ?? 0) + 1);
  return new Map(items.map((item) => [id(item), (count.get(name(item)) ?? 0) > 1 && name(item) !== id(item) ? `${name(item)} (${id(item)})` : name(item)]));
}

/** The names of all APIs by their ids, as distinctNames has them. */
export async function apiNames(clients: Clients): Promise<Map<string, string>> {
  return distinctNames(await listApis(clients), (api) => api.ApiId!, (api) => api.Name!);
}

/** The name that is asked for, or one after it, "Orders-2", that is not taken. */
export function freeName(wanted: string, taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (!taken.includes(name)) return name;
  }
}
