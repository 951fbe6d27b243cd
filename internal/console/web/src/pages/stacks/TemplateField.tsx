import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { lazy, Suspense } from 'react';
import { CodeEditor } from '../../elements/CodeEditor';
import { useWords, type Words } from '../../words/language';

const FileChoice = lazy(() => import('../../elements/FileChoice'));

const en = { template: 'Template (YAML or JSON)', choose: 'Choose a file', hint: 'Type it here, or take it from a file.' };
const es: typeof en = { template: 'Plantilla (YAML o JSON)', choose: 'Elegir un archivo', hint: 'Escríbela aquí o cárgala de un archivo.' };
const words: Words<typeof en> = { en, es };

interface Props {
  text: string;
  error: string | undefined;
  onChange(text: string): void;
}

/** The template of a stack: typed, or read from a file into the editor. */
export function TemplateField({ text, error, onChange }: Props) {
  const w = useWords(words);
  const choose = async (file: File | undefined) => file && onChange(await file.text());
  return (
    <FormField label={w.template} description={w.hint} errorText={error} stretch>
      <SpaceBetween size="xs">
        <Suspense fallback={<Spinner />}><FileChoice accept=".yaml,.yml,.json,.template" text={w.choose} choose={(file) => void choose(file)} /></Suspense>
        <div className="stack-template"><CodeEditor value={text} syntax="yaml" label={w.template} rows={14} onChange={onChange} /></div>
      </SpaceBetween>
    </FormField>
  );
}
