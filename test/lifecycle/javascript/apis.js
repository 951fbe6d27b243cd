// The life of every resource of apigatewayv2 through the SDK for JavaScript.
const sdk = require("@aws-sdk/client-apigatewayv2");
const { assert, speak, refused, pages, body, status, live } = require("./life.js");

const gw = speak(sdk, "ApiGatewayV2Client");
const { BadRequestException, ConflictException, NotFoundException } = sdk;
const lambda = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f/invocations";

const fresh = async (more = {}) =>
  (await gw("CreateApi", { Name: "chat", ProtocolType: "WEBSOCKET", RouteSelectionExpression: "$request.body.action", ...more })).ApiId;

async function api() {
  const made = await gw("CreateApi", { Name: "a b", ProtocolType: "WEBSOCKET", RouteSelectionExpression: "$request.body.action", Tags: { team: "ñ" } });
  assert.equal(status(made), 201);
  assert.match(made.ApiId, /^[a-z0-9]{10}$/);
  assert.ok(made.CreatedDate instanceof Date);
  assert.deepEqual(body(await gw("GetApi", { ApiId: made.ApiId })), body(made));
  const changed = await gw("UpdateApi", { ApiId: made.ApiId, Description: "d", Name: "c" });
  assert.deepEqual([changed.Description, changed.Name, changed.RouteSelectionExpression], ["d", "c", "$request.body.action"]);
  const others = [await fresh(), await fresh()];
  const found = await pages((config, input) => byToken("GetApis", config, input), gw, "Items", {}, 2);
  assert.deepEqual(found.sizes, [2, 1]);
  assert.deepEqual(new Set(found.items.map((a) => a.ApiId)), new Set([made.ApiId, ...others]));
  for (const ApiId of [made.ApiId, ...others]) assert.equal(status(await gw("DeleteApi", { ApiId })), 204);
  assert.deepEqual((await gw("GetApis")).Items, []);
  await refused(NotFoundException, ":" + made.ApiId, gw("GetApi", { ApiId: made.ApiId }));
  await refused(BadRequestException, "'maxResults'", gw("GetApis", { MaxResults: "many" }));
  await refused(BadRequestException, "RouteSelectionExpression is required", gw("CreateApi", { Name: "x", ProtocolType: "WEBSOCKET" }));
}

// byToken pages where the SDK has no paginator.
async function* byToken(command, { pageSize }, input) {
  let NextToken;
  do {
    const page = await gw(command, { ...input, MaxResults: String(pageSize), NextToken });
    yield page;
    NextToken = page.NextToken;
  } while (NextToken);
}

async function route() {
  const ApiId = await fresh();
  const { IntegrationId } = await gw("CreateIntegration", { ApiId, IntegrationType: "MOCK" });
  const made = await gw("CreateRoute", { ApiId, RouteKey: "$connect", RequestParameters: { "route.request.header.a": { Required: true } } });
  const one = { ApiId, RouteId: made.RouteId };
  assert.deepEqual(body(await gw("GetRoute", one)), body(made));
  await refused(ConflictException, "Route with key $connect already exists for this API", gw("CreateRoute", { ApiId, RouteKey: "$connect" }));
  await refused(NotFoundException, "Invalid Integration identifier specified zzz", gw("UpdateRoute", { ...one, Target: "integrations/zzz" }));
  const changed = await gw("UpdateRoute", { ...one, Target: `integrations/${IntegrationId}`, RequestParameters: { "route.request.querystring.b": { Required: false } } });
  assert.deepEqual(Object.keys(changed.RequestParameters).sort(), ["route.request.header.a", "route.request.querystring.b"]);
  assert.equal(status(await gw("DeleteRouteRequestParameter", { ...one, RequestParameterKey: "route.request.header.a" })), 204);
  await refused(NotFoundException, "", gw("DeleteRouteRequestParameter", { ...one, RequestParameterKey: "route.request.header.a" }));
  await refused(ConflictException, `[${made.RouteId}]`, gw("DeleteIntegration", { ApiId, IntegrationId }));
  for (let i = 0; i < 4; i++) await gw("CreateRoute", { ApiId, RouteKey: `r${i}` });
  assert.deepEqual((await pages((c, i) => byToken("GetRoutes", c, i), gw, "Items", { ApiId }, 2)).sizes, [2, 2, 1]);

  const response = await gw("CreateRouteResponse", { ...one, RouteResponseKey: "$default" });
  const two = { ...one, RouteResponseId: response.RouteResponseId };
  assert.deepEqual(body(await gw("GetRouteResponse", two)), body(response));
  assert.equal((await gw("UpdateRouteResponse", { ...two, ModelSelectionExpression: "m" })).ModelSelectionExpression, "m");
  assert.equal((await gw("GetRouteResponses", one)).Items.length, 1);
  assert.equal(status(await gw("DeleteRouteResponse", two)), 204);
  await refused(NotFoundException, "", gw("GetRouteResponse", two));
  assert.equal(status(await gw("DeleteRoute", one)), 204);
  await refused(NotFoundException, `Invalid Route identifier specified ${made.RouteId}`, gw("GetRoute", one));
  await gw("DeleteApi", { ApiId });
}

