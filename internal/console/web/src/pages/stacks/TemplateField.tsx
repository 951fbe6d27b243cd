import FormField from '@cloudscape-design/components/form-field';
import Spinner from '@cloudscape-design/components/spinner';
import { lazy, Suspense } from 'react';
import { CodeEditor } from '../../elements/CodeEditor';
import { useWords, type Words } from '../../words/language';

const FileChoice = lazy(() => import('../../elements/FileChoice'));

const en = { template: 'Template (YAML or JSON)', choose: 'Choose a file', file: 'Template from a file', why: 'Next you see what it changes. Nothing of the stack changes before you execute that.' };
const es: typeof en = { template: 'Plantilla (YAML o JSON)', choose: 'Elegir un archivo', file: 'Plantilla de un archivo', why: 'A continuación verás qué cambia. No cambia nada de la pila hasta que lo ejecutes.' };
const words: Words<typeof en> = { en, es };

/** Reads a template from a file. */
export function TemplateFile({ onChange }: { onChange(text: string): void }) {
  const w = useWords(words);
  const choose = async (file: File | undefined) => file && onChange(await file.text());
  return (
    <FormField label={w.file} stretch>
      <Suspense fallback={<Spinner />}><FileChoice accept=".yaml,.yml,.json,.template" text={w.choose} choose={(file) => void choose(file)} /></Suspense>
    </FormField>
  );
}

/** The template of a stack as text. */
export function TemplateField({ text, error, onChange }: { text: string; error: string | undefined; onChange(text: string): void }) {
  const w = useWords(words);
  return (
    <FormField label={w.template} description={w.why} errorText={error} stretch>
      <div className="stack-template"><CodeEditor value={text} syntax="yaml" label={w.template} rows={14} onChange={onChange} /></div>
    </FormField>
  );
}
