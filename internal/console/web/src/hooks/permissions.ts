import { useEffect, useState } from 'react';
import type { Decision, Permission } from '../aws/permissions';
import { useWords, type Words } from '../words/language';
import { useConsole } from './console';

const en = { denied: 'Your access key may not do this:' };
const es: typeof en = { denied: 'Tu clave de acceso no puede hacer esto:' };
const words: Words<typeof en> = { en, es };

/**
 * Why the signed-in key may not make these calls; undefined while it may or while that is
 * not known: the server decides in any case when the call is made.
 */
export function useDenied(permissions: readonly Permission[]): string | undefined {
  const w = useWords(words);
  const { permissions: asker } = useConsole();
  const [denied, setDenied] = useState<Decision>();
  const key = JSON.stringify(permissions);
  useEffect(() => {
    let current = true;
    setDenied(undefined);
    const all = (JSON.parse(key) as Permission[]).map((one) => asker.ask(one));
    Promise.all(all).then(
      (decisions) => current && setDenied(decisions.find((one) => !one.allowed)),
      () => undefined, // no answer denies nothing
    );
    return () => {
      current = false;
    };
  }, [asker, key]);
  return denied && `${w.denied} ${denied.action}. ${denied.reason ?? ''}`.trim();
}
