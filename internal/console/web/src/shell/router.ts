// The address lives behind the hash: the server needs one page, a reload keeps
// the place, and nothing of it reaches a log.

import { useSyncExternalStore } from 'react';

export interface Place {
  /** Decoded path segments: ["apis", "abcdef1234", "routes"]. */
  path: string[];
  query: URLSearchParams;
}

export function href(...path: string[]): string {
  return '#/' + path.map(encodeURIComponent).join('/');
}

export function go(...path: string[]): void {
  location.hash = href(...path);
}

export function parsePlace(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  return {
    path: path.split('/').filter(Boolean).map(decodeURIComponent),
    query: new URLSearchParams(query),
  };
}

/** The field that the address asks to edit ("?edit=Target"), and how to forget it. */
export function useAskedField(): [field: string | undefined, forget: () => void] {
  const { path, query } = usePlace();
  return [query.get('edit') ?? undefined, () => query.has('edit') && go(...path)];
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}

export function usePlace(): Place {
  return parsePlace(useSyncExternalStore(subscribe, () => location.hash));
}
