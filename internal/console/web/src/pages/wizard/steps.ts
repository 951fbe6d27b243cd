// The guide's five sections as one list of calls. The wizard makes them in order
// and shows the same list as AWS CLI commands and as a CloudFormation template.

import { CreateApiCommand, CreateDeploymentCommand, CreateIntegrationCommand, CreateIntegrationResponseCommand, CreateRouteCommand, CreateStageCommand, UpdateRouteCommand, type Api } from '@aws-sdk/client-apigatewayv2';
import type { Clients } from '../../aws/clients';
import { cliCommand, ShellText } from '../../commands/cli';
import { cloudFormation } from '../../commands/cloudformation';
import type { Value } from '../../form/field';
import { listRoutes, listStages } from '../../aws/gatewayLists';
import { ensureInvokeRole, gatewayTrust, invokePolicy } from '../iam/invokeRole';

export interface Plan {
  /** The API that exists already; without it one is made. */
  apiId?: string;
  apiName: string;
  routeSelectionExpression: string;
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

/** The API that pasarela dev makes, and the stage variable in it with the address of its report backend. */
const GUIDE = { name: 'ExcelGeneratorAPI', variable: 'backend' };

/** Where requests of the guide go: to the backend that pasarela dev has started, which may have taken another port, else to where that would listen. */
export async function guideTarget(clients: Clients, apis: Api[]): Promise<string> {
  const guide = apis.find(({ Name }) => Name === GUIDE.name);
  const stages = guide ? await listStages(clients, guide.ApiId!).catch(() => []) : [];
  const backend = stages.map(({ StageVariables }) => StageVariables?.[GUIDE.variable]).find((one) => /^[\w.[\]-]+:\d+$/.test(one ?? '')) ?? '127.0.0.1:8080';
  return `http://${backend}/api/reports/create`;
}

function integrationInput(plan: Plan, roleArn: string) {
  return {
    IntegrationType: 'HTTP' as const,
    IntegrationMethod: plan.method,
    IntegrationUri: plan.target,
    CredentialsArn: roleArn,
    RequestTemplates: { 'application/json': plan.template },
  };
}

function apiInput(plan: Plan) {
  return { Name: plan.apiName, ProtocolType: 'WEBSOCKET' as const, RouteSelectionExpression: plan.routeSelectionExpression };
}

/** What was made so far: after a refusal the next try goes on from here. */
export interface Made {
  apiId?: string;
  integrationId?: string;
  responseKeys: string[];
}

/** Makes everything of the plan and returns the API's id; a role that exists already is used as it is. */
export async function carryOut(clients: Clients, accountId: string, plan: Plan, made: Made, progress: (step: string) => void): Promise<string> {
  const { gateway } = clients;
  progress(plan.apiName);
  const ApiId = (made.apiId ??= plan.apiId ?? (await gateway.send(new CreateApiCommand(apiInput(plan)))).ApiId!);
  progress(plan.roleName);
  const roleArn = await ensureInvokeRole(clients, plan.roleName, plan.policyName, accountId);
  progress(plan.target);
  const IntegrationId = (made.integrationId ??= (await gateway.send(new CreateIntegrationCommand({ ...integrationInput(plan, roleArn), ApiId }))).IntegrationId!);
  for (const IntegrationResponseKey of plan.responseKeys.filter((key) => !made.responseKeys.includes(key))) {
    progress(IntegrationResponseKey);
    await gateway.send(new CreateIntegrationResponseCommand({ ApiId, IntegrationId, IntegrationResponseKey }));
    made.responseKeys.push(IntegrationResponseKey);
  }
  await attachAndDeploy(clients, plan, ApiId, `integrations/${IntegrationId}`, progress);
  return ApiId;
}

async function attachAndDeploy(clients: Clients, plan: Plan, ApiId: string, Target: string, progress: (step: string) => void): Promise<void> {
  const { gateway } = clients;
  progress('$connect');
  const route = (await listRoutes(clients, ApiId)).find((one) => one.RouteKey === '$connect');
  if (route) await gateway.send(new UpdateRouteCommand({ ApiId, RouteId: route.RouteId, Target }));
  else await gateway.send(new CreateRouteCommand({ ApiId, RouteKey: '$connect', Target }));
  progress(plan.stage);
  const stage = (await listStages(clients, ApiId)).find((one) => one.StageName === plan.stage);
  if (!stage) await gateway.send(new CreateStageCommand({ ApiId, StageName: plan.stage }));
  if (!stage?.AutoDeploy) await gateway.send(new CreateDeploymentCommand({ ApiId, StageName: plan.stage }));
}

/** What is there already of a plan: nothing of it is created again. */
export interface Existing {
  /** The ARN of the role of that name. */
  role?: string;
  /** There is a policy of that name. */
  policy?: boolean;
  /** The id of the API's route $connect. */
  connectRoute?: string;
  /** The API has the stage; automatic: it deploys by itself. */
  stage?: { automatic: boolean };
}

/** The same as AWS CLI commands; ids that AWS makes are caught in shell variables. */
export function asCommands(plan: Plan, accountId: string, endpoint: string, existing: Existing = {}): string {
  const role = existing.role ?? `arn:aws:iam::${accountId}:role/${plan.roleName}`;
  const policy = `arn:aws:iam::${accountId}:policy/${plan.policyName}`;
  const catching = (name: string, member: string, command: string) => `${name}=$(${command} \\\n  --query ${member} --output text)`;
  const call = (operation: string, input: Value) => cliCommand('apigatewayv2', operation, input, endpoint);
  const ApiId = plan.apiId ?? new ShellText('$API');
  const IntegrationId = new ShellText('$INTEGRATION');
  const Target = new ShellText('integrations/$INTEGRATION');
  return [
    ...(plan.apiId ? [] : [catching('API', 'ApiId', call('CreateApi', apiInput(plan)))]),
    ...(existing.role
      ? []
      : [
          ...(existing.policy ? [] : [cliCommand('iam', 'CreatePolicy', { PolicyName: plan.policyName, PolicyDocument: invokePolicy }, endpoint)]),
          cliCommand('iam', 'CreateRole', { RoleName: plan.roleName, AssumeRolePolicyDocument: gatewayTrust }, endpoint),
          cliCommand('iam', 'AttachRolePolicy', { RoleName: plan.roleName, PolicyArn: policy }, endpoint),
        ]),
    catching('INTEGRATION', 'IntegrationId', call('CreateIntegration', { ApiId, ...integrationInput(plan, role) })),
    ...plan.responseKeys.map((IntegrationResponseKey) => call('CreateIntegrationResponse', { ApiId, IntegrationId, IntegrationResponseKey })),
    existing.connectRoute ? call('UpdateRoute', { ApiId, RouteId: existing.connectRoute, Target }) : call('CreateRoute', { ApiId, RouteKey: '$connect', Target }),
    ...(existing.stage ? [] : [call('CreateStage', { ApiId, StageName: plan.stage })]),
    ...(existing.stage?.automatic ? [] : [call('CreateDeployment', { ApiId, StageName: plan.stage })]),
  ].join('\n\n');
}

/** The same as a template; of an API that is there, what the wizard adds to it. Nothing where it changes what is there: a template only creates. */
export function asTemplate(plan: Plan, existing: Existing = {}): string | undefined {
  if (existing.connectRoute || existing.stage) return undefined;
  const ApiId = plan.apiId ?? { Ref: 'Api' };
  const IntegrationId = { Ref: 'ConnectIntegration' };
  const { CredentialsArn: _, ...integration } = integrationInput(plan, '');
  const responses = Object.fromEntries(
    plan.responseKeys.map((IntegrationResponseKey, at) => [
      `ConnectResponse${at + 1}`,
      { type: 'AWS::ApiGatewayV2::IntegrationResponse', properties: { ApiId, IntegrationId, IntegrationResponseKey } },
    ]),
  );
  return cloudFormation({
    ...(plan.apiId ? {} : { Api: { type: 'AWS::ApiGatewayV2::Api', properties: apiInput(plan) } }),
    ...(existing.role
      ? {}
      : {
          InvokeRole: {
            type: 'AWS::IAM::Role',
            properties: {
              RoleName: plan.roleName,
              AssumeRolePolicyDocument: gatewayTrust,
              Policies: [{ PolicyName: plan.policyName, PolicyDocument: JSON.parse(invokePolicy) as unknown }],
            },
          },
        }),
    ConnectIntegration: { type: 'AWS::ApiGatewayV2::Integration', properties: { ApiId, ...integration, CredentialsArn: existing.role ?? { 'Fn::GetAtt': ['InvokeRole', 'Arn'] } } },
    ...responses,
    ConnectRoute: { type: 'AWS::ApiGatewayV2::Route', properties: { ApiId, RouteKey: '$connect', Target: { 'Fn::Join': ['/', ['integrations', IntegrationId]] } } },
    Stage: { type: 'AWS::ApiGatewayV2::Stage', properties: { ApiId, StageName: plan.stage, AutoDeploy: true } },
  });
}
