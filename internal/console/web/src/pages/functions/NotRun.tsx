import Alert from '@cloudscape-design/components/alert';
import { useConsole } from '../../hooks/console';
import { useWords, type Words } from '../../words/language';

const words: Words<{ why: string; how: string }> = {
  en: { why: 'This server runs no functions: they can be created, and every invocation fails.', how: 'Start it with --functions (docs/functions.md says what that allows).' },
  es: { why: 'Este servidor no ejecuta funciones: se pueden crear, pero toda invocación falla.', how: 'Arráncalo con --functions (docs/functions.md explica qué permite eso).' },
};

/** Says that functions do not run here, before one tries. */
export function NotRun() {
  const w = useWords(words);
  const { facts } = useConsole();
  if (facts.runtimes) return null;
  return <Alert type="warning" header={w.why}>{w.how}</Alert>;
}