async function integration() {
  const ApiId = await fresh();
  const made = await gw("CreateIntegration", {
    ApiId, IntegrationType: "HTTP", IntegrationMethod: "POST", IntegrationUri: "http://${stageVariables.host}/x", TimeoutInMillis: 51,
    RequestTemplates: { $default: '{"ñ":"<&>"}' }, RequestParameters: { "integration.request.header.a": "'x'" },
  });
  const one = { ApiId, IntegrationId: made.IntegrationId };
  assert.equal(made.IntegrationResponseSelectionExpression, "${integration.response.statuscode}");
  assert.deepEqual(body(await gw("GetIntegration", one)), body(made));
  const changed = await gw("UpdateIntegration", { ...one, RequestParameters: { "integration.request.header.a": "" }, RequestTemplates: { k: "" } });
  assert.deepEqual([changed.RequestParameters, changed.RequestTemplates, changed.TimeoutInMillis], [undefined, { k: "" }, 51]);
  for (const IntegrationType of ["MOCK", "MOCK"]) await gw("CreateIntegration", { ApiId, IntegrationType });
  assert.deepEqual((await pages((c, i) => byToken("GetIntegrations", c, i), gw, "Items", { ApiId }, 2)).sizes, [2, 1]);
  await refused(BadRequestException, "HttpMethod must be POST for AWS_PROXY IntegrationType", gw("CreateIntegration", { ApiId, IntegrationType: "AWS_PROXY", IntegrationMethod: "GET", IntegrationUri: lambda }));

  for (const IntegrationResponseKey of ["/201/", "/2\\d\\d/", "$default"]) {
    assert.equal((await gw("CreateIntegrationResponse", { ...one, IntegrationResponseKey })).IntegrationResponseKey, IntegrationResponseKey);
  }
  await refused(ConflictException, "$default", gw("CreateIntegrationResponse", { ...one, IntegrationResponseKey: "$default" }));
  const responses = await pages((c, i) => byToken("GetIntegrationResponses", c, i), gw, "Items", one, 2);
  assert.deepEqual(responses.sizes, [2, 1]);
  const two = { ...one, IntegrationResponseId: responses.items[0].IntegrationResponseId };
  assert.deepEqual((await gw("UpdateIntegrationResponse", { ...two, ResponseTemplates: { $default: "{}" } })).ResponseTemplates, { $default: "{}" });
  assert.deepEqual((await gw("GetIntegrationResponse", two)).ResponseTemplates, { $default: "{}" });
  assert.equal(status(await gw("DeleteIntegrationResponse", two)), 204);
  await refused(NotFoundException, two.IntegrationResponseId, gw("GetIntegrationResponse", two));
  assert.equal(status(await gw("DeleteIntegration", one)), 204);
  await refused(NotFoundException, made.IntegrationId, gw("GetIntegration", one));
  await gw("DeleteApi", { ApiId });
}

async function model() {
  const ApiId = await fresh();
  const Schema = '{"type":"object","properties":{"action":{"type":"string"}}}';
  const made = await gw("CreateModel", { ApiId, Name: "Join", ContentType: "application/json", Schema });
  const one = { ApiId, ModelId: made.ModelId };
  assert.deepEqual(body(await gw("GetModel", one)), body(made));
  assert.ok((await gw("GetModelTemplate", one)).Value.includes("$inputRoot.action"));
  assert.equal((await gw("UpdateModel", { ...one, Description: "d" })).Description, "d");
  await gw("CreateModel", { ApiId, Name: "Leave", Schema: "{}" });
  assert.deepEqual((await pages((c, i) => byToken("GetModels", c, i), gw, "Items", { ApiId }, 1)).sizes, [1, 1]);
  await refused(ConflictException, "Join", gw("CreateModel", { ApiId, Name: "Join", Schema }));
  await refused(BadRequestException, "Invalid model schema specified", gw("CreateModel", { ApiId, Name: "Bad", Schema: "{" }));
  const { RouteId } = await gw("CreateRoute", { ApiId, RouteKey: "join", ModelSelectionExpression: "$request.body.action", RequestModels: { join: "Join" } });
  await refused(ConflictException, "is referenced in route: join", gw("DeleteModel", one));
  await gw("DeleteRoute", { ApiId, RouteId });
  assert.equal(status(await gw("DeleteModel", one)), 204);
  await refused(NotFoundException, made.ModelId, gw("GetModel", one));
  await gw("DeleteApi", { ApiId });
}

