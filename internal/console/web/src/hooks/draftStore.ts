// Drafts of forms in localStorage: one key for an access key, a form and its address.

interface Stored<T> {
  /** When it was stored, in milliseconds since 1970. */
  at: number;
  value: T;
}

const PREFIX = 'pasarela.draft.';
const KEPT_MILLIS = 7 * 24 * 60 * 60 * 1000;

export function draftKey(accessKeyId: string, name: string, address: string): string {
  return `${PREFIX}${accessKeyId} ${name} ${address}`;
}

export function readDraft<T>(key: string): Stored<T> | undefined {
  const kept = localStorage.getItem(key);
  return kept ? (JSON.parse(kept) as Stored<T>) : undefined;
}

/** Stores a draft that differs from what the form began with, and removes one that does not. */
export function storeDraft<T>(key: string, value: T, start: T): void {
  if (isSame(value, start)) localStorage.removeItem(key);
  else localStorage.setItem(key, JSON.stringify({ at: Date.now(), value }));
}

export function dropDraft(key: string): void {
  localStorage.removeItem(key);
}

/** Removes the drafts that were last changed more than seven days ago. */
export function forgetOldDrafts(): void {
  const oldest = Date.now() - KEPT_MILLIS;
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
    if ((readDraft(key)?.at ?? 0) < oldest) localStorage.removeItem(key);
  }
}

/** Equal in what was typed: an emptied field is as one that was never filled. */
export function isSame(a: unknown, b: unknown): boolean {
  return typed(a) === typed(b);
}

function typed(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => (member === '' || member === null ? undefined : member)) ?? '';
}
