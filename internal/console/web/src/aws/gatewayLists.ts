// The lists of one API, whole: every page of AWS's paged answers.

import {
  GetApisCommand,
  GetAuthorizersCommand,
  GetDeploymentsCommand,
  GetIntegrationResponsesCommand,
  GetIntegrationsCommand,
  GetModelsCommand,
  GetRouteResponsesCommand,
  GetRoutesCommand,
  GetStagesCommand,
  GetVpcLinksCommand,
} from '@aws-sdk/client-apigatewayv2';
import { GetClientCertificatesCommand } from '@aws-sdk/client-api-gateway';
import type { Clients } from './clients';
import { allPages } from './allPages';

type Answer<T> = Promise<{ Items?: T[]; NextToken?: string }>;

function every<T>(page: (NextToken?: string) => Answer<T>): Promise<T[]> {
  return allPages(async (token) => {
    const answer = await page(token);
    return { items: answer.Items, next: answer.NextToken };
  });
}

export const listApis = ({ gateway }: Clients) => every((NextToken) => gateway.send(new GetApisCommand({ NextToken })));
export const listRoutes = ({ gateway }: Clients, ApiId: string) => every((NextToken) => gateway.send(new GetRoutesCommand({ ApiId, NextToken })));
export const listIntegrations = ({ gateway }: Clients, ApiId: string) => every((NextToken) => gateway.send(new GetIntegrationsCommand({ ApiId, NextToken })));
export const listVpcLinks = ({ gateway }: Clients) => every((NextToken) => gateway.send(new GetVpcLinksCommand({ NextToken })));
export const listModels = ({ gateway }: Clients, ApiId: string) => every((NextToken) => gateway.send(new GetModelsCommand({ ApiId, NextToken })));
export const listAuthorizers = ({ gateway }: Clients, ApiId: string) => every((NextToken) => gateway.send(new GetAuthorizersCommand({ ApiId, NextToken })));
export const listStages = ({ gateway }: Clients, ApiId: string) => every((NextToken) => gateway.send(new GetStagesCommand({ ApiId, NextToken })));
export const listDeployments = ({ gateway }: Clients, ApiId: string) => every((NextToken) => gateway.send(new GetDeploymentsCommand({ ApiId, NextToken })));
export const listIntegrationResponses = ({ gateway }: Clients, ApiId: string, IntegrationId: string) =>
  every((NextToken) => gateway.send(new GetIntegrationResponsesCommand({ ApiId, IntegrationId, NextToken })));
export const listRouteResponses = ({ gateway }: Clients, ApiId: string, RouteId: string) =>
  every((NextToken) => gateway.send(new GetRouteResponsesCommand({ ApiId, RouteId, NextToken })));

export function listClientCertificates({ keys }: Clients) {
  return allPages(async (position) => {
    const answer = await keys.send(new GetClientCertificatesCommand({ position, limit: 500 }));
    return { items: answer.items, next: answer.position };
  });
}
