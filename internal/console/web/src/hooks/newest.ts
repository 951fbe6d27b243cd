import { useCallback, useMemo, useRef, useState } from 'react';
import { throttled } from './scheduling';

/** How often a list that grows by itself is drawn again at most, in milliseconds. */
const DRAWN = 200;

export interface Newest<T> {
  /** The newest, oldest first. */
  items: T[];
  /** How many there were in all. */
  total: number;
  /** Adds some; afresh: in place of all before. */
  add(more: T[], afresh?: boolean): void;
}

/** A list of the newest things of a stream, however fast they come. */
export function useNewest<T>(keep: number): Newest<T> {
  const coming = useRef({ more: [] as T[], count: 0, afresh: false });
  const [{ items, total }, setState] = useState({ items: [] as T[], total: 0 });
  const draw = useMemo(
    () =>
      throttled(() => {
        const { more, count, afresh } = coming.current;
        coming.current = { more: [], count: 0, afresh: false };
        setState((old) => ({ items: [...(afresh ? [] : old.items), ...more].slice(-keep), total: old.total + count }));
      }, DRAWN),
    [keep],
  );
  const add = useCallback(
    (more: T[], afresh = false) => {
      const before = coming.current;
      coming.current = { more: [...(afresh ? [] : before.more), ...more].slice(-keep), count: before.count + more.length, afresh: before.afresh || afresh };
      draw();
    },
    [draw, keep],
  );
  return { items, total, add };
}
