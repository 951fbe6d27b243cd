import type { Words } from './language';

const statuses = Array.from({ length: 500 }, (_, at) => String(100 + at));

/** Whether some HTTP status matches the pattern as a whole; true where only the server can tell (A-SELECTION-3). */
function matchesSome(pattern: string): boolean {
  try {
    const whole = new RegExp(`^(?:${pattern})$`, 's');
    return statuses.some((status) => whole.test(status));
  } catch {
    return true;
  }
}

/** What is wrong with a response key that no HTTP status can match, and how it is written instead. */
export function responseKeyFault(key: string): Words<string> | undefined {
  if (key === '' || /^\\?\$default$/.test(key) || statuses.includes(key)) return undefined;
  const pattern = /^\/(.*)\/$/s.exec(key)?.[1];
  if (pattern !== undefined && matchesSome(pattern)) return undefined;
  const meant = (pattern ?? key).replace(/[x*]/gi, '\\d');
  const instead = /^[\d\\d.|[\]()-]+$/.test(meant) && matchesSome(meant) ? `/${meant}/` : '/5\\d\\d/';
  return {
    en: `No HTTP status matches ${key}, so this response is never used. Write it as ${instead}, a status as 201, all others as $default.`,
    es: `Ningún estado HTTP coincide con ${key}, así que esta respuesta no se usa nunca. Escribe ${instead}; un solo estado, 201; todos los demás, $default.`,
  };
}
