// What is in use of things that are about to be removed, for the question before.

import { GetApiMappingsCommand, GetDomainNamesCommand, type Api, type ApiMapping, type Authorizer, type Deployment, type DomainName, type Integration, type Model, type Route, type Stage, type VpcLink } from '@aws-sdk/client-apigatewayv2';
import { GetUsagePlanKeysCommand, GetUsagePlansCommand, type ApiKey, type ClientCertificate, type UsagePlan } from '@aws-sdk/client-api-gateway';
import { GetAccessKeyLastUsedCommand, ListEntitiesForPolicyCommand, type AccessKeyMetadata, type Group, type Policy, type Role, type User } from '@aws-sdk/client-iam';
import type { Clients } from '../aws/clients';
import type { Extension } from '../aws/extension';
import { listAuthorizers, listIntegrations, listRoutes, listStages } from '../aws/gatewayLists';
import { listAccessKeys, listGroupPolicies, listGroupsOf, listInlineGroupPolicyNames, listInlineRolePolicyNames, listInlineUserPolicyNames, listMembers, listRolePolicies, listUserPolicies } from '../aws/iamLists';
import type { Session } from '../aws/session';
import { stackOf, type Owned } from '../aws/stackOwner';
import { allPages } from '../aws/allPages';
import type { Words } from '../words/language';
import { numberText, whenText } from '../words/format';
import { apiNames } from './distinct';
import { integrationName } from './texts';

/** What is in use of something that is about to go. */
export interface Impact {
  /** One sentence each: "12 open connections on stage prod are closed." */
  uses: Words<string>[];
  /** So much breaks that the name must be typed. */
  severe: boolean;
}

type Uses = Words<string>[];

const severe = (uses: Uses): Impact => ({ uses, severe: uses.length > 0 });
const plain = (uses: Uses): Impact => ({ uses, severe: false });
const joined = (names: (string | undefined)[]) => names.join(', ');

/** All of several impacts. */
export async function together(impacts: Promise<Impact>[]): Promise<Impact> {
  const all = await Promise.all(impacts);
  return { uses: all.flatMap((one) => one.uses), severe: all.some((one) => one.severe) };
}

/** What is in use of one of several items: a sentence that does not name the item begins with its name. */
export function ofItem(name: string, { uses, severe }: Impact): Impact {
  const said = (text: string) => (text.includes(name) ? text : `${name}: ${text}`);
  return { uses: uses.map(({ en, es }) => ({ en: said(en), es: said(es) })), severe };
}

/** Asks of each item and puts the answers together. */
const ofEach = <T>(items: T[], ask: (item: T) => Promise<Impact>): Promise<Impact> => together(items.map(ask));

/** Stacks that made what is about to go (A-CONSOLE-7): their next change meets something that is not there. */
export const ownerImpact = (session: Session, items: Owned[]) =>
  ofEach(items, async (item) => {
    const stack = await stackOf(session, item);
    if (!stack) return plain([]);
    return severe([{
      en: `Stack ${stack} made it: without it, the next update of the stack may fail. Take it out of the stack's template instead.`,
      es: `Lo creó la pila ${stack}: sin él, la próxima actualización de la pila puede fallar. Es mejor quitarlo de la plantilla de la pila.`,
    }]);
  });

/** What a stage's clients notice when routes are gone, and when. */
export const routeImpact = (clients: Clients, extension: Extension, apiId: string) => async (routes: Route[]): Promise<Impact> => {
  const keys = joined(routes.map((route) => route.RouteKey));
  const stages = (await listStages(clients, apiId)).filter((stage) => stage.DeploymentId);
  return ofEach(stages, async ({ StageName, AutoDeploy }) => {
    if (!AutoDeploy) return plain([{ en: `Stage ${StageName} serves ${keys} until it is deployed again.`, es: `La etapa ${StageName} sirve ${keys} hasta el próximo despliegue.` }]);
    const { total } = await extension.get<{ total: number }>(`/pasarela/apis/${apiId}/stages/${StageName}/connections`, { limit: '1' });
    const uses: Uses = [{ en: `Stage ${StageName} deploys by itself: it takes effect at once.`, es: `La etapa ${StageName} se despliega sola: tiene efecto al momento.` }];
    if (total > 0) uses.push({ en: `Open connections there: ${numberText('en', total)}.`, es: `Conexiones abiertas allí: ${numberText('es', total)}.` });
    return { uses, severe: total > 0 };
  });
};

