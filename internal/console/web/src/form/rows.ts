import { useState } from 'react';

export type Row<M> = [key: string, member: M];

/**
 * The rows of a map while they are typed: two keys may be equal, and one empty,
 * for a moment, which the map itself could not hold.
 */
export function useRows<M>(value: Record<string, M>, onChange: (map: Record<string, M>) => void): [Row<M>[], (rows: Row<M>[]) => void] {
  const [rows, setRows] = useState<Row<M>[]>(() => Object.entries(value));
  const put = (next: Row<M>[]) => {
    setRows(next);
    onChange(Object.fromEntries(next.filter(([key]) => key !== '')));
  };
  return [rows, put];
}
