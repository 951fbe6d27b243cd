import { useWords } from '../words/language';
import { fieldWords } from '../words/field';

/** An example must not look like what was entered: it says that it is one. */
export function useExample(value: string | undefined): string | undefined {
  const w = useWords(fieldWords);
  return value && `${w.example} ${value}`;
}
