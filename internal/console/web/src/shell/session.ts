import { useCallback, useEffect, useState } from 'react';
import { endSession, exchange, hasExpired, isIdle, keepSession, loadSession, noteUse, onSessionChange, serverFacts, sessionOf, takeToken, type Session } from '../aws/session';

/** How often a tab looks whether the session ended by itself, and notes that it is used. */
const LOOK = 60_000;

interface SignedIn {
  /** "unknown" until IndexedDB has answered. */
  session: Session | undefined | 'unknown';
  /** The sign-in token of the address was refused. */
  refused: boolean;
  /** The temporary credentials that signed ended. */
  expired: boolean;
  enter(session: Session): Promise<void>;
  leave(): void;
}

export function useSession(): SignedIn {
  const [session, setSession] = useState<Session | undefined | 'unknown'>('unknown');
  const [refused, setRefused] = useState(false);
  const [expired, setExpired] = useState(false);
  const enter = useCallback(async (next: Session) => {
    setSession(await keepSession(next));
    setRefused(false);
    setExpired(false);
  }, []);
  const leave = useCallback(() => {
    setSession(undefined);
    void endSession();
  }, []);
  useEffect(() => {
    const read = async () => {
      const token = takeToken();
      if (token) {
        try {
          const [secret, facts] = await Promise.all([exchange(token), serverFacts()]);
          return await enter(sessionOf(secret, facts.region));
        } catch {
          setRefused(true);
        }
      }
      setSession(await loadSession());
    };
    const changed = () => void loadSession().then(setSession);
    const visited = () => /^#token=/.test(location.hash) && void read();
    void read();
    addEventListener('hashchange', visited);
    const unsubscribe = onSessionChange(changed);
    return () => {
      removeEventListener('hashchange', visited);
      unsubscribe();
    };
  }, [enter]);
  const expires = typeof session === 'object' ? session.expires : undefined;
  useEffect(() => {
    if (expires === undefined) return undefined;
    const look = setInterval(() => {
      if (!hasExpired({ expires })) return;
      setExpired(true);
      leave();
    }, 1000);
    return () => clearInterval(look);
  }, [expires, leave]);
  const signedIn = session !== undefined && session !== 'unknown';
  useEffect(() => {
    if (!signedIn) return undefined;
    let used = true;
    const use = () => void (used = true);
    const look = setInterval(() => {
      if (used) noteUse();
      else if (isIdle()) leave();
      used = false;
    }, LOOK);
    addEventListener('pointerdown', use);
    addEventListener('keydown', use);
    return () => {
      clearInterval(look);
      removeEventListener('pointerdown', use);
      removeEventListener('keydown', use);
    };
  }, [signedIn, leave]);
  return { session, refused, expired, enter, leave };
}
