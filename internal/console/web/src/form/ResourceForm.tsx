import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { failureText, refusedMembers } from '../aws/failure';
import { useLanguage, useWords, type Words } from '../words/language';
import type { Check } from '../elements/code';
import { FormPage } from './FormPage';
import { useDraft } from '../hooks/draft';
import { applicable, differsFromDefault, fieldsOf, linesOf, missing, sectionsOf, type Field, type Value } from './field';
import { FieldInput } from './FieldInput';

const en = { save: 'Save changes', refused: 'Refused', quoted: (label: string) => `“${label}”`, needed: 'This field is required', wrong: 'Refused: see below' };
const es: typeof en = { save: 'Guardar cambios', refused: 'Rechazado', quoted: (label) => `«${label}»`, needed: 'Este campo es obligatorio', wrong: 'Se rechazó: mira abajo' };
const words: Words<typeof en> = { en, es };

interface Props {
  /** What the form does, on its head and on its button: "Create route". */
  title: string;
  fields: Field[];
  /** The resource as it is; absent when it is about to be made. */
  before?: Value;
  initial?: Value;
  check?: Check;
  /** The field to begin with. */
  focus?: string;
  aside?(value: Value): ReactNode;
  submit(value: Value): Promise<void>;
  close(): void;
}

/** One form for making or changing any resource. It stays open when refused, with the reason. */
export function ResourceForm({ title, fields, before, initial, check, focus, aside, submit, close }: Props) {
  const w = useWords(words);
  const draft = useDraft<Value>('form', before ?? initial ?? {}, (value) => withoutSecrets(fields, value));
  const { value } = draft;
  const { language } = useLanguage();
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<{ text: string; names: string[] }>();
  const [generation, setGeneration] = useState(0);
  const lacking = missing(fields, value);
  const shown = applicable(fields, value);
  const { unfolded: usual, sections } = sectionsOf(shown);
  // What is saved may lead to another page before its draft is thrown away.
  const saving = useRef(false);
  const asked = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // After the page of the form has taken the focus to its beginning.
    const frame = requestAnimationFrame(() => asked.current?.querySelector<HTMLElement>('input, textarea, [contenteditable=true], button')?.focus());
    return () => cancelAnimationFrame(frame);
  }, []);

  const save = async () => {
    setTried(true);
    if (lacking.length > 0) return;
    setBusy(true);
    saving.current = true;
    setError(undefined);
    try {
      await submit(value);
      draft.drop();
      close();
    } catch (refusal) {
      saving.current = false;
      setError({ text: failureText(refusal), names: fieldsOf(refusedMembers(refusal), fields).map(({ name }) => name) });
      setBusy(false);
    }
  };
  const startAgain = () => {
    draft.drop();
    setGeneration((n) => n + 1);
  };

  const lines = (some: Field[]) =>
    linesOf(some).map((line) => {
      const inputs = line.map((field) => (
        <div key={field.name} ref={field.name === focus ? asked : undefined}>
          <FieldInput
            field={field}
            value={value}
            check={check}
            disabled={!!before && field.fixed}
            error={tried && lacking.includes(field.name) ? w.needed : error?.names.includes(field.name) ? w.wrong : undefined}
            onChange={(member) => draft.change((old) => ({ ...old, [field.name]: member }))}
          />
        </div>
      ));
      return line[0]!.half ? <ColumnLayout key={line[0]!.name} columns={2}>{inputs}</ColumnLayout> : inputs;
    });

  return (
    <FormPage title={title} draft={{ ...draft, isKept: () => !saving.current && draft.isKept() }} startAgain={startAgain} close={close} action={<Button variant="primary" loading={busy} onClick={save}>{before ? w.save : title}</Button>}>
      <SpaceBetween size="m" key={generation}>
        {lines(usual)}
        {sections.map(({ title, fields }) => (
          <Folded key={title.en} title={title} chosen={fields.some((field) => field.name === focus || differsFromDefault(field, value))} erroneous={tried && fields.some((field) => lacking.includes(field.name) || error?.names.includes(field.name))}>
            {lines(fields)}
          </Folded>
        ))}
        {aside?.(value)}
        {error && <Alert type="error" header={[w.refused, shown.filter(({ name }) => error.names.includes(name)).map(({ label }) => w.quoted(label[language])).join(', ')].filter(Boolean).join(': ')}>{error.text}</Alert>}
      </SpaceBetween>
    </FormPage>
  );
}

/** Fields that are folded away until one of them is needed. */
function Folded({ title, chosen, erroneous, children }: { title: Words<string>; chosen: boolean; erroneous: boolean; children: ReactNode }) {
  const header = useWords(title);
  const [unfolded, setUnfolded] = useState(chosen);
  return (
    <ExpandableSection headerText={header} expanded={unfolded || erroneous} onChange={({ detail }) => setUnfolded(detail.expanded)}>
      <SpaceBetween size="m">{children}</SpaceBetween>
    </ExpandableSection>
  );
}

function withoutSecrets(fields: Field[], value: Value): Value {
  const secret = fields.filter((field) => field.secret).map((field) => field.name);
  return Object.fromEntries(Object.entries(value).filter(([name]) => !secret.includes(name)));
}
