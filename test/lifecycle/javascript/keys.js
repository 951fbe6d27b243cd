// API keys, usage plans, client certificates, tags and the account of the v1 API
// through the SDK for JavaScript.
const sdk = require("@aws-sdk/client-api-gateway");
const v2sdk = require("@aws-sdk/client-apigatewayv2");
const iamsdk = require("@aws-sdk/client-iam");
const { assert, speak, refused, pages, body, status, live } = require("./life.js");

const v1 = speak(sdk, "APIGatewayClient");
const v2 = speak(v2sdk, "ApiGatewayV2Client");
const iam = speak(iamsdk, "IAMClient");
const { BadRequestException, ConflictException, NotFoundException } = sdk;
const replace = (path, value) => [{ op: "replace", path, value }];

async function stage() {
  const { ApiId } = await v2("CreateApi", { Name: "chat", ProtocolType: "WEBSOCKET", RouteSelectionExpression: "$request.body.action" });
  await v2("CreateStage", { ApiId, StageName: "prod" });
  return ApiId;
}

async function key() {
  const made = await v1("CreateApiKey", { name: "alpha", tags: { a: "b" } });
  assert.equal(status(made), 201);
  assert.ok(made.createdDate instanceof Date);
  assert.equal((await v1("GetApiKey", { apiKey: made.id })).value, undefined);
  assert.equal((await v1("GetApiKey", { apiKey: made.id, includeValue: true })).value, made.value);
  assert.equal((await v1("UpdateApiKey", { apiKey: made.id, patchOperations: replace("/enabled", "true") })).enabled, true);
  await refused(BadRequestException, "Invalid patch path  '/id' specified for op 'replace'.", v1("UpdateApiKey", { apiKey: made.id, patchOperations: replace("/id", "x") }));
  const other = await v1("CreateApiKey", { name: "beta", value: "x".repeat(20) });
  await refused(ConflictException, "API Key already exists", v1("CreateApiKey", { value: "x".repeat(20) }));
  const found = await pages(sdk.paginateGetApiKeys, v1, "items", {}, 1);
  assert.deepEqual(found.sizes, [1, 1]);
  const imported = await v1("ImportApiKeys", { body: new TextEncoder().encode(`Name,key\nthird,${"a".repeat(25)}\n`), format: "csv" });
  for (const id of [made.id, other.id, ...imported.ids]) assert.equal(status(await v1("DeleteApiKey", { apiKey: id })), 202);
  await refused(NotFoundException, "Invalid API Key identifier specified", v1("GetApiKey", { apiKey: made.id }));
}

