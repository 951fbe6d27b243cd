import { numberText, whenText, type Part } from './format';
import { useLanguage } from './language';

/** A moment in the reader's language. */
export function When({ at, part }: { at: Date | string | undefined; part?: Part }) {
  const { language } = useLanguage();
  return <span className="moment">{whenText(language, at, part)}</span>;
}

/** A number in the reader's language, with its unit. */
export function Amount({ of: value, digits, unit }: { of: number; digits?: number; unit?: string }) {
  const { language } = useLanguage();
  return <>{numberText(language, value, digits)}{unit && ` ${unit}`}</>;
}
