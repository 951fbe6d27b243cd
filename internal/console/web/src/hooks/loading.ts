import { useCallback, useEffect, useRef, useState } from 'react';
import { coalesced, poll } from './scheduling';

export interface Loaded<T> {
  value: T | undefined;
  error: unknown;
  /** True only until the first answer: later refreshes keep what is shown. */
  loading: boolean;
  /** Asks again; what is asked while an answer is awaited is asked once, after it. */
  reload(): Promise<void>;
}

/** What asks again, of all that is shown. */
const shown = new Set<() => Promise<void>>();

/** Asks again for all that the page shows, whatever it is: something was changed that another page may have begun. */
export async function reloadAll(): Promise<void> {
  await Promise.all([...shown].map((reload) => reload()));
}

/** Loads again every so many milliseconds while the page is visible: what is shown may be changed elsewhere. */
export function useRefreshed({ reload }: Pick<Loaded<unknown>, 'reload'>, every: number | undefined): void {
  useEffect(() => (every ? poll(async () => document.hidden || reload(), every) : undefined), [reload, every]);
}

/**
 * Calls load when the page opens and whenever one of the keys changes. An answer
 * that comes after a newer question is dropped.
 */
export function useLoaded<T>(load: () => Promise<T>, keys: readonly unknown[]): Loaded<T> {
  const [state, setState] = useState<{ value?: T; error?: unknown; loading: boolean }>({ loading: true });
  const question = useRef(0);
  const latest = useRef(load);
  latest.current = load;
  const ask = useCallback(async () => {
    const mine = ++question.current;
    try {
      const value = await latest.current();
      if (mine === question.current) setState({ value, loading: false });
    } catch (error) {
      if (mine === question.current) setState((old) => ({ value: old.value, error, loading: false }));
    }
  }, []);
  const asker = useRef<() => Promise<void>>(undefined);
  const reload = useCallback(() => (asker.current ??= coalesced(ask))(), [ask]);
  useEffect(() => {
    shown.add(reload);
    return () => void shown.delete(reload);
  }, [reload]);
  useEffect(() => {
    setState({ loading: true });
    asker.current = coalesced(ask); // an answer that is awaited is one to another question
    void reload();
    // The caller names what the answer depends on; load itself is new on each render.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, keys);
  return { value: state.value, error: state.error, loading: state.loading, reload };
}
