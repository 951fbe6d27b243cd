// What is typed is kept in this browser until it was saved or thrown away, so that a
// reload, a closed tab or a way back loses nothing. Drafts belong to an access key and to
// an address; secrets do not come into them.

import { useState } from 'react';
import { useConsole } from './console';
import { draftKey, dropDraft, isSame, readDraft, storeDraft } from './draftStore';
import { formHref, parseAddress } from './router';

export interface Draft<T> {
  value: T;
  change(value: T | ((old: T) => T)): void;
  /** When the draft was typed that the form began with. */
  restored?: Date;
  /** Differs from what it began with. */
  dirty: boolean;
  /** Whether a draft is stored now; true for what was stored and not yet saved or thrown away. */
  isKept(): boolean;
  /** Saved or thrown away: the draft goes, and the value is what it was at first. */
  drop(): void;
}

/** A state that is kept as a draft of this page; safe returns the part of it that may be stored. */
export function useDraft<T>(name: string, initial: T, safe: (value: T) => T = (value) => value): Draft<T> {
  const { session } = useConsole();
  const [key] = useState(() => draftKey(session.accessKeyId, name, formAddress()));
  const [start] = useState(() => initial);
  const [draft] = useState(() => readDraft<T>(key));
  const [state, setState] = useState({ value: draft ? draft.value : start, restored: !!draft });
  return {
    value: state.value,
    dirty: !isSame(state.value, start),
    isKept: () => readDraft(key) !== undefined,
    restored: state.restored && draft ? new Date(draft.at) : undefined,
    change: (next) =>
      setState((old) => {
        const value = typeof next === 'function' ? (next as (old: T) => T)(old.value) : next;
        storeDraft(key, safe(value), start);
        return { ...old, value };
      }),
    drop: () => {
      dropDraft(key);
      setState({ value: start, restored: false });
    },
  };
}

/** The page and the form on it; not the field to begin with. */
function formAddress(): string {
  const { path, query } = parseAddress(location.hash);
  return formHref(path, { form: query.get('form') ?? undefined, of: query.get('of') ?? undefined });
}
