import { numberText, whenText, type Part } from './format';
import { useLanguage } from './language';

/** A moment in the reader's language. Where there is little room its time stands below its date, and neither is broken. */
export function When({ at, part = 'both' }: { at: Date | string | undefined; part?: Part }) {
  const { language } = useLanguage();
  if (at === undefined || part !== 'both') return <span className="moment">{whenText(language, at, part)}</span>;
  return <><span className="moment">{whenText(language, at, 'date')},</span> <span className="moment">{whenText(language, at, 'time')}</span></>;
}

/** A number in the reader's language, with its unit. */
export function Amount({ of: value, digits, unit }: { of: number; digits?: number; unit?: string }) {
  const { language } = useLanguage();
  return <>{numberText(language, value, digits)}{unit && ` ${unit}`}</>;
}
