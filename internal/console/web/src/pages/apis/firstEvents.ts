import { GetApiCommand, GetIntegrationCommand, type Integration, type Route } from '@aws-sdk/client-apigatewayv2';
import type { Clients } from '../../aws/clients';
import { listRoutes } from '../../aws/gatewayLists';

/** What the test client proposes to send: a query string and a message that this API can use. */
export interface FirstEvents {
  query: string;
  message: string;
  /** Whether a route takes messages; otherwise every one is answered Forbidden. */
  routed: boolean;
}

export async function firstEvents(clients: Clients, ApiId: string): Promise<FirstEvents> {
  const { gateway } = clients;
  const [api, routes] = await Promise.all([gateway.send(new GetApiCommand({ ApiId })), listRoutes(clients, ApiId)]);
  const connect = routes.find((route) => route.RouteKey === '$connect');
  const id = connect?.Target?.split('/')[1];
  const integration = id ? await gateway.send(new GetIntegrationCommand({ ApiId, IntegrationId: id })) : undefined;
  return { query: queryFor(connect, integration), message: messageFor(api.RouteSelectionExpression, routes), routed: routes.some(takesMessages) };
}

/** The parameters that $connect requires, or that a template of its integration reads; the guide's has a value. */
export function queryFor(connect: Route | undefined, integration: Integration | undefined): string {
  const required = Object.keys(connect?.RequestParameters ?? {}).flatMap((key) => /^route\.request\.querystring\.(.+)$/.exec(key)?.[1] ?? []);
  const read = [...Object.values(integration?.RequestTemplates ?? {}).join().matchAll(/\$input\.params\(\s*['"]([\w-]+)['"]\s*\)/g)].map((match) => match[1]!);
  return [...new Set([...required, ...read])].map((name) => `${name}=${name === 'reportType' ? 'ventas' : ''}`).join('&');
}

/** Says whether the route is for messages: all but these two are. */
export const takesMessages = ({ RouteKey }: Route) => RouteKey !== '$connect' && RouteKey !== '$disconnect';

/** A message that selects the first route of its own, where the expression names one member of a message. */
export function messageFor(expression: string | undefined, routes: Route[]): string {
  const member = /^\$\{?request\.body\.(\w+)\}?$/.exec(expression ?? '')?.[1] ?? 'action';
  const key = routes.map((route) => route.RouteKey!).sort().find((one) => !one.startsWith('$')) ?? 'hello';
  return JSON.stringify({ [member]: key });
}
