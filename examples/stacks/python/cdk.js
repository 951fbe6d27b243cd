// A Python function, an HTTP server and no backend for the CDK: npm install aws-cdk-lib constructs, then cdk deploy.
const { App, CfnOutput, CfnParameter, Duration, Stack } = require('aws-cdk-lib');
const { CfnIntegration, CfnIntegrationResponse, CfnRoute, CfnRouteResponse, WebSocketApi, WebSocketStage } = require('aws-cdk-lib/aws-apigatewayv2');
const { WebSocketLambdaIntegration } = require('aws-cdk-lib/aws-apigatewayv2-integrations');
const { Code, Function, Runtime } = require('aws-cdk-lib/aws-lambda');

const stack = new Stack(new App(), 'python');
const backend = new CfnParameter(stack, 'BackendUrl', { default: 'http://127.0.0.1:8080/api/reports/create' });
const count = new Function(stack, 'Count', {
  runtime: Runtime.PYTHON_3_13, timeout: Duration.seconds(30), handler: 'count.handler', code: Code.fromAsset(`${__dirname}/functions`),
});
const api = new WebSocketApi(stack, 'Api', { routeSelectionExpression: '$request.body.action' });
api.addRoute('count', { integration: new WebSocketLambdaIntegration('CountIntegration', count), returnResponse: true });
const stage = new WebSocketStage(stack, 'Prod', { webSocketApi: api, stageName: 'prod', autoDeploy: true });

// answers makes a route whose client gets what its integration answers.
function answers(id, routeKey, integration) {
  const route = new CfnRoute(stack, `${id}Route`, { apiId: api.apiId, routeKey, routeResponseSelectionExpression: '$default', target: `integrations/${integration.ref}` });
  stage.node.addDependency(new CfnRouteResponse(stack, `${id}Response`, { apiId: api.apiId, routeId: route.ref, routeResponseKey: '$default' }));
}
answers('Http', 'ask', new CfnIntegration(stack, 'Http', {
  apiId: api.apiId, integrationType: 'HTTP_PROXY', integrationMethod: 'POST', integrationUri: backend.valueAsString,
}));
const ping = new CfnIntegration(stack, 'Ping', {
  apiId: api.apiId, integrationType: 'MOCK', templateSelectionExpression: '200', requestTemplates: { 200: '{"statusCode": 200}' },
});
answers('Ping', 'ping', ping);
stage.node.addDependency(new CfnIntegrationResponse(stack, 'Pong', {
  apiId: api.apiId, integrationId: ping.ref, integrationResponseKey: '$default', templateSelectionExpression: '200', responseTemplates: { 200: '{"pong": "$context.requestTimeEpoch"}' },
}));
new CfnOutput(stack, 'Socket', { value: stage.url });
