// The parts of a browser that the tested code uses.

/** A Storage in memory; its keys are its own properties, as in a browser. */
export function useLocalStorage(): void {
  const methods = {
    getItem: (key: string) => (Object.hasOwn(values, key) ? values[key]! : null),
    setItem: (key: string, value: string) => void (values[key] = String(value)),
    removeItem: (key: string) => void delete values[key],
  };
  const values = Object.create(methods) as Record<string, string>;
  Object.assign(globalThis, { localStorage: values, sessionStorage: values });
}

/** Calls of fetch, in order, each answered by answer. */
export function useFetch(answer: () => Response): { url: string; init: RequestInit }[] {
  const calls: { url: string; init: RequestInit }[] = [];
  Object.assign(globalThis, {
    location: { protocol: 'http:', hostname: '127.0.0.1', port: '4566', host: '127.0.0.1:4566', hash: '' },
    fetch: async (url: string, init: RequestInit) => {
      calls.push({ url, init });
      return answer();
    },
  });
  return calls;
}
