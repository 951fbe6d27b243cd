import { GetStageCommand, type ApiMapping } from '@aws-sdk/client-apigatewayv2';
import type { CloudFormationClient, ResourceChange, Stack, StackResourceSummary } from '@aws-sdk/client-cloudformation';
import type { Clients } from '../../aws/clients';
import type { Extension } from '../../aws/extension';
import { listStages } from '../../aws/gatewayLists';
import type { ServerFacts } from '../../aws/session';
import { NAME_TAG } from '../../aws/stackOwner';
import { apiImpact, apiKeyImpact, authorizerImpact, domainImpact, functionImpact, groupImpact, integrationImpact, leadsHere, listMappings, modelImpact, planImpact, policyImpact, roleImpact, routeImpact, stageImpact, userImpact, vpcLinkImpact, type Impact } from '../../names/impact';
import { nameInArn } from '../../names/texts';
import type { Words } from '../../words/language';
import { flat, isHarmful, propertiesBefore, type Planned } from './changeSets';
import { listResources } from './client';
import { isGone } from './names';

export const removeWarning: Words<string> = {
  en: 'Everything that the stack created is deleted with it, except what its template says to retain. Clients of its APIs are disconnected.',
  es: 'Se elimina todo lo que creó la pila, salvo lo que su plantilla dice que se conserve. Se desconecta a los clientes de sus APIs.',
};

const API = 'AWS::ApiGatewayV2::Api';
const STAGE = 'AWS::ApiGatewayV2::Stage';
const MAPPING = 'AWS::ApiGatewayV2::ApiMapping';
const STACK = 'AWS::CloudFormation::Stack';

/** What goes with stacks: their resources by their names in the template, and what must go before. */
export const stackImpact = (clients: Clients, client: CloudFormationClient) => async (stacks: Stack[]): Promise<Impact> => {
  const uses = await Promise.all(
    stacks.map(async ({ StackName }) => {
      const there = (await listResources(client, StackName!)).filter((one) => !isGone(one));
      const names = there.map((one) => `${one.LogicalResourceId} (${one.ResourceType})`);
      return names.length ? [{ en: `${StackName}: ${names.join(', ')}`, es: `${StackName}: ${names.join(', ')}` }, ...(await mappedFromOutside(clients, client, StackName!, there))] : [];
    }),
  );
  return { uses: uses.flat(), severe: uses.some((one) => one.length > 0) };
};

/** API mappings that lead to stages of a stack and do not go with it: while there is one, the stage stays, and the deletion fails. */
async function mappedFromOutside(clients: Clients, client: CloudFormationClient, name: string, there: StackResourceSummary[]): Promise<Impact['uses']> {
  const all = await withNested(client, there);
  const ids = (type: string) => all.filter((one) => one.ResourceType === type).map((one) => one.PhysicalResourceId!);
  const [apis, stages, own] = [ids(API), ids(STAGE), ids(MAPPING)];
  if (stages.length === 0) return [];
  const stacks = [name, ...ids(STACK).map(nameInArn)];
  // A stage of an API that is not the stack's own is known by its tag: others may have its name.
  const isMade = async ({ ApiId, Stage }: ApiMapping) => apis.includes(ApiId!) || stacks.includes((await clients.gateway.send(new GetStageCommand({ ApiId, StageName: Stage }))).Tags?.[NAME_TAG] ?? '');
  const mappings = (await listMappings(clients)).filter((one) => !own.includes(one.ApiMappingId!) && stages.includes(one.Stage!));
  const made = await Promise.all(mappings.map(isMade));
  return mappings.filter((_, i) => made[i]).map((one) => leadsHere(one.DomainName, one.ApiMappingKey));
}

/** The resources of stacks within stacks too. */
async function withNested(client: CloudFormationClient, there: StackResourceSummary[]): Promise<StackResourceSummary[]> {
  const nested = await Promise.all(there.filter((one) => one.ResourceType === STACK).map(async (one) => withNested(client, (await listResources(client, one.PhysicalResourceId!)).filter((part) => !isGone(part)))));
  return [...there, ...nested.flat()];
}

interface Known {
  clients: Clients;
  extension: Extension;
  facts: ServerFacts;
}

