// Refusals in words. AWS's sentences are English, as they are everywhere: on Spanish pages they are quoted.

import type { Language } from '../words/language';

/** What a refusal is about, by the beginning of AWS's name for it. */
const kinds: [RegExp, string][] = [
  [/^(NotFound|NoSuch|ResourceNotFound)/, 'No existe'],
  [/^(AccessDenied|Forbidden)/, 'No tienes permiso'],
  [/^(Conflict|EntityAlreadyExists|ResourceConflict|AlreadyExists)/, 'Ya existe o está en uso'],
  [/^(TooMany|Throttling|LimitExceeded)/, 'Se superó un límite'],
  [/^(ServiceUnavailable|Internal|HTTP 5)/, 'El servidor no pudo hacerlo'],
];

/** A refusal in words: AWS's error name and sentence, or that the server does not answer. */
export function failureText(error: unknown, language: Language = pageLanguage()): string {
  const spanish = language === 'es';
  // Browsers have words of their own for a server that does not answer; its type is the same.
  if (error instanceof TypeError && /fetch|network|load/i.test(error.message)) return spanish ? 'El servidor no responde' : 'The server does not answer';
  if (!(error instanceof Error)) return String(error);
  const { name, message } = error;
  const said = message || (spanish ? 'el servidor no dijo por qué' : 'the server gave no reason');
  if (!name || name === 'Error') return said;
  if (!spanish) return `${name}: ${said}`;
  const about = kinds.find(([names]) => names.test(name))?.[1] ?? 'Se rechazó';
  return `${about} (${name}): ${message ? `«${message}»` : said}`;
}

/** The language of the page, outside of what React draws. */
function pageLanguage(): Language {
  return typeof document !== 'undefined' && document.documentElement.lang === 'es' ? 'es' : 'en';
}

/** The members that a refusal names as wrong: "Invalid member 'identitySource': …", "… at 'stageName' failed to satisfy constraint: …". */
export function refusedMembers(error: unknown): string[] {
  const text = error instanceof Error ? error.message : '';
  return [...text.matchAll(/(?:member| at) '([^']+)'|\btag (pasarela:\w+)/g)].map(([, member, tag]) => tag ?? member!);
}

/** Says whether the error is AWS's "there is no such thing". */
export function isNotFound(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NotFoundException' || error.name.startsWith('NoSuchEntity'));
}