async function openConnections(extension: Extension, apiId: string, stage: string): Promise<Uses> {
  const { total: n } = await extension.get<{ total: number }>(`/pasarela/apis/${apiId}/stages/${stage}/connections`, { limit: '1' });
  if (n === 0) return [];
  return n === 1
    ? [{ en: `1 open connection on stage ${stage} is closed.`, es: `Se cierra 1 conexión abierta en la etapa ${stage}.` }]
    : [{ en: `${numberText('en', n)} open connections on stage ${stage} are closed.`, es: `Se cierran ${numberText('es', n)} conexiones abiertas en la etapa ${stage}.` }];
}

/** An API mapping that leads to what is about to go. */
export function leadsHere(domain: string | undefined, key = ''): Words<string> {
  const where = `${domain}/${key}`;
  return { en: `${where} leads here: remove that API mapping first.`, es: `${where} lleva aquí: elimina antes esa asignación de API.` };
}

/** The API mappings of all custom domain names. */
export async function listMappings({ gateway }: Clients): Promise<(ApiMapping & { DomainName: string })[]> {
  const domains = await allPages(async (NextToken) => {
    const answer = await gateway.send(new GetDomainNamesCommand({ NextToken }));
    return { items: answer.Items, next: answer.NextToken };
  });
  const ofEach = domains.map(async ({ DomainName }) => ((await gateway.send(new GetApiMappingsCommand({ DomainName }))).Items ?? []).map((one) => ({ ...one, DomainName: DomainName! })));
  return (await Promise.all(ofEach)).flat();
}

/** Custom domain names and usage plans that lead to a stage of the API. */
async function leadingTo(clients: Clients, apiId: string, stage?: string): Promise<Uses> {
  const mappings = (await listMappings(clients)).filter((one) => one.ApiId === apiId && (!stage || one.Stage === stage));
  const uses: Uses = mappings.map((one) => leadsHere(one.DomainName, one.ApiMappingKey));
  const { keys } = clients;
  const plans = (await keys.send(new GetUsagePlansCommand({ limit: 500 }))).items ?? [];
  for (const plan of plans.filter((one) => one.apiStages?.some((at) => at.apiId === apiId && (!stage || at.stage === stage)))) {
    uses.push({ en: `Usage plan ${plan.name} covers it.`, es: `Está en el plan de uso ${plan.name}.` });
  }
  return uses;
}

export const apiImpact = (clients: Clients, extension: Extension) => (apis: Api[]) =>
  ofEach(apis, async ({ ApiId, Name }) => {
    const stages = await listStages(clients, ApiId!);
    const open = await Promise.all(stages.map((stage) => openConnections(extension, ApiId!, stage.StageName!)));
    const names = joined(stages.map((stage) => stage.StageName));
    const gone: Uses = names ? [{ en: `Stages of ${Name} that are deleted: ${names}`, es: `Etapas de ${Name} que se eliminan: ${names}` }] : [];
    return severe([...open.flat(), ...gone, ...(await leadingTo(clients, ApiId!))]);
  });

export const stageImpact = (clients: Clients, extension: Extension, apiId: string) => (stages: Stage[]) =>
  ofEach(stages, async ({ StageName, DeploymentId }) => {
    const served: Uses = DeploymentId ? [{ en: `Nobody can connect to stage ${StageName} any more.`, es: `Nadie podrá conectarse ya a la etapa ${StageName}.` }] : [];
    return severe([...(await openConnections(extension, apiId, StageName!)), ...served, ...(await leadingTo(clients, apiId, StageName))]);
  });

export const deploymentImpact = (clients: Clients, apiId: string) => (deployments: Deployment[]) =>
  ofEach(deployments, async ({ DeploymentId }) => {
    const serving = (await listStages(clients, apiId)).filter((stage) => stage.DeploymentId === DeploymentId);
    return plain(serving.map(({ StageName }) => ({ en: `Stage ${StageName} serves it.`, es: `La etapa ${StageName} lo sirve.` })));
  });