/** What the changes of a change set break: what is in use of everything that they delete or replace. */
export async function changesImpact(known: Known, planned: Planned[]): Promise<Impact> {
  const harmful = flat(planned).filter(isHarmful);
  const apis = harmful.filter((one) => one.ResourceType === 'AWS::ApiGatewayV2::Api').map((one) => one.PhysicalResourceId);
  // What goes with its API is told with the API.
  const told = harmful.filter((one) => !apis.includes(propertiesBefore(one).ApiId as string));
  const moved = flat(planned).filter((one) => one.ResourceType === MAPPING).map(propertiesBefore).map((one) => leadsHere(one.DomainName as string, one.ApiMappingKey as string | undefined).en);
  const uses = told.map(async (change) => {
    // A mapping that the change set moves or deletes itself needs nobody to remove it first.
    const found = (await usesOf(known, change)).filter((use) => !moved.includes(use.en));
    return found.map(({ en, es }) => ({ en: `${change.LogicalResourceId}: ${en}`, es: `${change.LogicalResourceId}: ${es}` }));
  });
  return { uses: (await Promise.all(uses)).flat(), severe: harmful.length > 0 };
}

/** What is in use of a resource; nothing of one that was deleted by hand. */
async function usesOf(known: Known, change: ResourceChange): Promise<Impact['uses']> {
  try {
    return (await impactOf(known, change))?.uses ?? [];
  } catch (error) {
    if (error instanceof Error && /^(NotFound|NoSuchEntity)/.test(error.name)) return [];
    throw error;
  }
}

function impactOf({ clients, extension, facts }: Known, change: ResourceChange): Promise<Impact> | undefined {
  const id = change.PhysicalResourceId!;
  const before = propertiesBefore(change);
  const api = String(before.ApiId);
  switch (change.ResourceType) {
    case 'AWS::ApiGatewayV2::Api':
      return apiImpact(clients, extension)([{ ApiId: id, Name: id, ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '' }]);
    case 'AWS::ApiGatewayV2::Stage':
      return listStages(clients, api).then((stages) => stageImpact(clients, extension, api)(stages.filter((stage) => stage.StageName === id)));
    case 'AWS::ApiGatewayV2::Route':
      return routeImpact(clients, extension, api)([{ RouteKey: String(before.RouteKey) }]);
    case 'AWS::ApiGatewayV2::Integration':
      return integrationImpact(clients, api)([{ IntegrationId: id }]);
    case 'AWS::ApiGatewayV2::Authorizer':
      return authorizerImpact(clients, api)([{ AuthorizerId: id, Name: id }]);
    case 'AWS::ApiGatewayV2::Model':
      return modelImpact(clients, api)([{ Name: String(before.Name) }]);
    case 'AWS::ApiGatewayV2::DomainName':
      return domainImpact(clients)([{ DomainName: id }]);
    case MAPPING:
      return Promise.resolve(unmapped(before));
    case 'AWS::ApiGatewayV2::VpcLink':
      return vpcLinkImpact(clients)([{ VpcLinkId: id, Name: id, SecurityGroupIds: [], SubnetIds: [] }]);
    case 'AWS::ApiGateway::ApiKey':
      return apiKeyImpact(clients)([{ id }]);
    case 'AWS::ApiGateway::UsagePlan':
      return planImpact(clients)([{ id }]);
    case 'AWS::Lambda::Function':
      return functionImpact(clients)([{ FunctionArn: `arn:aws:lambda:${facts.region}:${facts.accountId}:function:${id}` }]);
    case 'AWS::IAM::ManagedPolicy':
      return policyImpact(clients)([{ Arn: id }]);
    default:
      return identityImpact(clients, facts, change, String(before.Path ?? '/'));
  }
}

function identityImpact(clients: Clients, { accountId }: ServerFacts, { ResourceType, PhysicalResourceId: id }: ResourceChange, Path: string): Promise<Impact> | undefined {
  const of = (kind: string) => ({ Path, Arn: `arn:aws:iam::${accountId}:${kind}${Path}${id}`, CreateDate: undefined });
  switch (ResourceType) {
    case 'AWS::IAM::Role':
      return roleImpact(clients)([{ ...of('role'), RoleName: id, RoleId: undefined }]);
    case 'AWS::IAM::User':
      return userImpact(clients)([{ ...of('user'), UserName: id, UserId: undefined }]);
    case 'AWS::IAM::Group':
      return groupImpact(clients)([{ ...of('group'), GroupName: id, GroupId: undefined }]);
    default:
      return undefined;
  }
}

function unmapped({ DomainName, ApiMappingKey = '' }: Record<string, unknown>): Impact {
  const where = `${String(DomainName)}/${String(ApiMappingKey)}`;
  return { uses: [{ en: `${where} leads nowhere any more.`, es: `${where} deja de llevar a ninguna API.` }], severe: true };
}
