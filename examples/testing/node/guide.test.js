// The guide as a test: a client connects, the backend's POST arrives, and the client gets the push.
// Where PASARELA_BIN names no program the server is a container, which needs `testcontainers`.
const test = require("node:test");
const assert = require("node:assert");
const http = require("node:http");
const { once } = require("node:events");
const sdk = require("@aws-sdk/client-apigatewayv2");
const { ApiGatewayManagementApiClient, PostToConnectionCommand } = require("@aws-sdk/client-apigatewaymanagementapi");
const WebSocket = require("ws");

const start = () => (process.env.PASARELA_BIN ? require("./pasarela.js").start() : new (require("./container.js").PasarelaContainer)().start());

async function deploy(client, uri) {
  const ApiId = "guide";
  await client.send(new sdk.CreateApiCommand({ Name: ApiId, ProtocolType: "WEBSOCKET", RouteSelectionExpression: "$request.body.action", Tags: { _custom_id_: ApiId } }));
  const { IntegrationId } = await client.send(new sdk.CreateIntegrationCommand({
    ApiId, IntegrationType: "HTTP", IntegrationMethod: "POST", IntegrationUri: uri,
    RequestTemplates: { "application/json": `{"connectionId": "$context.connectionId", "type": "$input.params('reportType')"}` },
  }));
  await client.send(new sdk.CreateIntegrationResponseCommand({ ApiId, IntegrationId, IntegrationResponseKey: "201" }));
  await client.send(new sdk.CreateRouteCommand({ ApiId, RouteKey: "$connect", Target: `integrations/${IntegrationId}` }));
  await client.send(new sdk.CreateStageCommand({ ApiId, StageName: "prod" }));
  await client.send(new sdk.CreateDeploymentCommand({ ApiId, StageName: "prod" }));
  return `${ApiId}/prod`;
}

test("a client that connects is let in by the backend and gets its push", async (t) => {
  const pasarela = await start();
  t.after(() => pasarela.stop());

  const backend = http.createServer(async (request, response) => {
    const order = JSON.parse(Buffer.concat(await request.toArray()));
    response.writeHead(201).end();
    backend.emit("order", order);
  });
  t.after(() => backend.close());
  backend.listen(0, pasarela.host === "127.0.0.1" ? "127.0.0.1" : "0.0.0.0");
  await once(backend, "listening");
  const ordered = once(backend, "order");

  const stage = await deploy(new sdk.ApiGatewayV2Client(pasarela.client), `http://${pasarela.host}:${backend.address().port}/api/reports/create`);
  const client = new WebSocket(`${pasarela.endpoint.replace("http", "ws")}/${stage}?reportType=ventas`);
  t.after(() => client.terminate());
  const received = once(client, "message");
  await once(client, "open");
  const [{ connectionId, type }] = await ordered;
  assert.strictEqual(type, "ventas");

  const connections = new ApiGatewayManagementApiClient({ ...pasarela.client, endpoint: `${pasarela.endpoint}/${stage}` });
  await connections.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: `{"status":"done"}` }));
  assert.deepStrictEqual(JSON.parse((await received)[0]), { status: "done" });
});
