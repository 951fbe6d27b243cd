import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState, type ReactNode } from 'react';
import { failureText } from '../aws/failure';
import type { Impact } from '../names/impact';
import { useLoaded } from '../hooks/loading';
import { SubPage } from './SubPage';
import { useLanguage, useWords, type Words } from '../words/language';

const en = {
  cancel: 'Cancel',
  refused: 'Refused',
  looking: 'Finding out what this affects',
  used: 'This affects:',
  unknown: 'What this affects could not be found out',
  type: 'Type the name to confirm',
  count: 'Type the number of items to confirm',
};
const es: typeof en = {
  cancel: 'Cancelar',
  refused: 'Rechazado',
  looking: 'Buscando a qué afecta',
  used: 'Esto afecta a:',
  unknown: 'No se pudo averiguar a qué afecta',
  type: 'Escribe el nombre para confirmar',
  count: 'Escribe el número de elementos para confirmar',
};
const words: Words<typeof en> = { en, es };

interface Props {
  names: string[];
  /** What is about to be done: "Delete". */
  action: string;
  /** On its head; absent: the action and the name. */
  title?: string;
  /** What it breaks; absent where it breaks nothing. */
  warning?: string;
  impact?(): Promise<Impact>;
  /** What is to be known before: a diff. */
  children?: ReactNode;
  /** What can be done instead, before the button that does it; and what leaving is called. */
  instead?: ReactNode;
  leave?: string;
  confirm(): Promise<void>;
  close(): void;
}

/**
 * Asks before something is done that is hard to undo. Where much breaks, or what breaks is
 * unknown, the name must be typed; of several things, whose names nobody would type, how many they are. A question with something to read before is a page.
 */
export function Confirm({ names, action, title, warning, impact, children, instead, leave, confirm, close }: Props) {
  const w = useWords(words);
  const { language } = useLanguage();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const [typed, setTyped] = useState('');
  const found = useLoaded<Impact>(async () => (impact ? impact() : { uses: [], severe: false }), []);
  const [name = ''] = names;
  const mustType = found.error !== undefined || !!found.value?.severe;
  const [asked, wanted] = names.length > 1 ? [w.count, String(names.length)] : [w.type, name];
  const ready = !found.loading && (!mustType || typed === wanted);
  const act = async () => {
    setBusy(true);
    try {
      await confirm();
      close();
    } catch (refusal) {
      setError(failureText(refusal));
      setBusy(false);
    }
  };
  const head = title ?? `${action} ${names.length === 1 ? name : `(${names.length})`}`;
  const buttons = (
    <SpaceBetween direction="horizontal" size="xs">
      <Button variant="link" onClick={close}>{leave ?? w.cancel}</Button>
      {instead}
      <Button variant="primary" loading={busy} disabled={!ready} onClick={act}>{action}</Button>
    </SpaceBetween>
  );
  const content = (
    <SpaceBetween size="m">
      {names.length > 1 && <ul>{names.map((one) => <li key={one}>{one}</li>)}</ul>}
      {warning && <Alert type="warning">{warning}</Alert>}
      {impact && found.loading && <StatusIndicator type="loading">{w.looking}</StatusIndicator>}
      {found.error !== undefined && <Alert type="warning" header={w.unknown}>{failureText(found.error)}</Alert>}
      {!!found.value?.uses.length && (
        <Alert type={found.value.severe ? 'error' : 'info'} header={w.used}>
          <ul>{found.value.uses.map((one) => <li key={one.en}>{one[language]}</li>)}</ul>
        </Alert>
      )}
      {children}
      {mustType && (
        <FormField label={<>{asked}: <b>{wanted}</b></>} stretch>
          <Input value={typed} ariaLabel={asked} spellcheck={false} autoComplete={false} onChange={({ detail }) => setTyped(detail.value)} />
        </FormField>
      )}
      {error && <Alert type="error" header={w.refused}>{error}</Alert>}
    </SpaceBetween>
  );
  if (children) return <SubPage title={head} buttons={buttons}>{content}</SubPage>;
  return (
    <Modal
      visible
      header={head}
      onDismiss={({ detail }) => (detail.reason === 'overlay' ? undefined : close())}
      footer={<Box float="right">{buttons}</Box>}
    >
      {content}
    </Modal>
  );
}
