// Where a sub-page is shown: the shell has a place for it before the page, and the
// style sheet hides the page while the place is filled.

import { createContext, useContext } from 'react';

interface SubPages {
  /** The element of the place; null until the shell has made it. */
  place: HTMLElement | null;
  /** Says what the sub-page that is shown does; undefined: there is none. */
  setTask(title: string | undefined): void;
}

export const SubPagePlace = createContext<SubPages>({ place: null, setTask: () => undefined });

export function useSubPagePlace(): SubPages {
  return useContext(SubPagePlace);
}