async function authorizer() {
  const ApiId = await fresh();
  const made = await gw("CreateAuthorizer", { ApiId, Name: "a", AuthorizerType: "REQUEST", AuthorizerUri: lambda, IdentitySource: ["route.request.header.Auth"] });
  const one = { ApiId, AuthorizerId: made.AuthorizerId };
  assert.deepEqual(body(await gw("GetAuthorizer", one)), body(made));
  assert.equal((await gw("UpdateAuthorizer", { ...one, Name: "b" })).Name, "b");
  await gw("CreateAuthorizer", { ApiId, Name: "c", AuthorizerType: "REQUEST", AuthorizerUri: lambda, IdentitySource: [] });
  assert.deepEqual((await pages((c, i) => byToken("GetAuthorizers", c, i), gw, "Items", { ApiId }, 1)).sizes, [1, 1]);
  const { RouteId } = await gw("CreateRoute", { ApiId, RouteKey: "$connect", AuthorizationType: "CUSTOM", AuthorizerId: made.AuthorizerId });
  await refused(ConflictException, "Cannot delete authorizer 'b', is referenced in route: $connect", gw("DeleteAuthorizer", one));
  await gw("DeleteRoute", { ApiId, RouteId });
  assert.equal(status(await gw("DeleteAuthorizer", one)), 204);
  await refused(NotFoundException, made.AuthorizerId, gw("GetAuthorizer", one));
  await gw("DeleteApi", { ApiId });
}

async function stage() {
  const ApiId = await fresh();
  const one = { ApiId, StageName: "prod" };
  await refused(BadRequestException, "At least one route is required before deploying the Api.", gw("CreateDeployment", { ApiId }));
  await gw("CreateRoute", { ApiId, RouteKey: "$default" });
  const made = await gw("CreateStage", { ...one, StageVariables: { a: "1", b: "2" } });
  assert.deepEqual(body(await gw("GetStage", one)), body(made));
  await refused(ConflictException, "Stage already exists", gw("CreateStage", one));
  await refused(NotFoundException, "Invalid stage identifier specified", gw("CreateDeployment", { ApiId, StageName: "nope" }));
  const first = await gw("CreateDeployment", { ...one, Description: "first" });
  assert.equal(first.DeploymentStatus, "DEPLOYED");
  await refused(BadRequestException, "Active stages pointing to this deployment must be moved or deleted", gw("DeleteDeployment", { ApiId, DeploymentId: first.DeploymentId }));
  const second = await gw("CreateDeployment", { ApiId });
  const changed = await gw("UpdateStage", {
    ...one, DeploymentId: second.DeploymentId, StageVariables: { a: "" }, AccessLogSettings: { DestinationArn: "arn:aws:logs:us-east-1:1:log-group:g", Format: "$context.requestId" },
    DefaultRouteSettings: { ThrottlingRateLimit: 2000.5 }, RouteSettings: { $connect: { LoggingLevel: "INFO" } },
  });
  assert.deepEqual([changed.StageVariables, changed.DefaultRouteSettings.ThrottlingRateLimit, changed.RouteSettings.$connect.LoggingLevel], [{ b: "2" }, 2000.5, "INFO"]);
  assert.equal(status(await gw("DeleteAccessLogSettings", one)), 204);
  assert.equal(status(await gw("DeleteRouteSettings", { ...one, RouteKey: "$connect" })), 204);
  await refused(NotFoundException, "$connect", gw("DeleteRouteSettings", { ...one, RouteKey: "$connect" }));
  assert.equal(status(await gw("ResetAuthorizersCache", one)), 204);
  assert.equal((await gw("UpdateDeployment", { ApiId, DeploymentId: second.DeploymentId, Description: "x" })).Description, "x");
  assert.deepEqual((await pages((c, i) => byToken("GetDeployments", c, i), gw, "Items", { ApiId }, 1)).sizes, [1, 1]);
  await gw("CreateStage", { ApiId, StageName: "test" });
  assert.deepEqual((await pages((c, i) => byToken("GetStages", c, i), gw, "Items", { ApiId }, 1)).sizes, [1, 1]);
  assert.equal(status(await gw("DeleteDeployment", { ApiId, DeploymentId: first.DeploymentId })), 204);
  await refused(NotFoundException, first.DeploymentId, gw("GetDeployment", { ApiId, DeploymentId: first.DeploymentId }));

  const ResourceArn = `arn:aws:apigateway:us-east-1::/apis/${ApiId}/stages/prod`;
  assert.equal(status(await gw("TagResource", { ResourceArn, Tags: { "a b": "ñ", c: "d" } })), 201);
  assert.equal(status(await gw("UntagResource", { ResourceArn, TagKeys: ["c"] })), 204);
  assert.deepEqual((await gw("GetTags", { ResourceArn })).Tags, { "a b": "ñ" });
  assert.equal(status(await gw("DeleteStage", one)), 204);
  await refused(NotFoundException, "", gw("GetTags", { ResourceArn }));
  await refused(NotFoundException, "Invalid stage identifier specified", gw("GetStage", one));
  await gw("DeleteApi", { ApiId });
}

