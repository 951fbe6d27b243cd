// Dates and numbers in the reader's language.

import type { Language } from './language';

export type Part = 'date' | 'time' | 'both' | 'millis';

/** The time of a moment of the last twelve hours, else its date too. */
export const sinceWhen = (at: Date | string | undefined): Part => (at !== undefined && Date.now() - Number(new Date(at)) > 12 * 3600_000 ? 'both' : 'time');

const styles: Record<Part, Intl.DateTimeFormatOptions> = {
  date: { dateStyle: 'medium' },
  time: { timeStyle: 'medium' },
  both: { dateStyle: 'medium', timeStyle: 'medium' },
  millis: { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 },
};

/** A moment as text: the month by its name, so that it is not read as a day. */
export function whenText(language: Language, at: Date | string | undefined, part: Part = 'both'): string {
  return at === undefined ? '–' : new Intl.DateTimeFormat(language, styles[part]).format(new Date(at));
}

/** A number with the separators of the language: 1,000.5 or 1.000,5. */
export function numberText(language: Language, value: number, digits = 0): string {
  return new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}
