import { DeleteConnectionCommand, GetConnectionCommand, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import Textarea from '@cloudscape-design/components/textarea';
import { useEffect, useRef, useState } from 'react';
import { Copyable } from '../../elements/Copyable';
import { failureText } from '../../aws/failure';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { formHref } from '../../hooks/router';
import { useNewest } from '../../hooks/newest';
import { useLanguage, useWords, type Words } from '../../words/language';
import { Explain } from '../live/Explain';
import type { Handshakes } from '../live/timeline';
import { rememberSample } from '../template/samples';
import { listStages } from '../../aws/gatewayLists';
import { When } from '../../words/When';
import { useDraft } from '../../hooks/draft';
import { firstEvents, type FirstEvents } from './firstEvents';
import { useExample } from '../../form/example';
import { numberText } from '../../words/format';
import { closeText } from './closing';
import { ConnectPanel } from './ConnectTo';

const en = {
  title: 'Test client',
  about: 'A WebSocket client in this page and, below it, what the gateway did with each event. It disconnects when you leave the page.',
  stage: 'Stage',
  chooseStage: 'Choose a stage',
  noStage: 'The API has no stage yet',
  query: 'Query string',
  headers: 'Headers, one per line',
  headersWhy: 'Browsers do not let a page set headers: connect from a shell or from Python, below, to send them.',
  protocol: 'Subprotocol',
  connect: 'Connect',
  disconnect: 'Disconnect',
  send: 'Send',
  message: 'Message',
  open: 'Connected',
  closed: 'Not connected',
  refused: 'Refused',
  when: 'Time',
  text: 'Text',
  noRoute: 'This API has no route for messages yet: whatever you send is answered "Forbidden".',
  makeRoute: 'Create route',
  connectionId: 'Connection ID',
  sent: 'sent',
  received: 'received',
  event: 'event',
  nothing: 'Connect to begin.',
  push: 'Push through @connections',
  pushed: 'Message to push',
  post: 'Post',
  get: 'Get',
  remove: 'Delete',
};
const es: typeof en = {
  title: 'Cliente de prueba',
  about: 'Un cliente WebSocket en esta página y, debajo, lo que hizo la pasarela con cada evento. Al salir de la página se desconecta.',
  stage: 'Etapa',
  chooseStage: 'Elige una etapa',
  noStage: 'La API todavía no tiene etapas',
  query: 'Parámetros de la URL',
  headers: 'Cabeceras, una por línea',
  headersWhy: 'Los navegadores no dejan que una página fije cabeceras: para enviarlas, conecta desde la terminal o con Python, abajo.',
  protocol: 'Subprotocolo',
  connect: 'Conectar',
  disconnect: 'Desconectar',
  send: 'Enviar',
  message: 'Mensaje',
  open: 'Conectado',
  closed: 'Sin conexión',
  refused: 'Rechazado',
  when: 'Hora',
  text: 'Texto',
  noRoute: 'Esta API todavía no tiene ninguna ruta para mensajes: a todo lo que envíes se responde "Forbidden".',
  makeRoute: 'Crear ruta',
  connectionId: 'ID de la conexión',
  sent: 'enviado',
  received: 'recibido',
  event: 'evento',
  nothing: 'Conecta para empezar.',
  push: 'Enviar por @connections',
  pushed: 'Mensaje que se envía',
  post: 'Enviar (POST)',
  get: 'Consultar (GET)',
  remove: 'Cerrar (DELETE)',
};
const words: Words<typeof en> = { en, es };

/** So many lines are shown, the newest. */
const KEPT = 500;

interface Line {
  at: Date;
  kind: 'sent' | 'received' | 'event';
  text: string;
}

interface Props {
  apiId: string;
  /** The API's endpoint, ws://127.0.0.1:4566/abcdef1234. */
  endpoint: string;
  /** The stage to begin with; absent: the first. */
  chosen?: string;
}

export default function TestClient(props: Props) {
  const { clients } = useConsole();
  const first = useLoaded(() => firstEvents(clients, props.apiId), [clients, props.apiId]);
  if (first.loading) return <Spinner />;
  // Who may not read routes may still connect.
  return <Client {...props} first={first.value ?? { query: '', message: '{"action":"hello"}', routed: true }} />;
}

function Client({ apiId, endpoint, chosen, first: { routed, ...first } }: Props & { first: FirstEvents }) {
  const w = useWords(words);
  const { language } = useLanguage();
  const exampleHeader = useExample('x-api-key: …');
  const { clients, extension } = useConsole();
  const stages = useLoaded(() => listStages(clients, apiId), [apiId]);
  const [stage, setStage] = useState(chosen);
  // Headers are not kept: they are where keys and tokens stand.
  const [headers, setHeaders] = useState('');
  const draft = useDraft('client', { ...first, protocol: '' });
  const { query, protocol, message } = draft.value;
  const put = (change: Partial<typeof draft.value>) => draft.change((old) => ({ ...old, ...change }));
  const { items: lines, total, add } = useNewest<Line>(KEPT);
  const [open, setOpen] = useState(false);
  const [refused, setRefused] = useState(false);
  const [subject, setSubject] = useState<string>();
  const socket = useRef<WebSocket>(undefined);
  const name = stage ?? stages.value?.[0]?.StageName;
  const url = `${endpoint}/${name ?? ''}${query ? '?' + query : ''}`;
  // Of a handshake that was refused there is only the request's id.
  const connectionId = open && subject?.endsWith('=') ? subject : undefined;
  const note = (kind: Line['kind'], text: string) => add([{ at: new Date(), kind, text }]);
  useEffect(() => () => socket.current?.close(), []);

  // A browser gives a page neither the connection's id nor why a handshake was
  // refused; the server's own record of handshakes since this one began does.
  const handshakes = (since: number) =>
    extension.get<Handshakes>(`/pasarela/apis/${apiId}/stages/${name}/timelines`, { since: String(since) });
  const identify = async (since: number) => {
    for (let tries = 0; tries < 20; tries++) {
      const newest = (await handshakes(since)).timelines[0];
      if (newest) return setSubject(newest.connectionId || newest.requestId);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  };
  const connect = async () => {
    rememberSample({ eventType: 'CONNECT', query, body: '' });
    const { now } = await handshakes(Number.MAX_SAFE_INTEGER);
    setRefused(false);
    const client = new WebSocket(url, protocol ? [protocol] : undefined);
    socket.current = client;
    const tellWhich = () => identify(now).catch((error: unknown) => note('event', failureText(error)));
    let began = false;
    client.onopen = () => {
      began = true;
      setOpen(true);
      note('event', w.open);
      void tellWhich();
    };
    client.onmessage = (event: MessageEvent<string>) => note('received', event.data);
    client.onclose = (event) => {
      setOpen(false);
      setRefused(!event.wasClean && !began);
      note('event', began || event.wasClean ? closeText(language, event) : `${w.refused} (${event.code})`);
      void tellWhich();
    };
  };
  const send = () => {
    socket.current?.send(message);
    rememberSample({ eventType: 'MESSAGE', query: '', body: message });
    note('sent', message);
  };

  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h1" description={w.about}>{w.title}</Header>}>
        <SpaceBetween size="m">
          <ColumnLayout columns={3}>
            <FormField label={w.stage} stretch>
              <Select selectedOption={name ? { value: name } : null} placeholder={w.chooseStage} empty={w.noStage} options={(stages.value ?? []).map((one) => ({ value: one.StageName! }))} onChange={({ detail }) => setStage(detail.selectedOption.value)} />
            </FormField>
            <FormField label={w.query} stretch><Input value={query} spellcheck={false} disabled={open} onChange={({ detail }) => put({ query: detail.value })} /></FormField>
            <FormField label={<StatusIndicator type={open ? 'success' : refused ? 'error' : 'stopped'}>{open ? w.open : refused ? w.refused : w.closed}</StatusIndicator>}>
              {open ? <Button onClick={() => socket.current?.close(1000)}>{w.disconnect}</Button> : <Button variant="primary" disabled={!name} onClick={() => connect().catch((error: unknown) => note('event', failureText(error)))}>{w.connect}</Button>}
            </FormField>
          </ColumnLayout>
          <ColumnLayout columns={2}>
            <FormField label={w.protocol} stretch><Input value={protocol} spellcheck={false} disabled={open} onChange={({ detail }) => put({ protocol: detail.value })} /></FormField>
            <FormField label={w.headers} description={w.headersWhy} stretch><Textarea value={headers} rows={1} placeholder={exampleHeader} spellcheck={false} onChange={({ detail }) => setHeaders(detail.value)} /></FormField>
          </ColumnLayout>
          <FormField label={w.message} description={!routed && <>{w.noRoute} <Link href={formHref(['apis', apiId, 'routes'], { form: 'routes-create' })}>{w.makeRoute}</Link></>} stretch>
            <Textarea value={message} rows={2} spellcheck={false} onChange={({ detail }) => put({ message: detail.value })} />
          </FormField>
          <Button disabled={!open} onClick={send}>{w.send}</Button>
          {connectionId && <div><Box variant="awsui-key-label">{w.connectionId}</Box><Copyable text={connectionId} /></div>}
          <Table
            variant="embedded"
            items={[...lines].reverse()}
            empty={<Box color="text-body-secondary">{w.nothing}</Box>}
            ariaLabels={{ tableLabel: w.title }}
            columnDefinitions={[
              // One above the other: on a phone the text needs the width.
              { id: 'at', header: w.when, cell: (line) => <><When at={line.at} part="time" /><Box color="text-body-secondary">{w[line.kind]}</Box></>, width: 120 },
              { id: 'text', header: w.text, cell: (line) => <span className="frame-text"><Linked text={line.text} /></span> },
            ]}
          />
        </SpaceBetween>
      </Container>
      {connectionId && name && <Push apiId={apiId} stage={name} connectionId={connectionId} note={(text) => note('event', text)} />}
      {subject && <Explain id={subject} news={total} />}
      {name && <Container><ConnectPanel url={url} headers={headers.split('\n').map((line) => line.trim()).filter(Boolean)} protocol={protocol} message={routed ? message : undefined} connectionId={connectionId} /></Container>}
    </SpaceBetween>
  );
}

/** Text whose web addresses can be followed, such as the link to a report. */
function Linked({ text }: { text: string }) {
  return text.split(/(https?:\/\/[^\s"'<>\\]+)/).map((part, at) => (at % 2 ? <Link key={at} href={part} external>{part}</Link> : part));
}

function Push({ apiId, stage, connectionId, note }: { apiId: string; stage: string; connectionId: string; note(text: string): void }) {
  const w = useWords(words);
  const { clients } = useConsole();
  const { language } = useLanguage();
  const [text, setText] = useState('{"hello":"client"}');
  const client = clients.connections(apiId, stage);
  const ask = async (what: () => Promise<unknown>) => {
    const began = performance.now();
    const took = () => `${numberText(language, performance.now() - began, 1)} ms`;
    try {
      const answer = await what();
      note(`@connections, ${took()}: ${JSON.stringify(answer, (key, value: unknown) => (key === '$metadata' ? undefined : value))}`);
    } catch (error) {
      note(`@connections, ${took()}: ${failureText(error)}`);
    }
  };
  const ids = { ConnectionId: connectionId };
  return (
    <Container header={<Header variant="h2">{w.push}</Header>}>
      <SpaceBetween size="s">
        <Input value={text} ariaLabel={w.pushed} spellcheck={false} onChange={({ detail }) => setText(detail.value)} />
        <SpaceBetween direction="horizontal" size="xs">
          <Button onClick={() => ask(() => client.send(new PostToConnectionCommand({ ...ids, Data: new TextEncoder().encode(text) })))}>{w.post}</Button>
          <Button onClick={() => ask(() => client.send(new GetConnectionCommand(ids)))}>{w.get}</Button>
          <Button onClick={() => ask(() => client.send(new DeleteConnectionCommand(ids)))}>{w.remove}</Button>
        </SpaceBetween>
      </SpaceBetween>
    </Container>
  );
}
