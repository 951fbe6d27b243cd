// Resources by their names: components show an id by Named, with a link to its page.

import { GetVpcLinkCommand, GetApiCommand, GetAuthorizerCommand, GetDeploymentCommand, GetIntegrationCommand, GetRouteCommand } from '@aws-sdk/client-apigatewayv2';
import { GetApiKeyCommand, GetUsagePlanCommand } from '@aws-sdk/client-api-gateway';
import Link from '@cloudscape-design/components/link';
import type { Clients } from '../aws/clients';
import { useConsole } from '../hooks/console';
import { useLoaded } from '../hooks/loading';
import { href } from '../hooks/router';
import { useLanguage, type Language } from '../words/language';
import { apiNames } from './distinct';
import { deploymentName, integrationName } from './texts';

export type Kind = 'api' | 'route' | 'integration' | 'authorizer' | 'deployment' | 'usageplan' | 'apikey' | 'vpclink';

/** Asks once for what several names are found in. */
type Once = <T>(what: string, ask: () => Promise<T>) => Promise<T>;

type Find = (clients: Clients, id: string, ApiId: string, language: Language, once: Once) => Promise<string | undefined>;

const finders: Record<Kind, Find> = {
  // Who may not list APIs has the name of one without its id.
  api: async (clients, ApiId, _api, _language, once) => {
    const names = await once('apis', () => apiNames(clients).catch(() => undefined));
    return names?.get(ApiId) ?? (await clients.gateway.send(new GetApiCommand({ ApiId }))).Name;
  },
  route: async ({ gateway }, RouteId, ApiId) => (await gateway.send(new GetRouteCommand({ ApiId, RouteId }))).RouteKey,
  integration: async ({ gateway }, IntegrationId, ApiId) => integrationName(await gateway.send(new GetIntegrationCommand({ ApiId, IntegrationId }))),
  authorizer: async ({ gateway }, AuthorizerId, ApiId) => (await gateway.send(new GetAuthorizerCommand({ ApiId, AuthorizerId }))).Name,
  deployment: async ({ gateway }, DeploymentId, ApiId, language) => deploymentName(language, await gateway.send(new GetDeploymentCommand({ ApiId, DeploymentId }))),
  usageplan: async ({ keys }, usagePlanId) => (await keys.send(new GetUsagePlanCommand({ usagePlanId }))).name,
  apikey: async ({ keys }, apiKey) => (await keys.send(new GetApiKeyCommand({ apiKey }))).name,
  vpclink: async ({ gateway }, VpcLinkId) => (await gateway.send(new GetVpcLinkCommand({ VpcLinkId }))).Name,
};

/** Names found so far: many rows of a list may show the same thing. They are forgotten with each change. */
const found = new WeakMap<Clients, { changes: number; answers: Map<string, Promise<unknown>> }>();

/** The name of a thing; its id until the name is known, or where it has none. */
export function useName(kind: Kind | undefined, id: string | undefined, api = ''): string {
  const { clients, changes } = useConsole();
  const { language } = useLanguage();
  const ask = async () => {
    if (!kind || !id) return undefined;
    let known = found.get(clients);
    if (known?.changes !== changes) found.set(clients, (known = { changes, answers: new Map() }));
    const { answers } = known;
    const once: Once = (what, answer) => {
      if (!answers.has(what)) answers.set(what, answer());
      return answers.get(what) as ReturnType<typeof answer>;
    };
    return once([kind, api, id, language].join(' '), () => finders[kind](clients, id, api, language, once));
  };
  const name = useLoaded(ask, [clients, changes, kind, id, api, language]);
  return name.value ?? id ?? '';
}

/** A thing by its name, with a link to its page where it has one. */
export function Named({ kind, id, api }: { kind: Kind; id: string | undefined; api?: string }) {
  const name = useName(kind, id, api);
  if (!id) return <>–</>;
  const place = pageOf(kind, id, api);
  return place ? <Link href={href(...place)}>{name}</Link> : <span title={id}>{name}</span>;
}

function pageOf(kind: Kind, id: string, api = ''): string[] | undefined {
  switch (kind) {
    case 'api':
      return ['apis', id];
    case 'route':
      return ['apis', api, 'routes', id];
    case 'integration':
      return ['apis', api, 'integrations', id];
    case 'deployment':
      return ['apis', api, 'deployments'];
    case 'usageplan':
      return ['usageplans', id];
    default:
      return undefined;
  }
}
