// An app of the CDK: a WebSocket API with one function for its routes.
const { App, CfnOutput, Stack } = require("aws-cdk-lib");
const { WebSocketApi, WebSocketStage } = require("aws-cdk-lib/aws-apigatewayv2");
const { WebSocketLambdaIntegration } = require("aws-cdk-lib/aws-apigatewayv2-integrations");
const { Code, Function, Runtime } = require("aws-cdk-lib/aws-lambda");

const app = new App();
const stack = new Stack(app, "cdk-chat");
const told = (name, otherwise) => app.node.tryGetContext(name) ?? otherwise;
const greet = new Function(stack, "Greet", {
  runtime: Runtime.NODEJS_22_X,
  handler: "index.greet",
  code: Code.fromAsset("functions"),
  environment: { GREETING: told("greeting", "hello") },
});
const api = new WebSocketApi(stack, "Api", {
  routeSelectionExpression: told("selection", "$request.body.action"),
  connectRouteOptions: { integration: new WebSocketLambdaIntegration("Connect", greet) },
});
api.addRoute("greet", { integration: new WebSocketLambdaIntegration("Greet", greet), returnResponse: true });
const stage = new WebSocketStage(stack, "Stage", { webSocketApi: api, stageName: told("stage", "prod"), autoDeploy: true });
greet.addEnvironment("CALLBACK", stage.callbackUrl);
new CfnOutput(stack, "Url", { value: stage.url });
