// How a client connects to a stage and how a backend pushes to it, as text to copy
// (docs/recipes.md has the longer forms).

import { shellQuote } from '../../commands/cli';

/** What a client connects with. */
export interface Connecting {
  /** The stage's endpoint, ws://127.0.0.1:4566/abcdef1234/prod, with a query or not. */
  url: string;
  /** "Name: value" each. */
  headers: string[];
  /** The sub-protocol; empty: none. */
  protocol: string;
  /** What is sent first; absent: nothing. */
  message?: string;
}

/** What a backend pushes to. */
export interface Pushing {
  /** The stage's endpoint, http://127.0.0.1:4566/abcdef1234/prod. */
  endpoint: string;
  region: string;
  /** The connection; absent: one that the code around it knows. */
  connectionId?: string;
}

const quoted = (text: string) => JSON.stringify(text);

const pairs = (headers: string[]) => headers.map((header) => header.split(/:\s*/)).map(([name = '', ...value]) => [name, value.join(':')] as const);

function shellOptions({ headers, protocol }: Connecting): string {
  return headers.map((header) => ` -H ${shellQuote(header)}`).join('') + (protocol ? ` -s ${shellQuote(protocol)}` : '');
}

export const connectWithShell = (program: string, to: Connecting) => `${program} ${shellQuote(to.url)}${shellOptions(to)}`;

const literals = (url: string, protocol: string) => [url, ...(protocol ? [protocol] : [])].map(quoted).join(', ');

export function connectInBrowser({ url, protocol, message }: Connecting): string {
  return `const socket = new WebSocket(${literals(url, protocol)});
socket.onmessage = ({ data }) => console.log(data);
socket.onopen = () => ${message ? `socket.send(${quoted(message)})` : 'console.log("connected")'};`;
}

export function connectWithNode({ url, headers, protocol, message }: Connecting): string {
  const sent = pairs(headers).map(([name, value]) => `${quoted(name)}: ${quoted(value)}`);
  const options = sent.length ? `${protocol ? '' : ', []'}, { headers: { ${sent.join(', ')} } }` : '';
  return `// npm install ws
import WebSocket from "ws";

const socket = new WebSocket(${literals(url, protocol)}${options});
socket.on("message", (data) => console.log(data.toString()));
socket.on("close", (code, reason) => console.log(code, reason.toString()));
socket.on("open", () => ${message ? `socket.send(${quoted(message)})` : 'console.log("connected")'});`;
}

export function connectWithPython({ url, headers, protocol, message }: Connecting): string {
  const named = pairs(headers).map(([name, value]) => `${quoted(name)}: ${quoted(value)}`);
  const options = (named.length ? `, additional_headers={${named.join(', ')}}` : '') + (protocol ? `, subprotocols=[${quoted(protocol)}]` : '');
  return `# pip install websockets
import asyncio
import websockets

async def main():
    async with websockets.connect(${quoted(url)}${options}) as socket:${message ? `\n        await socket.send(${quoted(message)})` : ''}
        async for message in socket:
            print(message)

asyncio.run(main())`;
}

export function connectWithJava({ url, headers, protocol, message }: Connecting): string {
  const options = pairs(headers).map(([name, value]) => `\n            .header(${quoted(name)}, ${quoted(value)})`).join('') + (protocol ? `\n            .subprotocols(${quoted(protocol)})` : '');
  return `// Connect.java, run by: java Connect.java (11 or newer)
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;

public class Connect {
    public static void main(String[] args) throws Exception {
        var closed = new CountDownLatch(1);
        var listener = new WebSocket.Listener() {
            private final StringBuilder text = new StringBuilder();

            public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
                text.append(part);
                if (last) {
                    System.out.println(text);
                    text.setLength(0);
                }
                socket.request(1);
                return null;
            }

            public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
                System.out.println(code + " " + reason);
                closed.countDown();
                return null;
            }
        };
        var socket = HttpClient.newHttpClient().newWebSocketBuilder()${options}
            .buildAsync(URI.create(${quoted(url)}), listener).join();
${message ? `        socket.sendText(${quoted(message)}, true).join();\n` : ''}        closed.await();
    }
}`;
}

/** An expression in a language: the id as a literal, or the variable that has it. */
const idOr = (variable: string, id: string | undefined) => (id ? quoted(id) : variable);

export function pushWithShell({ endpoint, connectionId }: Pushing): string {
  return `printf '{"hello":"client"}' | aws apigatewaymanagementapi post-to-connection \\
  --endpoint-url ${shellQuote(endpoint)} --connection-id ${connectionId ? shellQuote(connectionId) : '"$CONNECTION_ID"'} --data fileb:///dev/stdin`;
}

export function pushWithPython({ endpoint, region, connectionId }: Pushing): string {
  return `# pip install boto3
import boto3

client = boto3.client("apigatewaymanagementapi", endpoint_url=${quoted(endpoint)}, region_name=${quoted(region)})
client.post_to_connection(ConnectionId=${idOr('connection_id', connectionId)}, Data=b'{"hello":"client"}')`;
}

export function pushWithNode({ endpoint, region, connectionId }: Pushing): string {
  return `// npm install @aws-sdk/client-apigatewaymanagementapi
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi";

const client = new ApiGatewayManagementApiClient({ endpoint: ${quoted(endpoint)}, region: ${quoted(region)} });
await client.send(new PostToConnectionCommand({ ConnectionId: ${idOr('connectionId', connectionId)}, Data: '{"hello":"client"}' }));`;
}

export function pushWithJava({ endpoint, region, connectionId }: Pushing): string {
  return `// software.amazon.awssdk:apigatewaymanagementapi
import java.net.URI;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.apigatewaymanagementapi.ApiGatewayManagementApiClient;
import software.amazon.awssdk.services.apigatewaymanagementapi.model.GoneException;

var client = ApiGatewayManagementApiClient.builder()
    .endpointOverride(URI.create(${quoted(endpoint)})).region(Region.of(${quoted(region)})).build();
try {
    client.postToConnection(r -> r.connectionId(${idOr('connectionId', connectionId)}).data(SdkBytes.fromUtf8String("{\\"hello\\":\\"client\\"}")));
} catch (GoneException e) {
    // the client has closed
}`;
}

/** What a backend's policy names: posts to every connection of the stage. */
export function postResource(endpoint: string, region: string, accountId: string): string {
  const [apiId, stage] = apiAndStage(endpoint);
  return `arn:aws:execute-api:${region}:${accountId}:${apiId}/${stage}/POST/@connections/*`;
}

/** The API's id stands in the path, or begins the host's name. */
function apiAndStage(endpoint: string): [apiId: string, stage: string] {
  const { hostname, pathname } = new URL(endpoint);
  const segments = pathname.split('/').filter(Boolean);
  const stage = segments.at(-1) ?? '';
  return [segments.length > 1 ? segments[0]! : hostname.split('.')[0]!, stage];
}
