// What a stack made, by the names and on the pages that it has in this console.

import { GetApiKeyCommand, GetUsagePlanCommand } from '@aws-sdk/client-api-gateway';
import type { StackResourceSummary } from '@aws-sdk/client-cloudformation';
import { GetVpcLinkCommand } from '@aws-sdk/client-apigatewayv2';
import type { Clients } from '../../aws/clients';
import { listApis, listAuthorizers, listDeployments, listIntegrations, listModels, listRoutes, listStages } from '../../aws/gatewayLists';
import { formHref, href } from '../../hooks/router';
import { deploymentName, integrationName, nameInArn } from '../../names/texts';
import type { Language } from '../../words/language';

/** A resource with what people call it, and its page where it has one. */
export interface Known extends StackResourceSummary {
  name?: string;
  place?: string;
}

export const isGone = (one: StackResourceSummary) => one.ResourceStatus === 'DELETE_COMPLETE';

/** Pages of what is known by its own id or name. */
const folders: Record<string, string[]> = {
  'AWS::ApiGatewayV2::Api': ['apis'],
  'AWS::ApiGatewayV2::DomainName': ['domains'],
  'AWS::ApiGateway::UsagePlan': ['usageplans'],
  'AWS::Lambda::Function': ['functions'],
  'AWS::IAM::Role': ['iam', 'roles'],
  'AWS::IAM::User': ['iam', 'users'],
  'AWS::IAM::Group': ['iam', 'groups'],
  'AWS::IAM::ManagedPolicy': ['iam', 'policies'],
  'AWS::CloudFormation::Stack': ['stacks'],
};

/** Lists without pages for their items. */
const lists: Record<string, string[]> = { 'AWS::ApiGateway::ApiKey': ['apikeys'], 'AWS::ApiGatewayV2::VpcLink': ['vpclinks'] };

type Found = [type: string, id: string | undefined, name: string | undefined, place: string];

/** What an API consists of, of those types. */
async function partsOf(clients: Clients, api: string, types: Set<string | undefined>, language: Language): Promise<Found[]> {
  const of = async <T>(type: string, list: (clients: Clients, api: string) => Promise<T[]>, found: (one: T) => [id: string | undefined, name: string | undefined, place: string]): Promise<Found[]> => {
    const full = `AWS::ApiGatewayV2::${type}`;
    return types.has(full) ? (await list(clients, api)).map((one) => [full, ...found(one)]) : [];
  };
  const form = (page: string, id: string | undefined) => formHref(['apis', api, page], { form: `${page}-edit`, of: id });
  const all = await Promise.all([
    of('Route', listRoutes, (one) => [one.RouteId, one.RouteKey, href('apis', api, 'routes', one.RouteId!)]),
    of('Integration', listIntegrations, (one) => [one.IntegrationId, integrationName(one), href('apis', api, 'integrations', one.IntegrationId!)]),
    of('Authorizer', listAuthorizers, (one) => [one.AuthorizerId, one.Name, form('authorizers', one.AuthorizerId)]),
    of('Model', listModels, (one) => [one.ModelId, one.Name, form('models', one.ModelId)]),
    of('Stage', listStages, (one) => [one.StageName, one.StageName, href('apis', api, 'stages', one.StageName!)]),
    of('Deployment', listDeployments, (one) => [one.DeploymentId, deploymentName(language, one), href('apis', api, 'deployments')]),
  ]);
  return all.flat();
}

/** The name of what is no part of an API and has one that is not its id. */
async function nameOf({ gateway, keys }: Clients, { ResourceType, PhysicalResourceId: id }: StackResourceSummary): Promise<string | undefined> {
  switch (ResourceType) {
    case 'AWS::ApiGateway::ApiKey':
      return (await keys.send(new GetApiKeyCommand({ apiKey: id }))).name;
    case 'AWS::ApiGateway::UsagePlan':
      return (await keys.send(new GetUsagePlanCommand({ usagePlanId: id }))).name;
    case 'AWS::ApiGatewayV2::VpcLink':
      return (await gateway.send(new GetVpcLinkCommand({ VpcLinkId: id }))).Name;
    default:
      return undefined;
  }
}

/** The console's page of a resource by its own id; undefined where it has none. */
function pageOf(type: string, id: string): string | undefined {
  const folder = folders[type];
  if (folder) return href(...folder, type === 'AWS::CloudFormation::Stack' ? nameInArn(id) : id);
  return lists[type] && href(...lists[type]);
}

/** Finds the names of resources. What cannot be read, or is gone, keeps its id: names are a help. */
export async function withNames(clients: Clients, resources: StackResourceSummary[], language: Language): Promise<Known[]> {
  const there = resources.filter((one) => !isGone(one) && one.PhysicalResourceId);
  const types = new Set(there.map((one) => one.ResourceType));
  const apis = await listApis(clients).catch(() => []);
  const own = there.filter((one) => one.ResourceType === 'AWS::ApiGatewayV2::Api').map((one) => one.PhysicalResourceId!);
  // What belongs to an API of another stack is looked for in all.
  const within = own.length > 0 ? own : apis.map((one) => one.ApiId!);
  const parts = (await Promise.all(within.map((api) => partsOf(clients, api, types, language).catch(() => [])))).flat();
  return Promise.all(
    resources.map(async (one) => {
      const { ResourceType = '', PhysicalResourceId: id } = one;
      if (!there.includes(one)) return one;
      const [, , name, place] = parts.find(([type, part]) => type === ResourceType && part === id) ?? [];
      if (place) return { ...one, name, place };
      const api = apis.find(({ ApiId }) => ResourceType === 'AWS::ApiGatewayV2::Api' && ApiId === id)?.Name;
      return { ...one, name: api ?? (await nameOf(clients, one).catch(() => undefined)) ?? nameInArn(id!), place: pageOf(ResourceType, id!) };
    }),
  );
}
