/** Reads every page of a list: AWS's lists come with a token for the next one. */
export async function allPages<T>(page: (token?: string) => Promise<{ items?: T[]; next?: string }>): Promise<T[]> {
  const all: T[] = [];
  let token: string | undefined;
  for (let pages = 0; pages < 1000; pages++) {
    const answer = await page(token);
    all.push(...(answer.items ?? []));
    token = answer.next;
    if (!token) return all;
  }
  throw new Error('the list does not end');
}
