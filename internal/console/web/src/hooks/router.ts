// The address stands behind the hash: the server needs one page, a reload keeps
// the place, and nothing of it reaches a log.

import { useSyncExternalStore } from 'react';

export interface Address {
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

export function parseAddress(hash: string): Address {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  return {
    path: path.split('/').filter(Boolean).map(decodeURIComponent),
    query: new URLSearchParams(query),
  };
}

/** The form that the address says is open, of which thing, and the field to begin with. */
export interface OpenForm {
  form?: string;
  of?: string;
  field?: string;
}

/** The address of a page with a form open on it. */
export function formHref(path: string[], { form, of, field }: OpenForm): string {
  const query = new URLSearchParams(Object.entries({ form, of, field }).flatMap(([name, value]) => (value ? [[name, value]] : [])));
  const text = query.toString();
  return href(...path) + (text ? '?' + text : '');
}

/**
 * Which form is open is part of the address: a reload finds it open again, a link can
 * open it, and going back closes it. Every form of a page has a name of its own.
 */
export function useOpenForm(): OpenForm & { open(form: string, of?: string): void; close(): void } {
  const { path, query } = useAddress();
  return {
    form: query.get('form') ?? undefined,
    of: query.get('of') ?? undefined,
    field: query.get('field') ?? undefined,
    open: (form, of) => void (location.hash = formHref(path, { form, of })),
    close: () => {
      const now = parseAddress(location.hash);
      if (!now.query.has('form')) return; // what was saved led to another page
      history.replaceState(null, '', href(...now.path));
      dispatchEvent(new HashChangeEvent('hashchange'));
    },
  };
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}

export function useAddress(): Address {
  return parseAddress(useSyncExternalStore(subscribe, () => location.hash));
}
