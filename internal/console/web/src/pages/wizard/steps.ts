// The guide's five sections as one list of calls. The wizard makes them in order
// and shows the same list as AWS CLI commands and as a CloudFormation template.

import { CreateDeploymentCommand, CreateIntegrationCommand, CreateIntegrationResponseCommand, CreateRouteCommand, CreateStageCommand, UpdateRouteCommand, type CreateStageRequest } from '@aws-sdk/client-apigatewayv2';
import { AttachRolePolicyCommand, CreatePolicyCommand, CreateRoleCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import type { Clients } from '../../aws/clients';
import { isNotFound } from '../../aws/failure';
import { cliCommand } from '../../commands/cli';
import { cloudFormation } from '../../commands/cloudformation';
import { listRoutes, listStages } from '../apis/lists';

export interface Plan {
  apiId: string;
  roleName: string;
  policyName: string;
  target: string;
  method: string;
  template: string;
  responseKeys: string[];
  stage: string;
}

export const guideTemplate = `{
  "connectionId": "$context.connectionId",
  "type": "$input.params('reportType')"
}`;

const policyDocument = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['execute-api:Invoke'], Resource: ['arn:aws:execute-api:*:*:*'] }],
});

export const trustDocument = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'apigateway.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

function integrationInput(plan: Plan, roleArn: string) {
  return {
    ApiId: plan.apiId,
    IntegrationType: 'HTTP' as const,
    IntegrationMethod: plan.method,
    IntegrationUri: plan.target,
    CredentialsArn: roleArn,
    RequestTemplates: { 'application/json': plan.template },
  };
}

/** Makes everything of the plan; a role that exists already is used as it is. */
export async function carryOut(clients: Clients, plan: Plan, tell: (step: string) => void): Promise<void> {
  const { gateway } = clients;
  tell(plan.roleName);
  const roleArn = await ensureRole(clients, plan);
  tell(plan.target);
  const integration = await gateway.send(new CreateIntegrationCommand(integrationInput(plan, roleArn)));
  const IntegrationId = integration.IntegrationId!;
  for (const IntegrationResponseKey of plan.responseKeys) {
    tell(IntegrationResponseKey);
    await gateway.send(new CreateIntegrationResponseCommand({ ApiId: plan.apiId, IntegrationId, IntegrationResponseKey }));
  }
  tell('$connect');
  const route = (await listRoutes(clients, plan.apiId)).find((one) => one.RouteKey === '$connect');
  const Target = `integrations/${IntegrationId}`;
  if (route) await gateway.send(new UpdateRouteCommand({ ApiId: plan.apiId, RouteId: route.RouteId, Target }));
  else await gateway.send(new CreateRouteCommand({ ApiId: plan.apiId, RouteKey: '$connect', Target }));
  tell(plan.stage);
  const stages = await listStages(clients, plan.apiId);
  if (!stages.some((one) => one.StageName === plan.stage)) {
    await gateway.send(new CreateStageCommand({ ApiId: plan.apiId, StageName: plan.stage } as CreateStageRequest));
  }
  await gateway.send(new CreateDeploymentCommand({ ApiId: plan.apiId, StageName: plan.stage }));
}

async function ensureRole({ iam }: Clients, plan: Plan): Promise<string> {
  try {
    const existing = await iam.send(new GetRoleCommand({ RoleName: plan.roleName }));
    return existing.Role!.Arn!;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  const policy = await iam.send(new CreatePolicyCommand({ PolicyName: plan.policyName, PolicyDocument: policyDocument }));
  const role = await iam.send(new CreateRoleCommand({ RoleName: plan.roleName, AssumeRolePolicyDocument: trustDocument }));
  await iam.send(new AttachRolePolicyCommand({ RoleName: plan.roleName, PolicyArn: policy.Policy!.Arn! }));
  return role.Role!.Arn!;
}

/** The same as AWS CLI commands; ids that AWS makes are caught in shell variables. */
export function asCommands(plan: Plan, accountId: string, endpoint: string): string {
  const role = `arn:aws:iam::${accountId}:role/${plan.roleName}`;
  const policy = `arn:aws:iam::${accountId}:policy/${plan.policyName}`;
  const catching = (name: string, member: string, command: string) => `${name}=$(${command} \\\n  --query ${member} --output text)`;
  const { ApiId, ...integration } = integrationInput(plan, role);
  return [
    cliCommand('iam', 'CreatePolicy', { PolicyName: plan.policyName, PolicyDocument: policyDocument }, endpoint),
    cliCommand('iam', 'CreateRole', { RoleName: plan.roleName, AssumeRolePolicyDocument: trustDocument }, endpoint),
    cliCommand('iam', 'AttachRolePolicy', { RoleName: plan.roleName, PolicyArn: policy }, endpoint),
    catching('INTEGRATION', 'IntegrationId', cliCommand('apigatewayv2', 'CreateIntegration', { ApiId, ...integration }, endpoint)),
    ...plan.responseKeys.map((IntegrationResponseKey) =>
      cliCommand('apigatewayv2', 'CreateIntegrationResponse', { ApiId, IntegrationResponseKey }, endpoint) + ' \\\n  --integration-id "$INTEGRATION"',
    ),
    cliCommand('apigatewayv2', 'CreateRoute', { ApiId, RouteKey: '$connect' }, endpoint) + ' \\\n  --target "integrations/$INTEGRATION"',
    cliCommand('apigatewayv2', 'CreateStage', { ApiId, StageName: plan.stage }, endpoint),
    cliCommand('apigatewayv2', 'CreateDeployment', { ApiId, StageName: plan.stage }, endpoint),
  ].join('\n\n');
}

export function asTemplate(plan: Plan, apiName: string, routeSelectionExpression: string): string {
  const ApiId = { Ref: 'Api' };
  const IntegrationId = { Ref: 'ConnectIntegration' };
  const { ApiId: _, CredentialsArn: __, ...integration } = integrationInput(plan, '');
  const responses = Object.fromEntries(
    plan.responseKeys.map((IntegrationResponseKey, at) => [
      `ConnectResponse${at + 1}`,
      { type: 'AWS::ApiGatewayV2::IntegrationResponse', properties: { ApiId, IntegrationId, IntegrationResponseKey } },
    ]),
  );
  return cloudFormation({
    Api: { type: 'AWS::ApiGatewayV2::Api', properties: { Name: apiName, ProtocolType: 'WEBSOCKET', RouteSelectionExpression: routeSelectionExpression } },
    InvokeRole: {
      type: 'AWS::IAM::Role',
      properties: {
        RoleName: plan.roleName,
        AssumeRolePolicyDocument: JSON.parse(trustDocument) as unknown,
        Policies: [{ PolicyName: plan.policyName, PolicyDocument: JSON.parse(policyDocument) as unknown }],
      },
    },
    ConnectIntegration: { type: 'AWS::ApiGatewayV2::Integration', properties: { ApiId, ...integration, CredentialsArn: { 'Fn::GetAtt': ['InvokeRole', 'Arn'] } } },
    ...responses,
    ConnectRoute: { type: 'AWS::ApiGatewayV2::Route', properties: { ApiId, RouteKey: '$connect', Target: { 'Fn::Join': ['/', ['integrations', IntegrationId]] } } },
    Stage: { type: 'AWS::ApiGatewayV2::Stage', properties: { ApiId, StageName: plan.stage, AutoDeploy: true } },
  });
}
