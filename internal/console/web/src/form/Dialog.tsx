import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type ReactNode } from 'react';
import { useLanguage, useWords, type Words } from '../words/language';
import { whenText } from '../words/format';
import type { Draft } from '../hooks/draft';

const en = {
  cancel: 'Cancel',
  restored: 'What you typed is back, from',
  again: 'Start again',
  ask: 'Discard your changes? Nothing of them has been saved.',
  discard: 'Discard changes',
  keep: 'Keep editing',
};
const es: typeof en = {
  cancel: 'Cancelar',
  restored: 'Se ha recuperado lo que escribiste:',
  again: 'Empezar de nuevo',
  ask: '¿Descartar los cambios? No se ha guardado ninguno.',
  discard: 'Descartar los cambios',
  keep: 'Seguir editando',
};
const words: Words<typeof en> = { en, es };

interface Props {
  title: string;
  draft: Pick<Draft<unknown>, 'dirty' | 'restored' | 'drop'>;
  /** Throws the draft away and shows the form as it was at first. */
  startAgain(): void;
  close(): void;
  /** The button that does what the form is for. */
  action: ReactNode;
  children: ReactNode;
}

/** A form in front of its page. A click outside or Escape asks before anything typed is lost. */
export function Dialog({ title, draft, startAgain, close, action, children }: Props) {
  const w = useWords(words);
  const { language } = useLanguage();
  const [asking, setAsking] = useState(false);
  const leave = () => (draft.dirty ? setAsking(true) : close());
  const discard = () => {
    draft.drop();
    close();
  };
  const buttons = asking ? (
    <SpaceBetween direction="horizontal" size="xs">
      <Button onClick={discard}>{w.discard}</Button>
      <Button variant="primary" onClick={() => setAsking(false)}>{w.keep}</Button>
    </SpaceBetween>
  ) : (
    <SpaceBetween direction="horizontal" size="xs">
      <Button variant="link" onClick={leave}>{w.cancel}</Button>
      {action}
    </SpaceBetween>
  );
  return (
    <Modal
      visible
      size="large"
      header={title}
      onDismiss={leave}
      footer={
        <SpaceBetween size="s">
          {asking && <Alert type="warning">{w.ask}</Alert>}
          <Box float="right">{buttons}</Box>
        </SpaceBetween>
      }
    >
      <SpaceBetween size="m">
        {draft.restored && <Alert type="info" action={<Button onClick={startAgain}>{w.again}</Button>}>{w.restored} {whenText(language, draft.restored)}</Alert>}
        {children}
      </SpaceBetween>
    </Modal>
  );
}
