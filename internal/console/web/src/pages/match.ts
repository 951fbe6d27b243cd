/** The first entry whose path begins the address, and what follows it: "iam/roles" of ["iam", "roles", "x"] leaves ["x"]. */
export function entryAt<E extends { path: string }>(entries: readonly E[], path: readonly string[]): { entry: E; rest: string[] } | undefined {
  for (const entry of entries) {
    const own = entry.path.split('/');
    if (own.every((segment, at) => path[at] === segment)) return { entry, rest: path.slice(own.length) };
  }
  return undefined;
}