async function plan() {
  const ApiId = await stage();
  const { id } = await v1("CreateUsagePlan", { name: "p", quota: { limit: 100, period: "DAY" } });
  const changed = await v1("UpdateUsagePlan", { usagePlanId: id, patchOperations: [{ op: "add", path: "/apiStages", value: `${ApiId}:prod` }, ...replace("/throttle/rateLimit", "5")] });
  assert.deepEqual(changed.apiStages, [{ apiId: ApiId, stage: "prod" }]);
  assert.equal(changed.throttle.rateLimit, 5);
  await refused(NotFoundException, "Invalid API Stage", v1("UpdateUsagePlan", { usagePlanId: id, patchOperations: [{ op: "add", path: "/apiStages", value: `${ApiId}:nope` }] }));
  assert.deepEqual(body(await v1("GetUsagePlan", { usagePlanId: id })).quota, { limit: 100, offset: 0, period: "DAY" });
  const second = await v1("CreateUsagePlan", { name: "q" });
  assert.deepEqual((await pages(sdk.paginateGetUsagePlans, v1, "items", {}, 1)).sizes, [1, 1]);

  const keys = [await v1("CreateApiKey", { name: "k", enabled: true }), await v1("CreateApiKey", { name: "l", enabled: true })];
  for (const k of keys) assert.equal((await v1("CreateUsagePlanKey", { usagePlanId: id, keyId: k.id, keyType: "API_KEY" })).value, k.value);
  await refused(ConflictException, "", v1("CreateUsagePlanKey", { usagePlanId: id, keyId: keys[0].id, keyType: "API_KEY" }));
  assert.deepEqual((await pages(sdk.paginateGetUsagePlanKeys, v1, "items", { usagePlanId: id }, 1)).sizes, [1, 1]);
  assert.equal((await v1("GetUsagePlanKey", { usagePlanId: id, keyId: keys[0].id })).name, "k");
  const today = new Date().toISOString().slice(0, 10);
  assert.deepEqual((await v1("GetUsage", { usagePlanId: id, keyId: keys[0].id, startDate: today, endDate: today })).items, { [keys[0].id]: [[0, 100]] });
  assert.deepEqual((await v1("UpdateUsage", { usagePlanId: id, keyId: keys[0].id, patchOperations: replace("/remaining", "7") })).items[keys[0].id].at(-1)[1], 7);
  await refused(BadRequestException, "associated stages", v1("DeleteUsagePlan", { usagePlanId: id }));
  await v1("UpdateUsagePlan", { usagePlanId: id, patchOperations: [{ op: "remove", path: "/apiStages", value: `${ApiId}:prod` }] });
  for (const k of keys) {
    assert.equal(status(await v1("DeleteUsagePlanKey", { usagePlanId: id, keyId: k.id })), 202);
    await v1("DeleteApiKey", { apiKey: k.id });
  }
  await refused(NotFoundException, "", v1("GetUsagePlanKey", { usagePlanId: id, keyId: keys[0].id }));
  for (const usagePlanId of [id, second.id]) assert.equal(status(await v1("DeleteUsagePlan", { usagePlanId })), 202);
  await refused(NotFoundException, "Invalid Usage Plan ID specified", v1("GetUsagePlan", { usagePlanId: id }));
  await v2("DeleteApi", { ApiId });
}

async function certificate() {
  const made = await v1("GenerateClientCertificate", { description: "d" });
  const one = { clientCertificateId: made.clientCertificateId };
  assert.equal((await v1("GetClientCertificate", one)).pemEncodedCertificate, made.pemEncodedCertificate);
  assert.equal((await v1("UpdateClientCertificate", { ...one, patchOperations: replace("/description", "e") })).description, "e");
  await v1("GenerateClientCertificate", {});
  const found = await pages(sdk.paginateGetClientCertificates, v1, "items", {}, 1);
  assert.deepEqual(found.sizes, [1, 1]);
  for (const { clientCertificateId } of found.items) assert.equal(status(await v1("DeleteClientCertificate", { clientCertificateId })), 202);
  await refused(NotFoundException, "Client Certificate", v1("GetClientCertificate", one));
}

async function accountAndTags() {
  assert.deepEqual((await v1("GetAccount")).throttleSettings, { burstLimit: 5000, rateLimit: 10000 });
  const trust = { Version: "2012-10-17", Statement: { Effect: "Allow", Principal: { Service: "apigateway.amazonaws.com" }, Action: "sts:AssumeRole" } };
  const { Role } = await iam("CreateRole", { RoleName: "logs", AssumeRolePolicyDocument: JSON.stringify(trust) });
  await iam("AttachRolePolicy", { RoleName: "logs", PolicyArn: "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs" });
  assert.equal((await v1("UpdateAccount", { patchOperations: replace("/cloudwatchRoleArn", Role.Arn) })).cloudwatchRoleArn, Role.Arn);
  await refused(BadRequestException, "The role ARN is not well formed", v1("UpdateAccount", { patchOperations: replace("/cloudwatchRoleArn", "role") }));
  assert.equal((await v1("UpdateAccount", { patchOperations: replace("/cloudwatchRoleArn", "") })).cloudwatchRoleArn, undefined);
  const { id } = await v1("CreateApiKey", { name: "k" });
  const resourceArn = `arn:aws:apigateway:us-east-1::/apikeys/${id}`;
  assert.equal(status(await v1("TagResource", { resourceArn, tags: { a: "b", c: "d" } })), 204);
  assert.equal(status(await v1("UntagResource", { resourceArn, tagKeys: ["a"] })), 204);
  assert.deepEqual((await v1("GetTags", { resourceArn })).tags, { c: "d" });
  await v1("DeleteApiKey", { apiKey: id });
}

live([key, plan, certificate, accountAndTags]);
