const test = require("node:test");
const assert = require("node:assert");
const { ApiGatewayV2Client, CreateApiCommand, GetApiCommand } = require("@aws-sdk/client-apigatewayv2");
const { start } = require("./pasarela.js");

test("an API is made and found", async (t) => {
  const pasarela = await start();
  t.after(() => pasarela.stop());
  const client = new ApiGatewayV2Client({ endpoint: pasarela.endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } });
  await client.send(new CreateApiCommand({ Name: "chat", ProtocolType: "WEBSOCKET", RouteSelectionExpression: "$request.body.action", Tags: { _custom_id_: "chat" } }));
  const found = await client.send(new GetApiCommand({ ApiId: "chat" }));
  assert.strictEqual(found.Name, "chat");
});

test("a program that is not there is an error", async () => {
  await assert.rejects(start({ program: "/nowhere/pasarela" }), /ENOENT/);
});
