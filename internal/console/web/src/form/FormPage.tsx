import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Draft } from '../hooks/draft';
import { useConsole } from '../hooks/console';
import { useLanguage, useWords, type Words } from '../words/language';
import { whenText } from '../words/format';
import { SubPage } from './SubPage';

const en = {
  cancel: 'Cancel',
  restored: 'What you typed is back; last changed',
  again: 'Start again',
  ask: 'Discard your changes? None of them has been saved.',
  discard: 'Discard changes',
  keep: 'Keep editing',
  kept: 'Not saved; what you typed is kept as a draft',
  goOn: 'Go on editing',
};
const es: typeof en = {
  cancel: 'Cancelar',
  restored: 'Se ha recuperado lo que escribiste el',
  again: 'Empezar de nuevo',
  ask: '¿Descartar los cambios? No se ha guardado ninguno.',
  discard: 'Descartar los cambios',
  keep: 'Seguir editando',
  kept: 'Sin guardar; lo que escribiste queda como borrador',
  goOn: 'Seguir editando',
};
const words: Words<typeof en> = { en, es };

interface Props {
  title: string;
  draft: Pick<Draft<unknown>, 'dirty' | 'restored' | 'isKept' | 'drop'>;
  /** Throws the draft away and shows the form as it was at first. */
  startAgain(): void;
  close(): void;
  /** The button that does what the form is for. */
  action: ReactNode;
  children: ReactNode;
}

/** A form as a page. Cancelling asks before anything typed is lost; who goes elsewhere is told where the draft is. */
export function FormPage({ title, draft, startAgain, close, action, children }: Props) {
  const w = useWords(words);
  const { language } = useLanguage();
  /** What is done when the reader says that the changes may go. */
  const [discard, setDiscard] = useState<() => void>();
  /** It was asked for above the form, and is asked there. */
  const [above, setAbove] = useState(false);
  useKeptNotice(title, draft.isKept);
  const ask = (then: () => void, isAbove: boolean) => {
    setAbove(isAbove);
    setDiscard(() => () => {
      setDiscard(undefined);
      then();
    });
  };
  const leave = () => {
    draft.drop();
    close();
  };
  const answers = (
    <SpaceBetween direction="horizontal" size="xs">
      <Button onClick={discard}>{w.discard}</Button>
      <Button variant="primary" onClick={() => setDiscard(undefined)}>{w.keep}</Button>
    </SpaceBetween>
  );
  const buttons = (
    <SpaceBetween direction="horizontal" size="xs">
      <Button variant="link" onClick={() => (draft.dirty ? ask(leave, false) : close())}>{w.cancel}</Button>
      {action}
    </SpaceBetween>
  );
  return (
    <SubPage title={title} buttons={discard && !above ? answers : buttons}>
      <SpaceBetween size="m">
        {discard && above && <Alert type="warning" action={answers}>{w.ask}</Alert>}
        {draft.restored && !(discard && above) && <Alert type="info" action={<Button onClick={() => ask(startAgain, true)}>{w.again}</Button>}>{w.restored} {whenText(language, draft.restored)}</Alert>}
        {children}
        {discard && !above && <Alert type="warning">{w.ask}</Alert>}
      </SpaceBetween>
    </SubPage>
  );
}

/** What closes the message about the draft of a form, by the form's address. */
const notices = new Map<string, () => void>();

/** Says, when the form is left and its draft stays, that it does and how to come back to it; until the form is open again. */
function useKeptNotice(title: string, isKept: () => boolean) {
  const w = useWords(words);
  const { notify } = useConsole();
  const latest = useRef({ title, isKept, w, notify });
  latest.current = { title, isKept, w, notify };
  useEffect(() => {
    const address = location.hash;
    notices.get(address)?.();
    notices.delete(address);
    return () => {
      const { title, isKept, w, notify } = latest.current;
      if (!isKept()) return;
      notices.set(address, notify('info', `${title}: ${w.kept}`, undefined, <Link href={address} color="inverted">{w.goOn}</Link>));
    };
  }, []);
}
