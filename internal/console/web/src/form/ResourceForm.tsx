import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { failureText } from '../aws/failure';
import { useWords, type Words } from '../words/language';
import type { Check } from './code';
import { applicable, missing, type Field, type Value } from './field';
import { FieldInput } from './FieldInput';

const en = { cancel: 'Cancel', save: 'Save changes', refused: 'Refused', needed: 'This is needed' };
const es: typeof en = { cancel: 'Cancelar', save: 'Guardar cambios', refused: 'Rechazado', needed: 'Hace falta' };
const words: Words<typeof en> = { en, es };

interface Given {
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
export function ResourceForm({ title, fields, before, initial, check, focus, aside, submit, close }: Given) {
  const w = useWords(words);
  const [value, setValue] = useState<Value>(before ?? initial ?? {});
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const lacking = missing(fields, value);
  const asked = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // After the dialog has taken the focus to its beginning.
    const frame = requestAnimationFrame(() => asked.current?.querySelector<HTMLElement>('input, textarea, [contenteditable=true], button')?.focus());
    return () => cancelAnimationFrame(frame);
  }, []);

  const save = async () => {
    setTried(true);
    if (lacking.length > 0) return;
    setBusy(true);
    setError(undefined);
    try {
      await submit(value);
      close();
    } catch (refusal) {
      setError(failureText(refusal));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Modal
      visible
      size="large"
      header={title}
      onDismiss={close}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>{w.cancel}</Button>
            <Button variant="primary" loading={busy} onClick={save}>{before ? w.save : title}</Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {applicable(fields, value).map((field) => (
          <div key={field.name} ref={field.name === focus ? asked : undefined}>
            <FieldInput
              field={field}
              value={value}
              check={check}
              disabled={!!before && field.fixed}
              error={tried && lacking.includes(field.name) ? w.needed : undefined}
              onChange={(member) => setValue((old) => ({ ...old, [field.name]: member }))}
            />
          </div>
        ))}
        {aside?.(value)}
        {error && <Alert type="error" header={w.refused}>{error}</Alert>}
      </SpaceBetween>
    </Modal>
  );
}
