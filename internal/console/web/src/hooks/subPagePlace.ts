// Where a sub-page is shown: the shell has a place for it before the page, and the
// style sheet hides the page while the place is filled.

import { createContext, useContext } from 'react';

/** The element of the place; null until the shell has made it. */
export const SubPagePlace = createContext<HTMLElement | null>(null);

export function useSubPagePlace(): HTMLElement | null {
  return useContext(SubPagePlace);
}
