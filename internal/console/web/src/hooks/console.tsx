// What every page can reach: the clients, the words for failures, the messages at
// the foot of the page.

import type { FlashbarProps } from '@cloudscape-design/components/flashbar';
import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from 'react';
import { makeClients, type Clients } from '../aws/clients';
import { Extension } from '../aws/extension';
import { Permissions } from '../aws/permissions';
import type { ServerFacts, Session } from '../aws/session';
import { useLanguage } from '../words/language';
import { withMessage, type Message } from './messages';
import { throttled } from './scheduling';

export interface Console {
  session: Session;
  facts: ServerFacts;
  clients: Clients;
  extension: Extension;
  permissions: Permissions;
  messages: Message[];
  /** Shows a message at the foot of the page, with a button where there is something to do about it, and the things that it offers to take back a change of; the result closes it. */
  notify(type: FlashbarProps.Type, header: string, content?: ReactNode, action?: ReactNode, about?: readonly string[]): () => void;
  signOut(): void;
  /** Grows with the changes made at API Gateway from this page. */
  changes: number;
}

/** So long messages are shown, in milliseconds: a success, a notice, and an offer to take a change back. Others stay until they are closed. */
const SUCCESS_SHOWN = 5000;
const NOTICE_SHOWN = 30000;
const OFFER_SHOWN = 120000;
/** After so long it is looked again whether messages that were in use can be closed. */
const LOOKED_AGAIN = 1000;
/** Changes that come within so many milliseconds are told as one: all that is shown is read again after each. */
const TOLD = 100;

/** Calls act after so many milliseconds, but not while the mouse or the keyboard is on the messages: a button must not move away while a user is about to press it. */
function whenUnused(act: () => void, after: number) {
  setTimeout(() => {
    if (document.querySelector('.messages:hover, .messages :focus-visible')) whenUnused(act, LOOKED_AGAIN);
    else act();
  }, after);
}

const ConsoleContext = createContext<Console | undefined>(undefined);

export function useConsole(): Console {
  const console = useContext(ConsoleContext);
  if (!console) throw new Error('useConsole outside of ConsoleProvider');
  return console;
}

interface Props {
  session: Session;
  facts: ServerFacts;
  signOut(): void;
  children: ReactNode;
}

export function ConsoleProvider({ session, facts, signOut, children }: Props) {
  const [messages, setMessages] = useState<Message[]>([]);
  const notify = useCallback((type: FlashbarProps.Type, header: string, content?: ReactNode, action?: ReactNode, about?: readonly string[]) => {
    const id = crypto.randomUUID?.() ?? String(Math.random());
    const dismiss = () => setMessages((old) => old.filter((message) => message.id !== id));
    setMessages((old) => withMessage(old, { id, type, header, content, action, about, dismissible: true, onDismiss: dismiss }));
    if (type === 'success') whenUnused(dismiss, action ? OFFER_SHOWN : SUCCESS_SHOWN);
    if (type === 'info') whenUnused(dismiss, NOTICE_SHOWN);
    return dismiss;
  }, []);
  const [changes, setChanges] = useState(0);
  const clients = useMemo(() => makeClients(session, throttled(() => setChanges((n) => n + 1), TOLD)), [session]);
  const { language } = useLanguage();
  const extension = useMemo(() => new Extension(session, language), [session, language]);
  const permissions = useMemo(() => new Permissions(extension), [extension]);
  const value = useMemo(
    () => ({ session, facts, clients, extension, permissions, messages, notify, signOut, changes }),
    [session, facts, clients, extension, permissions, messages, notify, signOut, changes],
  );
  return <ConsoleContext.Provider value={value}>{children}</ConsoleContext.Provider>;
}
