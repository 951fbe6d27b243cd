// The guide's API for the CDK: npm install aws-cdk-lib constructs, then cdk deploy.
const { App, CfnOutput, CfnParameter, Stack } = require('aws-cdk-lib');
const { CfnApi, CfnIntegration, CfnIntegrationResponse, CfnRoute, CfnStage } = require('aws-cdk-lib/aws-apigatewayv2');
const { PolicyDocument, PolicyStatement, Role, ServicePrincipal } = require('aws-cdk-lib/aws-iam');

const stack = new Stack(new App(), 'guide');
const backend = new CfnParameter(stack, 'BackendUrl', { default: 'http://127.0.0.1:8080/api/reports/create' });
const api = new CfnApi(stack, 'Api', { name: 'ExcelGeneratorAPI', protocolType: 'WEBSOCKET', routeSelectionExpression: '$request.body.action' });
const role = new Role(stack, 'InvokeRole', {
  assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
  inlinePolicies: {
    invoke: new PolicyDocument({
      statements: [new PolicyStatement({ actions: ['execute-api:Invoke'], resources: [stack.formatArn({ service: 'execute-api', resource: '*' })] })],
    }),
  },
});
const createReport = new CfnIntegration(stack, 'CreateReport', {
  apiId: api.ref,
  integrationType: 'HTTP',
  integrationMethod: 'POST',
  integrationUri: backend.valueAsString,
  credentialsArn: role.roleArn,
  requestTemplates: { 'application/json': '{"connectionId": "$context.connectionId", "type": "$input.params(\'reportType\')"}' },
});
const accepted = new CfnIntegrationResponse(stack, 'Accepted', { apiId: api.ref, integrationId: createReport.ref, integrationResponseKey: '201' });
const connect = new CfnRoute(stack, 'Connect', { apiId: api.ref, routeKey: '$connect', target: `integrations/${createReport.ref}` });
const stage = new CfnStage(stack, 'Prod', { apiId: api.ref, stageName: 'prod', autoDeploy: true });
stage.addDependency(accepted);
stage.addDependency(connect);
new CfnOutput(stack, 'Socket', { value: `${api.attrApiEndpoint}/prod?reportType=ventas` });
