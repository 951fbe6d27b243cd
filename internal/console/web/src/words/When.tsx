import { useLanguage, type Language } from './language';

type Part = 'date' | 'time' | 'both' | 'millis';

const styles: Record<Part, Intl.DateTimeFormatOptions> = {
  date: { dateStyle: 'medium' },
  time: { timeStyle: 'medium' },
  both: { dateStyle: 'medium', timeStyle: 'medium' },
  millis: { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 },
};

/** A moment in words: months have names, so that no day is taken for a month. */
export function whenText(language: Language, at: Date | string | undefined, part: Part = 'both'): string {
  return at === undefined ? '–' : new Intl.DateTimeFormat(language, styles[part]).format(new Date(at));
}

export function When({ at, part }: { at: Date | string | undefined; part?: Part }) {
  const { language } = useLanguage();
  return <>{whenText(language, at, part)}</>;
}

export function numberText(language: Language, value: number, digits = 0): string {
  return new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** A number with the separators of the language: 1,000.5 or 1.000,5. */
export function Amount({ of: value, digits, unit }: { of: number; digits?: number; unit?: string }) {
  const { language } = useLanguage();
  return <>{numberText(language, value, digits)}{unit && ` ${unit}`}</>;
}
