import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { shellQuote } from '../../commands/cli';
import { Copyable } from '../../elements/Copyable';
import { CopyBlock } from '../../commands/ShowAs';
import { useConsole } from '../../hooks/console';
import { useWords, type Words } from '../../words/language';

const en = { url: 'WebSocket URL', client: 'Connect from a client', push: 'Push from a backend', browser: 'Browser' };
const es: typeof en = { url: 'URL del WebSocket', client: 'Conectar desde un cliente', push: 'Enviar desde un backend', browser: 'Navegador' };
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
  const clients: Block[] = [
    ['wscat', 'wscat', `npx wscat -c ${shellQuote(url)}${shellOptions(headers, protocol)}`],
    ['pasarela', 'pasarela connect', `pasarela connect ${shellQuote(url)}${shellOptions(headers, protocol)}`],
    ['browser', w.browser, browserCode(url, protocol)],
    ['python', 'Python', pythonCode(url, headers, protocol)],
  ];
  const endpoint = url.replace(/^ws/, 'http').replace(/\?.*$/, '');
  const backends: Block[] = [
    ['cli', 'AWS CLI', pushCommand(endpoint)],
    ['boto3', 'Python (boto3)', pushWithPython(endpoint, facts.region)],
    ['javascript', 'Node.js (AWS SDK)', pushWithJavaScript(endpoint, facts.region)],
  ];
  return (
    <SpaceBetween size="m">
      <div>
        <Box variant="awsui-key-label">{w.url}</Box>
        <Copyable text={url} />
      </div>
      <Blocks label={w.client} blocks={clients} />
      <Blocks label={w.push} blocks={backends} />
    </SpaceBetween>
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

function shellOptions(headers: string[], protocol: string): string {
  return headers.map((header) => ` -H ${shellQuote(header)}`).join('') + (protocol ? ` -s ${shellQuote(protocol)}` : '');
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
import asyncio
import websockets

async def main():
    async with websockets.connect(${JSON.stringify(url)}${options}) as socket:
        async for message in socket:
            print(message)

asyncio.run(main())`;
}

function pushCommand(endpoint: string): string {
  return `printf '{"hello":"client"}' | aws apigatewaymanagementapi post-to-connection \\
  --endpoint-url ${shellQuote(endpoint)} --connection-id "$CONNECTION_ID" --data fileb:///dev/stdin`;
}

function pushWithPython(endpoint: string, region: string): string {
  return `# pip install boto3
import boto3

client = boto3.client("apigatewaymanagementapi", endpoint_url=${JSON.stringify(endpoint)}, region_name=${JSON.stringify(region)})
client.post_to_connection(ConnectionId=connection_id, Data=b'{"hello":"client"}')`;
}

function pushWithJavaScript(endpoint: string, region: string): string {
  return `// npm install @aws-sdk/client-apigatewaymanagementapi
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi";

const client = new ApiGatewayManagementApiClient({ endpoint: ${JSON.stringify(endpoint)}, region: ${JSON.stringify(region)} });
await client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: '{"hello":"client"}' }));`;
}
