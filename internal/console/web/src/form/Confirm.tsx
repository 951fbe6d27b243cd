import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type ReactNode } from 'react';
import { failureText } from '../aws/failure';
import { useWords, type Words } from '../words/language';

const en = { sure: 'This cannot be undone.', cancel: 'Cancel', refused: 'Refused' };
const es: typeof en = { sure: 'No se puede deshacer.', cancel: 'Cancelar', refused: 'Rechazado' };
const words: Words<typeof en> = { en, es };

interface Given {
  name: string;
  /** What is about to be done: "Delete". */
  action: string;
  warning?: string;
  /** What is to be known before: a diff. */
  children?: ReactNode;
  confirm(): Promise<void>;
  close(): void;
}

export function Confirm({ name, action, warning, children, confirm, close }: Given) {
  const w = useWords(words);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
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
  return (
    <Modal
      visible
      size={children ? 'large' : 'medium'}
      header={`${action} ${name}`}
      onDismiss={close}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>{w.cancel}</Button>
            <Button variant="primary" loading={busy} onClick={act}>{action}</Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {warning && <Alert type="warning">{warning}</Alert>}
        {!warning && <Box>{w.sure}</Box>}
        {children}
        {error && <Alert type="error" header={w.refused}>{error}</Alert>}
      </SpaceBetween>
    </Modal>
  );
}