async function routesWith(clients: Clients, apiId: string, uses: (route: Awaited<ReturnType<typeof listRoutes>>[number]) => boolean): Promise<Impact> {
  const keys = (await listRoutes(clients, apiId)).filter(uses).map((route) => route.RouteKey);
  return plain(keys.length ? [{ en: `Routes: ${joined(keys)}`, es: `Rutas: ${joined(keys)}` }] : []);
}

export const integrationImpact = (clients: Clients, apiId: string) => (items: Integration[]) =>
  ofEach(items, ({ IntegrationId }) => routesWith(clients, apiId, (route) => route.Target === `integrations/${IntegrationId}`));

export const authorizerImpact = (clients: Clients, apiId: string) => (items: Authorizer[]) =>
  ofEach(items, ({ AuthorizerId }) => routesWith(clients, apiId, (route) => route.AuthorizerId === AuthorizerId));

export const modelImpact = (clients: Clients, apiId: string) => (items: Model[]) =>
  ofEach(items, ({ Name }) => routesWith(clients, apiId, (route) => Object.values(route.RequestModels ?? {}).includes(Name!)));

export const domainImpact = (clients: Clients) => (domains: DomainName[]) =>
  ofEach(domains, async ({ DomainName }) => {
    const { Items = [] } = await clients.gateway.send(new GetApiMappingsCommand({ DomainName }));
    const names = Items.length > 0 ? await apiNames(clients) : new Map<string, string>();
    return severe(
      Items.map(({ ApiMappingKey = '', Stage, ApiId }) => {
        const api = names.get(ApiId!) ?? ApiId;
        return { en: `Path /${ApiMappingKey} leads to stage ${Stage} of ${api}.`, es: `La URL /${ApiMappingKey} lleva a la etapa ${Stage} de ${api}.` };
      }),
    );
  });

/** Integrations and authorizers of all APIs that something is true of. */
async function inAllApis(clients: Clients, integrationUses: (one: Integration) => boolean, authorizerUses: (one: Authorizer) => boolean = () => false): Promise<Impact> {
  const uses = [...(await apiNames(clients))].map(async ([apiId, name]): Promise<Uses> => {
    const called = (await listIntegrations(clients, apiId)).filter(integrationUses).map(integrationName);
    const asked = (await listAuthorizers(clients, apiId)).filter(authorizerUses).map((one) => one.Name);
    const names = [...called, ...asked];
    return names.length ? [{ en: `API ${name}: ${joined(names)}`, es: `API ${name}: ${joined(names)}` }] : [];
  });
  return severe((await Promise.all(uses)).flat());
}

/** What calls with a role. */
export const roleUses = (clients: Clients, arn: string) => inAllApis(clients, (one) => one.CredentialsArn === arn, (one) => one.AuthorizerCredentialsArn === arn);

export const roleImpact = (clients: Clients) => (roles: Role[]) =>
  ofEach(roles, ({ Arn, RoleName }) =>
    together([
      roleUses(clients, Arn!),
      policies(listRolePolicies(clients, RoleName!), listInlineRolePolicyNames(clients, RoleName!)),
    ]),
  );

/** Policies that are detached, and inline policies that are deleted. */
async function policies(attached: Promise<{ PolicyName?: string }[]>, inline: Promise<string[]>): Promise<Impact> {
  const detached = (await attached).map((one) => one.PolicyName);
  const deleted = await inline;
  const uses: Uses = [];
  if (detached.length) uses.push({ en: `Policies that are detached: ${joined(detached)}`, es: `Políticas que se desasocian: ${joined(detached)}` });
  if (deleted.length) uses.push({ en: `Inline policies that are deleted: ${joined(deleted)}`, es: `Políticas insertadas que se eliminan: ${joined(deleted)}` });
  return plain(uses);
}

export const groupImpact = (clients: Clients) => (groups: Group[]) =>
  ofEach(groups, async ({ GroupName }) => {
    const members = (await listMembers(clients, GroupName!)).map((user) => user.UserName);
    const uses: Uses = members.length ? [{ en: `Members: ${joined(members)}`, es: `Miembros: ${joined(members)}` }] : [];
    return together([Promise.resolve(severe(uses)), policies(listGroupPolicies(clients, GroupName!), listInlineGroupPolicyNames(clients, GroupName!))]);
  });

