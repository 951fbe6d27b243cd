import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useState } from 'react';
import { useWords, type Words } from '../words/language';
import { CopyButton } from './Copyable';

const en = { why: 'The server does not show it again. If it is lost, create another one.', saved: 'I have saved it', close: 'Close', copy: 'Copy all of it' };
const es: typeof en = { why: 'El servidor no lo vuelve a mostrar. Si se pierde, hay que crear otro.', saved: 'Lo he guardado', close: 'Cerrar', copy: 'Copiar todo' };
const words: Words<typeof en> = { en, es };

/** A secret that is answered once. It stays in front of the page until the reader says that it is saved; leaving asks. */
export function OneTimeSecret({ title, text, close }: { title: string; text: string; close(): void }) {
  const w = useWords(words);
  const [saved, setSaved] = useState(false);
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    if (!saved) addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [saved]);
  return (
    <Modal visible header={title} onDismiss={() => saved && close()} footer={<Box float="right"><Button variant="primary" disabled={!saved} onClick={close}>{w.close}</Button></Box>}>
      <SpaceBetween size="m">
        <Alert type="warning">{w.why}</Alert>
        <pre className="frame-text">{text}</pre>
        <CopyButton text={text} label={w.copy} />
        <Checkbox checked={saved} onChange={({ detail }) => setSaved(detail.checked)}>{w.saved}</Checkbox>
      </SpaceBetween>
    </Modal>
  );
}
