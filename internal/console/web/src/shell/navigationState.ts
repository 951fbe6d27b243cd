import { useEffect, useState } from 'react';

const narrow = matchMedia('(max-width: 900px)');
const key = () => `pasarela.navigation.${narrow.matches ? 'narrow' : 'wide'}`;

/** Open on wide windows and closed on narrow ones, until the user chose otherwise at that width. */
function kept(): boolean {
  return (localStorage.getItem(key()) ?? String(!narrow.matches)) === 'true';
}

/** Whether the navigation is open: each kind of width remembers its own choice. */
export function useNavigation(): [boolean, (open: boolean) => void] {
  const [open, setOpen] = useState(kept);
  useEffect(() => {
    const changed = () => setOpen(kept());
    narrow.addEventListener('change', changed);
    return () => narrow.removeEventListener('change', changed);
  }, []);
  const choose = (next: boolean) => {
    localStorage.setItem(key(), String(next));
    setOpen(next);
  };
  return [open, choose];
}
