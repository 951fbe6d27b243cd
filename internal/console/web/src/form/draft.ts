// What is typed is kept in this browser until it was saved or thrown away: a reload,
// a closed tab or a way back loses nothing. Drafts belong to an access key and to an
// address, and secrets do not come into them.

import { useState } from 'react';
import { useConsole } from '../shell/console';
import { formHref, parsePlace } from '../shell/router';

interface Draft<T> {
  at: number;
  value: T;
}

const PREFIX = 'pasarela.draft.';
const KEPT_DAYS = 7;

export interface Kept<T> {
  value: T;
  change(value: T | ((old: T) => T)): void;
  /** When the draft was typed that the form began with. */
  restored?: Date;
  /** Differs from what it began with. */
  dirty: boolean;
  /** Saved or thrown away: the draft goes, and the value is what it was at first. */
  drop(): void;
}

/** A state that is kept as a draft of this page; safe says what of it may be kept. */
export function useDraft<T>(name: string, initial: T, safe: (value: T) => T = (value) => value): Kept<T> {
  const { session } = useConsole();
  const [key] = useState(() => PREFIX + session.accessKeyId + ' ' + name + ' ' + address());
  const [start] = useState(() => initial);
  const [draft] = useState(() => read<T>(key));
  const [state, setState] = useState({ value: draft ? draft.value : start, restored: !!draft });
  const same = (value: T) => text(value) === text(start);
  const write = (value: T) => {
    if (same(safe(value))) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify({ at: Date.now(), value: safe(value) }));
  };
  return {
    value: state.value,
    dirty: !same(state.value),
    restored: state.restored && draft ? new Date(draft.at) : undefined,
    change: (next) =>
      setState((old) => {
        const value = typeof next === 'function' ? (next as (old: T) => T)(old.value) : next;
        write(value);
        return { ...old, value };
      }),
    drop: () => {
      localStorage.removeItem(key);
      setState({ value: start, restored: false });
    },
  };
}

/** The page and the form on it; not the field to begin with. */
function address(): string {
  const { path, query } = parsePlace(location.hash);
  return formHref(path, { form: query.get('form') ?? undefined, of: query.get('of') ?? undefined });
}

function read<T>(key: string): Draft<T> | undefined {
  const kept = localStorage.getItem(key);
  return kept ? (JSON.parse(kept) as Draft<T>) : undefined;
}

/** Equal where nothing a person typed differs: an emptied field is as one never filled. */
function text(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => (member === '' || member === null ? undefined : member)) ?? '';
}

/** Drafts that nobody came back to for days. */
export function forgetOldDrafts(): void {
  const oldest = Date.now() - KEPT_DAYS * 24 * 60 * 60 * 1000;
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
    if ((read(key)?.at ?? 0) < oldest) localStorage.removeItem(key);
  }
}
