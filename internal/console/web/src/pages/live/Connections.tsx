import { DeleteConnectionCommand, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import Badge from '@cloudscape-design/components/badge';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import { failureText } from '../../aws/failure';
import { Collection } from '../../form/Collection';
import type { Column, Page, PageAsked, Resource } from '../../form/resource';
import { useConsole } from '../../hooks/console';
import { useWords, type Words } from '../../words/language';
import { Explain } from './Explain';
import { useMissing, type OfNodes } from './Missing';
import { sinceWhen } from '../../words/format';
import { Amount, When } from '../../words/When';

const en = { message: 'Message', post: 'Post', posted: 'Posted to', present: 'Connected', away: 'Away, may come back', until: 'until', waiting: 'unconfirmed', active: 'last active', hello: '{"hello":"client"}' };
const es: typeof en = { message: 'Mensaje', post: 'Enviar', posted: 'Se envió a', present: 'Conectado', away: 'Ausente, puede volver', until: 'hasta las', waiting: 'sin confirmar', active: 'última actividad', hello: '{"hola":"cliente"}' };
const words: Words<typeof en> = { en, es };

export interface Connection {
  connectionId: string;
  connectedAt: string;
  lastActiveAt: string;
  sourceIp: string;
  userAgent?: string;
  /** The node that has it. */
  node: string;
  /** It outlives its socket. */
  resumable?: boolean;
  /** Its client has no socket now. */
  away?: boolean;
  /** By then it may come back. */
  awayUntil?: string;
  /** Messages that its client has not confirmed. */
  waiting?: number;
  /** By which it is found for a post to many (fanout.md). */
  tags?: string[];
}

/** Of a connection that outlives its socket: whether its client is there, and what waits for it. */
function Resumption({ of: { away, awayUntil, waiting = 0 } }: { of: Connection }) {
  const w = useWords(words);
  return <StatusIndicator type={away ? 'pending' : 'success'}>{away ? w.away : w.present}{awayUntil && <> {w.until} <When at={awayUntil} part="time" /></>}{waiting > 0 && <> · <Amount of={waiting} /> {w.waiting}</>}</StatusIndicator>;
}

/** What few connections have: that they outlive their sockets, and tags. */
function belowConnection(one: Connection) {
  const { resumable, tags = [] } = one;
  if (!resumable && tags.length === 0) return undefined;
  return <SpaceBetween size="xxs">{resumable && <Resumption of={one} />}{tags.length > 0 && <SpaceBetween direction="horizontal" size="xxs">{tags.map((tag) => <Badge key={tag}>{tag}</Badge>)}</SpaceBetween>}</SpaceBetween>;
}

function LastActive({ at }: { at: string }) {
  const w = useWords(words);
  return <>{w.active} <When at={at} part={sinceWhen(at)} /></>;
}

/** The columns of a list of connections: the first, what comes between, and the rest. */
export function connectionColumns<T extends Connection>(cell: Column<T>['cell'], between: Column<T>[]): Column<T>[] {
  return [
    { id: 'id', minWidth: 190, header: { en: 'Connection ID', es: 'ID de conexión' }, cell, below: belowConnection, sort: 'connectionId' },
    ...between,
    { id: 'node', minWidth: 80, header: { en: 'Node', es: 'Nodo' }, cell: (one) => one.node, sort: 'node' },
    { id: 'since', minWidth: 120, header: { en: 'Since', es: 'Desde' }, cell: (one) => <When at={one.connectedAt} part={sinceWhen(one.connectedAt)} />, below: (one) => <LastActive at={one.lastActiveAt} />, sort: 'connectedAt' },
    { id: 'client', minWidth: 130, header: { en: 'Client', es: 'Cliente' }, cell: (one) => one.sourceIp, below: (one) => one.userAgent, sort: 'sourceIp' },
  ];
}

/** An answer to a question about connections. */
export interface ConnectionsAnswer<T> extends OfNodes {
  connections: T[];
  nextToken?: string;
  matching: number;
  total: number;
}

export const connectionsQuery = ({ find, sort, token, limit }: PageAsked) => ({ limit: String(limit), sort, ...(find && { find }), ...(token && { nextToken: token }) });

export const pageOf = <T,>({ connections, nextToken, matching, total }: ConnectionsAnswer<T>): Page<T> => ({ items: connections, next: nextToken, matching, total });

interface Props {
  apiId: string;
  stage: string;
}

export function Connections({ apiId, stage }: Props) {
  const w = useWords(words);
  const { clients, extension, notify } = useConsole();
  const [explained, setExplained] = useState<string>();
  const [text, setText] = useState(w.hello);
  const [missing, take] = useMissing();
  const client = clients.connections(apiId, stage);
  const post = async (ConnectionId: string) => {
    try {
      await client.send(new PostToConnectionCommand({ ConnectionId, Data: new TextEncoder().encode(text) }));
      notify('success', `${w.posted} ${ConnectionId}`);
    } catch (error) {
      notify('error', failureText(error));
    }
  };
  const resource: Resource<Connection> = {
    title: { en: 'Connections', es: 'Conexiones' },
    about: { en: 'Clients that are connected, and those of resumable connections that are away and may come back. Open one to see what happened to it.', es: 'Clientes conectados, y los de conexiones reanudables que están ausentes y pueden volver. Abre uno para ver qué le pasó.' },
    empty: { en: 'No client is connected. Use the test client.', es: 'No hay ningún cliente conectado. Usa el cliente de prueba.' },
    columns: connectionColumns((one) => <Link onFollow={() => setExplained(one.connectionId)}>{one.connectionId}</Link>, []),
    sorted: '-connectedAt',
    fields: [],
    keys: [extension, apiId, stage],
    id: (one) => one.connectionId,
    name: (one) => one.connectionId,
    page: async (asked) => pageOf(take(await extension.get<ConnectionsAnswer<Connection>>(`/pasarela/apis/${apiId}/stages/${stage}/connections`, connectionsQuery(asked)))),
    every: 5000,
    removeLabel: { en: 'Disconnect', es: 'Desconectar' },
    removedLabel: { en: ['disconnected', 'disconnected'], es: ['se desconectó', 'se desconectaron'] },
    removeWarning: { en: 'The client is disconnected; it may connect again.', es: 'Se desconecta al cliente; puede volver a conectarse.' },
    remove: (one) => client.send(new DeleteConnectionCommand({ ConnectionId: one.connectionId })),
    actions: (selected) => <Button disabled={!selected} onClick={() => post(selected!.connectionId)}>{w.post}</Button>,
  };
  return (
    <SpaceBetween size="m">
      <FormField label={w.message} stretch><Input value={text} spellcheck={false} onChange={({ detail }) => setText(detail.value)} /></FormField>
      {missing}
      <Collection resource={resource} section />
      {explained && <Explain id={explained} />}
    </SpaceBetween>
  );
}