/** An integration and an authorizer name a function by its ARN within a longer one. */
export const functionImpact = (clients: Clients) => (functions: { FunctionArn: string }[]) =>
  ofEach(functions, ({ FunctionArn }) => {
    const calls = (uri: string | undefined) => new RegExp(`${FunctionArn}[:/]`).test(`${uri ?? ''}/`);
    return inAllApis(clients, (one) => calls(one.IntegrationUri), (one) => calls(one.AuthorizerUri));
  });

export const vpcLinkImpact = (clients: Clients) => (links: VpcLink[]) => ofEach(links, ({ VpcLinkId }) => inAllApis(clients, (one) => one.ConnectionId === VpcLinkId));

export const policyImpact = ({ iam }: Clients) => (policies: Policy[]) =>
  ofEach(policies, async ({ Arn }) => {
    const { PolicyRoles = [], PolicyUsers = [], PolicyGroups = [] } = await iam.send(new ListEntitiesForPolicyCommand({ PolicyArn: Arn }));
    const names = [...PolicyRoles.map((one) => one.RoleName), ...PolicyUsers.map((one) => one.UserName), ...PolicyGroups.map((one) => one.GroupName)];
    return plain(names.length ? [{ en: `Attached to: ${joined(names)}`, es: `Asociada a: ${joined(names)}` }] : []);
  });

export const accessKeyImpact = ({ iam }: Clients) => (keys: AccessKeyMetadata[]) =>
  ofEach(keys, async ({ AccessKeyId }) => {
    const at = (await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId }))).AccessKeyLastUsed?.LastUsedDate;
    return severe(at ? [{ en: `${AccessKeyId} was last used ${whenText('en', at)}.`, es: `${AccessKeyId} se usó por última vez el ${whenText('es', at)}.` }] : []);
  });

export const userImpact = (clients: Clients) => (users: User[]) =>
  ofEach(users, async ({ UserName }) => {
    const keys = (await listAccessKeys(clients, UserName!)).filter((key) => key.Status === 'Active').map((key) => key.AccessKeyId);
    const groups = (await listGroupsOf(clients, UserName!)).map((group) => group.GroupName);
    const uses: Uses = [];
    if (keys.length) uses.push({ en: `Active access keys: ${joined(keys)}`, es: `Claves de acceso activas: ${joined(keys)}` });
    if (groups.length) uses.push({ en: `Groups: ${joined(groups)}`, es: `Grupos: ${joined(groups)}` });
    return together([Promise.resolve({ uses, severe: keys.length > 0 }), policies(listUserPolicies(clients, UserName!), listInlineUserPolicyNames(clients, UserName!))]);
  });

export const apiKeyImpact = ({ keys }: Clients) => (items: ApiKey[]) =>
  ofEach(items, async ({ id }) => {
    const names = ((await keys.send(new GetUsagePlansCommand({ keyId: id, limit: 500 }))).items ?? []).map((plan) => plan.name);
    return plain(names.length ? [{ en: `Usage plans: ${joined(names)}`, es: `Planes de uso: ${joined(names)}` }] : []);
  });

export const planImpact = ({ keys }: Clients) => (plans: UsagePlan[]) =>
  ofEach(plans, async ({ id, apiStages = [] }) => {
    const names = ((await keys.send(new GetUsagePlanKeysCommand({ usagePlanId: id, limit: 500 }))).items ?? []).map((key) => key.name);
    if (names.length === 0) return plain([]);
    const uses = [{ en: `API keys: ${joined(names)}`, es: `Claves de API: ${joined(names)}` }];
    return apiStages.length ? severe(uses) : plain(uses);
  });

export const certificateImpact = (clients: Clients) => (items: ClientCertificate[]) =>
  ofEach(items, async ({ clientCertificateId }) => {
    const uses = [...(await apiNames(clients))].map(async ([apiId, name]): Promise<Uses> => {
      const names = (await listStages(clients, apiId)).filter((stage) => stage.ClientCertificateId === clientCertificateId).map((stage) => stage.StageName);
      return names.length ? [{ en: `API ${name}, stages: ${joined(names)}`, es: `API ${name}, etapas: ${joined(names)}` }] : [];
    });
    return severe((await Promise.all(uses)).flat());
  });
