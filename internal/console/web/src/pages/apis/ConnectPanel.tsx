import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { shellQuote } from '../../commands/cli';
import { Copyable } from '../../elements/Copyable';
import { CopyBlock } from '../../commands/ShowAs';
import { useConsole } from '../../hooks/console';
import { useWords, type Words } from '../../words/language';

const en = { url: 'WebSocket URL', shell: 'Shell', browser: 'Browser', python: 'Python', push: 'Push from a backend' };
const es: typeof en = { url: 'URL del WebSocket', shell: 'Terminal', browser: 'Navegador', python: 'Python', push: 'Enviar desde un servidor' };
const words: Words<typeof en> = { en, es };

interface Props {
  /** The stage's endpoint, ws://127.0.0.1:4566/abcdef1234/prod, with a query or not. */
  url: string;
  headers?: string[];
  protocol?: string;
}

/** How a client connects to a stage, ready to copy. */
export function ConnectPanel({ url, headers = [], protocol = '' }: Props) {
  const w = useWords(words);
  const { facts } = useConsole();
  const blocks: [id: string, label: string, text: string][] = [
    ['shell', w.shell, shellCommands(url, headers, protocol)],
    ['browser', w.browser, browserCode(url, protocol)],
    ['python', w.python, pythonCode(url, headers, protocol)],
    ['push', w.push, pushCode(url, facts.region)],
  ];
  return (
    <SpaceBetween size="xs">
      <div>
        <Box variant="awsui-key-label">{w.url}</Box>
        <Copyable text={url} />
      </div>
      <Tabs ariaLabel={w.url} tabs={blocks.map(([id, label, text]) => ({ id, label, content: <CopyBlock text={text} /> }))} />
    </SpaceBetween>
  );
}

function shellCommands(url: string, headers: string[], protocol: string): string {
  const options = headers.map((header) => ` -H ${shellQuote(header)}`).join('') + (protocol ? ` -s ${shellQuote(protocol)}` : '');
  return `pasarela connect ${shellQuote(url)}${options}\nnpx wscat -c ${shellQuote(url)}${options}`;
}

function browserCode(url: string, protocol: string): string {
  return `const socket = new WebSocket(${[url, ...(protocol ? [protocol] : [])].map((text) => JSON.stringify(text)).join(', ')});
socket.onmessage = ({ data }) => console.log(data);
socket.onopen = () => socket.send(JSON.stringify({ action: "hello" }));`;
}

function pythonCode(url: string, headers: string[], protocol: string): string {
  const named = headers.map((header) => header.split(/:\s*/)).map(([name = '', ...value]) => `${JSON.stringify(name)}: ${JSON.stringify(value.join(':'))}`);
  const options = (named.length ? `, additional_headers={${named.join(', ')}}` : '') + (protocol ? `, subprotocols=[${JSON.stringify(protocol)}]` : '');
  return `# pip install websockets
from websockets.sync.client import connect

with connect(${JSON.stringify(url)}${options}) as socket:
    for message in socket:
        print(message)`;
}

function pushCode(url: string, region: string): string {
  const endpoint = url.replace(/^ws/, 'http').replace(/\?.*$/, '');
  return `# pip install boto3
import boto3

client = boto3.client("apigatewaymanagementapi", endpoint_url=${JSON.stringify(endpoint)}, region_name=${JSON.stringify(region)})
client.post_to_connection(ConnectionId=connection_id, Data=b'{"hello":"client"}')`;
}
