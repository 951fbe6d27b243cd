import Box from '@cloudscape-design/components/box';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { Copyable } from '../../elements/Copyable';
import { CopyBlock } from '../../commands/ShowAs';
import { useConsole } from '../../hooks/console';
import { href } from '../../hooks/router';
import { useWords, type Words } from '../../words/language';
import { connectInBrowser, connectWithJava, connectWithNode, connectWithPython, connectWithShell, postResource, pushWithJava, pushWithNode, pushWithPython, pushWithShell } from './snippets';

const en = {
  url: 'WebSocket URL',
  client: 'Connect from a client',
  push: 'Push from a backend',
  browser: 'Browser',
  credentials: 'Credentials for it',
  here: 'On the machine of this server, this gives a shell the administrator\'s:',
  own: 'A backend has an access key of its own, of a',
  user: 'user',
  allowed: 'whose policy allows execute-api:ManageConnections on:',
};
const es: typeof en = {
  url: 'URL del WebSocket',
  client: 'Conectar desde un cliente',
  push: 'Enviar desde un backend',
  browser: 'Navegador',
  credentials: 'Credenciales para ello',
  here: 'En la máquina de este servidor, esto da a la terminal las del administrador:',
  own: 'Un backend tiene su propia clave de acceso, de un',
  user: 'usuario',
  allowed: 'cuya política permite execute-api:ManageConnections sobre:',
};
const words: Words<typeof en> = { en, es };

export interface Connection {
  /** The stage's endpoint, ws://127.0.0.1:4566/abcdef1234/prod, with a query or not. */
  url: string;
  headers?: string[];
  protocol?: string;
  /** What a client sends first; absent: nothing. */
  message?: string;
  /** The connection that is open; absent: none is known. */
  connectionId?: string;
}

/** How a client connects to a stage and a backend pushes to it, ready to copy. */
export default function ConnectPanel({ url, headers = [], protocol = '', message, connectionId }: Connection) {
  const w = useWords(words);
  const { region } = useConsole().facts;
  const to = { url, headers, protocol, message };
  const clients: Block[] = [
    ['wscat', 'wscat', connectWithShell('npx wscat -c', to)],
    ['pasarela', 'pasarela connect', connectWithShell('pasarela connect', to)],
    ['browser', w.browser, connectInBrowser(to)],
    ['node', 'Node.js', connectWithNode(to)],
    ['python', 'Python', connectWithPython(to)],
    ['java', 'Java', connectWithJava(to)],
  ];
  const pushed = { endpoint: url.replace(/^ws/, 'http').replace(/\?.*$/, ''), region, connectionId };
  const backends: Block[] = [
    ['cli', 'AWS CLI', pushWithShell(pushed)],
    ['boto3', 'Python (boto3)', pushWithPython(pushed)],
    ['javascript', 'Node.js (AWS SDK)', pushWithNode(pushed)],
    ['java', 'Java (AWS SDK)', pushWithJava(pushed)],
  ];
  return (
    <SpaceBetween size="m">
      <div>
        <Box variant="awsui-key-label">{w.url}</Box>
        <Copyable text={url} />
      </div>
      <Blocks label={w.client} blocks={clients} />
      <Blocks label={w.push} blocks={backends} />
      <Credentials endpoint={pushed.endpoint} />
    </SpaceBetween>
  );
}

/** Without them every push is refused. */
function Credentials({ endpoint }: { endpoint: string }) {
  const w = useWords(words);
  const { facts } = useConsole();
  return (
    <div>
      <Box variant="awsui-key-label">{w.credentials}</Box>
      <div>{w.here} <Copyable text={'eval "$(pasarela credentials)"'} /></div>
      <div>{w.own} <Link href={href('iam', 'users')}>{w.user}</Link> {w.allowed} <Copyable text={postResource(endpoint, facts.region, facts.accountId)} /></div>
    </div>
  );
}

type Block = [id: string, label: string, text: string];

function Blocks({ label, blocks }: { label: string; blocks: Block[] }) {
  return (
    <div>
      <Box variant="awsui-key-label">{label}</Box>
      <Tabs ariaLabel={label} tabs={blocks.map(([id, label, text]) => ({ id, label, content: <CopyBlock text={text} /> }))} />
    </div>
  );
}
