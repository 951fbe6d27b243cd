// What the table of a list shows and how one goes through it: the whole list read at once
// and sorted here, or one page after the other, sorted and searched by the server.

import { useCollection } from '@cloudscape-design/collection-hooks';
import type { PaginationProps } from '@cloudscape-design/components/pagination';
import type { TableProps } from '@cloudscape-design/components/table';
import { useEffect, useRef, useState } from 'react';
import { useLoaded, type Loaded } from '../hooks/loading';
import type { Page, Resource } from './resource';

/** Rows that are shown at a time. */
const ROWS = 25;

/** How long nothing is typed before the server is asked, in milliseconds. */
const TYPED = 300;

type Table<T> = Pick<TableProps<T>, 'items' | 'selectedItems' | 'onSelectionChange' | 'sortingColumn' | 'sortingDescending' | 'onSortingChange' | 'trackBy'>;
type Pages = Pick<PaginationProps, 'currentPageIndex' | 'pagesCount' | 'openEnd' | 'onChange'>;

export interface Listing<T> {
  loaded: Pick<Loaded<unknown>, 'error' | 'loading' | 'reload'>;
  /** What has been read: everything, or the page that is shown. */
  read: T[] | undefined;
  /** How many there are, and how many of them have the text that is looked for. */
  total: number | undefined;
  matching: number;
  table: Table<T>;
  pages: Pages;
  find: string;
  setFind(text: string): void;
  select(items: T[]): void;
}

/** A list that is read at once. */
export function useWholeList<T extends object>(resource: Resource<T>): Listing<T> {
  const loaded = useLoaded(() => resource.list!(), resource.keys);
  const sort = resource.columns[0]?.sort;
  const { items, collectionProps, filterProps, paginationProps, filteredItemsCount = 0, actions } = useCollection(loaded.value ?? [], {
    filtering: {},
    pagination: { pageSize: ROWS },
    sorting: sort ? { defaultState: { sortingColumn: { sortingField: sort } } } : {},
    selection: { trackBy: resource.id },
  });
  return {
    loaded, read: loaded.value, total: loaded.value?.length, matching: filteredItemsCount,
    table: { ...collectionProps, items }, pages: paginationProps,
    find: filterProps.filteringText, setFind: actions.setFiltering, select: actions.setSelectedItems,
  };
}

/** What is asked begins with the first page. */
const fromStart = { at: 0, tokens: [undefined] as (string | undefined)[] };

const orderOf = (sorted: string) => ({ sort: sorted.replace(/^-/, ''), descending: sorted.startsWith('-') });

/** A list of which the server sends the page that is shown. Pages are gone to in their order, and back. */
export function usePagedList<T extends object>(resource: Resource<T>): Listing<T> {
  const [find, setFind] = useState('');
  const [asked, setAsked] = useState(() => ({ find: '', ...orderOf(resource.sorted ?? resource.columns[0]?.sort ?? ''), ...fromStart }));
  const [selected, setSelected] = useState<T[]>([]);
  const loaded = useLoaded<Page<T>>(
    () => resource.page!({ find: asked.find, sort: (asked.descending ? '-' : '') + asked.sort, token: asked.tokens[asked.at], limit: ROWS }),
    resource.keys,
  );
  const { value, reload } = loaded;
  const read = useRef(asked);
  useEffect(() => {
    if (read.current === asked) return;
    read.current = asked;
    void reload();
  }, [asked, reload]);
  useEffect(() => {
    if (find === asked.find) return undefined;
    const timer = setTimeout(() => setAsked((now) => ({ ...now, find, ...fromStart })), TYPED);
    return () => clearTimeout(timer);
  });
  const items = value?.items ?? [];
  const ids = new Set(items.map(resource.id));
  const emptied = value?.items.length === 0 && asked.at > 0;
  useEffect(() => {
    if (emptied) setAsked((now) => ({ ...now, ...fromStart }));
  }, [emptied]);
  // Those of the pages up to the one behind this one.
  const tokens = value?.next ? [...asked.tokens.slice(0, asked.at + 1), value.next, ...asked.tokens.slice(asked.at + 2)] : asked.tokens.slice(0, asked.at + 1);
  return {
    loaded, read: value?.items, total: value?.total, matching: value?.matching ?? 0,
    table: {
      items, trackBy: resource.id, sortingColumn: { sortingField: asked.sort }, sortingDescending: asked.descending,
      selectedItems: selected.filter((item) => ids.has(resource.id(item))),
      onSelectionChange: ({ detail }) => setSelected(detail.selectedItems),
      onSortingChange: ({ detail }) => setAsked((now) => ({ ...now, sort: detail.sortingColumn.sortingField!, descending: !!detail.isDescending, ...fromStart })),
    },
    pages: {
      currentPageIndex: asked.at + 1, pagesCount: tokens.length, openEnd: (value?.matching ?? 0) > tokens.length * ROWS,
      onChange: ({ detail }) => tokens.length >= detail.currentPageIndex && setAsked((now) => ({ ...now, tokens, at: detail.currentPageIndex - 1 })),
    },
    find, setFind, select: setSelected,
  };
}
