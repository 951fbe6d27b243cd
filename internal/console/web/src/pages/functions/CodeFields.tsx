import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { lazy, Suspense } from 'react';
import { CodeEditor } from '../../elements/CodeEditor';
import type { Field, Value } from '../../form/field';
import { useWords, type Words } from '../../words/language';
import { Amount } from '../../words/When';
import { fileOf, languageOf, memberOf, type Chosen } from './code';
import { examples, type Language } from './examples';

const FileChoice = lazy(() => import('../../elements/FileChoice'));

const en = { choose: 'Choose a zip file', start: 'start from:', integration: 'Example of an integration', authorizer: 'Example of an authorizer' };
const es: typeof en = { choose: 'Elegir un archivo zip', start: 'empezar con:', integration: 'Ejemplo de integración', authorizer: 'Ejemplo de autorizador' };
const words: Words<typeof en> = { en, es };

/** The code of a function that exists is changed by a form of its own. */
const isAsked = (value: Value) => !value.FunctionArn;
const isWritten = (value: Value, language: Language) => isAsked(value) && value.From === 'here' && languageOf(value.Runtime) === language;

const written = (language: Language, syntax: 'javascript' | 'python'): Field => ({
  name: memberOf[language],
  kind: 'own',
  required: true,
  label: { en: 'Source code', es: 'Código fuente' },
  when: (value) => isWritten(value, language),
  control: ({ value, label, onChange }) => <Written text={String(value[memberOf[language]] ?? '')} handler={value.Handler} language={language} syntax={syntax} label={label} onChange={onChange} />,
});

/** What gives a function its code: an editor for Node.js and Python, or a zip file. */
export const codeFields: Field[] = [
  {
    name: 'From',
    kind: 'select',
    required: true,
    label: { en: 'Code', es: 'Código' },
    when: (value) => isAsked(value) && !!languageOf(value.Runtime),
    options: [
      { value: 'here', label: { en: 'Written here', es: 'Escrito aquí' } },
      { value: 'zip', label: { en: 'A zip file', es: 'Un archivo zip' } },
    ],
  },
  written('nodejs', 'javascript'),
  written('python', 'python'),
  {
    name: 'Zip',
    kind: 'own',
    required: true,
    secret: true,
    when: (value) => isAsked(value) && (value.From === 'zip' || !languageOf(value.Runtime)),
    label: { en: 'Zip file (50 MB at most)', es: 'Archivo zip (50 MB como mucho)' },
    hint: { en: 'With what the handler names at its top level, and the packages that it needs.', es: 'Con el archivo del controlador en su primer nivel y los paquetes que necesita.' },
    control: ({ value, onChange }) => <Zip chosen={value.Zip as Chosen | undefined} onChange={onChange} />,
  },
];

/** What the code begins with. */
export const firstCode: Value = { From: 'here', [memberOf.nodejs]: examples.nodejs.integration, [memberOf.python]: examples.python.integration };

interface WrittenProps {
  text: string;
  handler: unknown;
  language: Language;
  syntax: 'javascript' | 'python';
  label: string;
  onChange(text: unknown): void;
}

function Written({ text, handler, language, syntax, label, onChange }: WrittenProps) {
  const w = useWords(words);
  return (
    <SpaceBetween size="xs">
      <SpaceBetween direction="horizontal" size="xs" alignItems="center">
        <Box variant="span"><code>{fileOf(language, handler, text)}</code> – {w.start}</Box>
        {(['integration', 'authorizer'] as const).map((purpose) => <Button key={purpose} variant="inline-link" formAction="none" onClick={() => onChange(examples[language][purpose])}>{w[purpose]}</Button>)}
      </SpaceBetween>
      <CodeEditor value={text} syntax={syntax} label={label} onChange={onChange} />
    </SpaceBetween>
  );
}

function Zip({ chosen, onChange }: { chosen: Chosen | undefined; onChange(chosen: unknown): void }) {
  const w = useWords(words);
  return (
    <SpaceBetween direction="horizontal" size="s" alignItems="center">
      <Suspense fallback={<Spinner />}>
        <FileChoice accept=".zip" text={w.choose} choose={(file) => onChange(file && { name: file.name, file })} />
      </Suspense>
      {chosen && <Box>{chosen.name} · <Amount of={chosen.file.size} unit="bytes" /></Box>}
    </SpaceBetween>
  );
}
