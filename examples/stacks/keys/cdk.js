// API keys, a usage plan and a name for the CDK: npm install aws-cdk-lib constructs, then cdk deploy.
const { App, CfnOutput, CfnParameter, Stack } = require('aws-cdk-lib');
const { CfnApiKey, CfnUsagePlan, CfnUsagePlanKey } = require('aws-cdk-lib/aws-apigateway');
const { CfnApiMapping, CfnIntegrationResponse, CfnRoute, DomainName, WebSocketApi, WebSocketIntegrationType, WebSocketIntegration, WebSocketStage } = require('aws-cdk-lib/aws-apigatewayv2');
const { Certificate } = require('aws-cdk-lib/aws-certificatemanager');

const stack = new Stack(new App(), 'keys');
const value = new CfnParameter(stack, 'KeyValue', { noEcho: true, minLength: 20, default: 'only-for-your-own-machine' });
const domain = new CfnParameter(stack, 'Domain', { default: 'ws.example.com' });
const certificate = new CfnParameter(stack, 'CertificateArn', { default: 'arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555' });

const api = new WebSocketApi(stack, 'Api', { routeSelectionExpression: '$request.body.action' });
api.node.defaultChild.apiKeySelectionExpression = '$request.header.x-api-key';
const admit = new WebSocketIntegration(stack, 'Admit', {
  webSocketApi: api, integrationType: WebSocketIntegrationType.MOCK, integrationUri: '', templateSelectionExpression: '200', requestTemplates: { 200: '{"statusCode": 200}' },
});
const admitted = new CfnIntegrationResponse(stack, 'Admitted', { apiId: api.apiId, integrationId: admit.integrationId, integrationResponseKey: '$default' });
const connect = new CfnRoute(stack, 'Connect', { apiId: api.apiId, routeKey: '$connect', apiKeyRequired: true, target: `integrations/${admit.integrationId}` });
const stage = new WebSocketStage(stack, 'Prod', { webSocketApi: api, stageName: 'prod', autoDeploy: true });
stage.node.addDependency(admitted, connect);

const plan = new CfnUsagePlan(stack, 'Plan', {
  usagePlanName: `${stack.stackName}-small`,
  apiStages: [{ apiId: api.apiId, stage: stage.stageName }],
  throttle: { rateLimit: 10, burstLimit: 20 },
  quota: { limit: 1000, period: 'DAY' },
});
plan.node.addDependency(stage);
const key = new CfnApiKey(stack, 'Key', { name: `${stack.stackName}-client`, value: value.valueAsString, enabled: true });
new CfnUsagePlanKey(stack, 'KeyInPlan', { keyId: key.ref, keyType: 'API_KEY', usagePlanId: plan.ref });
const name = new DomainName(stack, 'Name', { domainName: domain.valueAsString, certificate: Certificate.fromCertificateArn(stack, 'Certificate', certificate.valueAsString) });
const mapping = new CfnApiMapping(stack, 'Mapping', { domainName: name.name, apiId: api.apiId, stage: stage.stageName });
mapping.node.addDependency(stage);
new CfnOutput(stack, 'Socket', { value: `${api.apiEndpoint}/prod` });
