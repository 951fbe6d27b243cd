// The guide's backend in Node.js, on AWS SDK for JavaScript v3:
//   npm install @aws-sdk/client-apigatewaymanagementapi
//   PORT=8080 WEBSOCKET_ENDPOINT=http://127.0.0.1:4566/<api-id>/prod node backend.js
// On AWS WEBSOCKET_ENDPOINT is https://<api-id>.execute-api.<region>.amazonaws.com/<stage>.
const http = require("node:http");
const { setTimeout: sleep } = require("node:timers/promises");
const { ApiGatewayManagementApiClient, PostToConnectionCommand, GoneException } = require("@aws-sdk/client-apigatewaymanagementapi");

const client = new ApiGatewayManagementApiClient({ endpoint: process.env.WEBSOCKET_ENDPOINT });

// On AWS a connection takes messages only after $connect was answered: until then a
// push fails with GoneException. The first one is therefore tried for a second.
async function push(connectionId, message, tries = 1) {
  for (;;) {
    try {
      return await client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: JSON.stringify(message) }));
    } catch (error) {
      if (!(error instanceof GoneException) || --tries <= 0) throw error;
      await sleep(200);
    }
  }
}

async function report(connectionId, type) {
  try {
    await push(connectionId, { status: "progress", percent: 50 }, 6);
    // Make the report here.
    await push(connectionId, { status: "done", url: `https://files.example.com/${encodeURIComponent(type)}.xlsx` });
    console.log(`pushed ${type} to ${connectionId}`);
  } catch (error) {
    if (error instanceof GoneException) console.log(`gone: ${connectionId} has closed; the report of ${type} is dropped`);
    else console.error(`push to ${connectionId} failed:`, error);
  }
}

const server = http.createServer(async (request, response) => {
  if (request.method !== "POST" || request.url !== "/api/reports/create") return response.writeHead(404).end();
  let body = "";
  for await (const chunk of request) body += chunk;
  let order;
  try {
    order = JSON.parse(body);
  } catch {
    return response.writeHead(400).end();
  }
  if (!order.connectionId || !order.type) return response.writeHead(400).end();
  response.writeHead(201, { "Content-Type": "application/json" }).end('{"accepted":true}');
  void report(order.connectionId, order.type);
});
server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => console.log(`listens at http://127.0.0.1:${server.address().port}`));
