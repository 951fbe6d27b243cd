// The chat of functions for the CDK: npm install aws-cdk-lib constructs, then cdk deploy.
const { App, CfnOutput, CfnParameter, Stack } = require('aws-cdk-lib');
const { WebSocketApi, WebSocketStage } = require('aws-cdk-lib/aws-apigatewayv2');
const { WebSocketLambdaAuthorizer } = require('aws-cdk-lib/aws-apigatewayv2-authorizers');
const { WebSocketLambdaIntegration } = require('aws-cdk-lib/aws-apigatewayv2-integrations');
const { Code, Function, Runtime } = require('aws-cdk-lib/aws-lambda');

const stack = new Stack(new App(), 'chat');
const password = new CfnParameter(stack, 'Password', { noEcho: true, minLength: 8, default: 'on-my-own-machine' });
const common = { runtime: Runtime.NODEJS_22_X, code: Code.fromAsset(`${__dirname}/functions`) };
const authorize = new Function(stack, 'Authorize', { ...common, handler: 'authorize.handler', environment: { PASSWORD: password.valueAsString } });
const chat = new Function(stack, 'Chat', { ...common, handler: 'chat.handler' });

const integration = new WebSocketLambdaIntegration('ChatIntegration', chat);
const authorizer = new WebSocketLambdaAuthorizer('Password', authorize, {
  identitySource: ['route.request.querystring.name', 'route.request.querystring.password'],
});
const api = new WebSocketApi(stack, 'Api', {
  routeSelectionExpression: '$request.body.action',
  connectRouteOptions: { integration, authorizer },
  disconnectRouteOptions: { integration },
  defaultRouteOptions: { integration },
});
for (const action of ['whoami', 'send']) api.addRoute(action, { integration });
api.grantManageConnections(chat);
const stage = new WebSocketStage(stack, 'Prod', { webSocketApi: api, stageName: 'prod', autoDeploy: true });
new CfnOutput(stack, 'Socket', { value: stage.url });