async function domainAndMapping() {
  const ApiId = await fresh();
  await gw("CreateStage", { ApiId, StageName: "prod" });
  const one = { DomainName: "ws.example.com" };
  const DomainNameConfigurations = [{ CertificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/x", EndpointType: "REGIONAL", SecurityPolicy: "TLS_1_2" }];
  const made = await gw("CreateDomainName", { ...one, DomainNameConfigurations });
  assert.equal(made.DomainNameConfigurations[0].DomainNameStatus, "AVAILABLE");
  assert.deepEqual(body(await gw("GetDomainName", one)), body(made));
  await refused(ConflictException, "already exists", gw("CreateDomainName", { ...one, DomainNameConfigurations }));
  assert.equal((await gw("UpdateDomainName", { ...one, MutualTlsAuthentication: { TruststoreUri: "s3://b/k" } })).MutualTlsAuthentication.TruststoreUri, "s3://b/k");
  assert.equal((await gw("UpdateDomainName", { ...one, MutualTlsAuthentication: { TruststoreUri: "" } })).MutualTlsAuthentication, undefined);
  await gw("CreateDomainName", { DomainName: "*.example.org", DomainNameConfigurations });
  assert.deepEqual((await pages((c, i) => byToken("GetDomainNames", c, i), gw, "Items", {}, 1)).sizes, [1, 1]);
  await refused(NotFoundException, "Invalid stage identifier specified", gw("CreateApiMapping", { ...one, ApiId, Stage: "nope" }));
  const mapping = await gw("CreateApiMapping", { ...one, ApiId, Stage: "prod" });
  const two = { ...one, ApiMappingId: mapping.ApiMappingId };
  assert.equal((await gw("GetApiMapping", two)).ApiMappingKey, "");
  assert.equal((await gw("UpdateApiMapping", { ...two, ApiId, ApiMappingKey: "orders" })).ApiMappingKey, "orders");
  await refused(ConflictException, "ApiMapping key already exists", gw("CreateApiMapping", { ...one, ApiId, Stage: "prod", ApiMappingKey: "orders" }));
  await gw("CreateApiMapping", { ...one, ApiId, Stage: "prod", ApiMappingKey: "bills" });
  assert.deepEqual((await pages((c, i) => byToken("GetApiMappings", c, i), gw, "Items", one, 1)).sizes, [1, 1]);
  await refused(BadRequestException, "Please remove all API mappings", gw("DeleteApi", { ApiId }));
  for (const { ApiMappingId } of (await gw("GetApiMappings", one)).Items) assert.equal(status(await gw("DeleteApiMapping", { ...one, ApiMappingId })), 204);
  await refused(NotFoundException, "", gw("GetApiMapping", two));
  for (const { DomainName } of (await gw("GetDomainNames")).Items) assert.equal(status(await gw("DeleteDomainName", { DomainName })), 204);
  await refused(NotFoundException, "was not found", gw("GetDomainName", one));
  await gw("DeleteApi", { ApiId });
}

async function vpcLink() {
  const made = await gw("CreateVpcLink", { Name: "l", SubnetIds: ["subnet-1"], Tags: { "pasarela:target": "http://127.0.0.1:9000" } });
  const one = { VpcLinkId: made.VpcLinkId };
  assert.deepEqual(body(await gw("GetVpcLink", one)), body(made));
  assert.equal((await gw("UpdateVpcLink", { ...one, Name: "m" })).Name, "m");
  await gw("CreateVpcLink", { Name: "n", SubnetIds: ["subnet-1"] });
  const found = await pages((c, i) => byToken("GetVpcLinks", c, i), gw, "Items", {}, 1);
  assert.deepEqual(found.sizes, [1, 1]);
  for (const { VpcLinkId } of found.items) assert.equal(status(await gw("DeleteVpcLink", { VpcLinkId })), 202);
  await refused(NotFoundException, made.VpcLinkId, gw("GetVpcLink", one));
}

async function refusedCallers() {
  const stranger = speak(sdk, "ApiGatewayV2Client", { credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "x" } });
  const e = await refused(sdk.ApiGatewayV2ServiceException, "The security token included in the request is invalid", stranger("GetApis"));
  assert.equal(e.name, "UnrecognizedClientException");
}

live([api, route, integration, model, authorizer, stage, domainAndMapping, vpcLink, refusedCallers]);
