// Every page of the console, one row each: its address, its title, where the
// navigation shows it, and its component. Address, breadcrumbs, the document's title
// and the navigation are made from these rows, in their order.

import type { GetApiResponse } from '@aws-sdk/client-apigatewayv2';
import Spinner from '@cloudscape-design/components/spinner';
import { lazy, Suspense, type ReactNode } from 'react';
import type { Kind } from '../names/Named';
import { commonWords } from '../words/common';
import type { Words } from '../words/language';
import { Apis } from './apis/Apis';
import { IntegrationPage } from './apis/IntegrationPage';
import { Integrations } from './apis/Integrations';
import { RoutePage } from './apis/RoutePage';
import { Routes } from './apis/Routes';
import { Stages } from './apis/Stages';
import { ExplainPage } from './live/ExplainPage';
import { Live } from './live/Live';
import { LiveOverview } from './live/LiveOverview';

// With AWS's client of CloudFormation, which no other page needs: they are loaded when they are visited.
const StackPages = lazy(() => import('./stacks/StackPages'));

// As few visit them, or none at first.
const Roles = lazy(() => import('./iam/Roles'));
const RolePage = lazy(() => import('./iam/RolePage'));
const Policies = lazy(() => import('./iam/Policies'));
const PolicyPage = lazy(() => import('./iam/PolicyPage'));
const Users = lazy(() => import('./iam/Users'));
const UserPage = lazy(() => import('./iam/UserPage'));
const Groups = lazy(() => import('./iam/Groups'));
const GroupPage = lazy(() => import('./iam/GroupPage'));
const ApiSettings = lazy(() => import('./apis/ApiSettings'));
const StagePage = lazy(() => import('./apis/StagePage'));
const Deployments = lazy(() => import('./apis/Deployments'));
const Nodes = lazy(() => import('./live/Nodes'));
const ApiKeys = lazy(() => import('./keys/ApiKeys'));
const Settings = lazy(() => import('./settings/Settings'));
const Domains = lazy(() => import('./domains/Domains'));
const DomainPage = lazy(() => import('./domains/Domains').then(({ DomainPage }) => ({ default: DomainPage })));
const Authorizers = lazy(() => import('./apis/Authorizers'));
const Models = lazy(() => import('./apis/Models'));
const TestClient = lazy(() => import('./apis/TestClient'));
const Backup = lazy(() => import('./backup/Backup'));
const VpcLinks = lazy(() => import('./vpclinks/VpcLinks'));
const ClientCertificates = lazy(() => import('./keys/ClientCertificates'));
const Simulator = lazy(() => import('./iam/Simulator'));
const UsagePlans = lazy(() => import('./keys/UsagePlans'));
const UsagePlanPage = lazy(() => import('./keys/UsagePlans').then(({ UsagePlanPage }) => ({ default: UsagePlanPage })));
const AllLogs = lazy(() => import('./live/AllLogs'));
const DeadLetters = lazy(() => import('./live/DeadLetters'));
const Wizard = lazy(() => import('./wizard/Wizard'));
const Functions = lazy(() => import('./functions/Functions'));
const FunctionPage = lazy(() => import('./functions/Functions').then(({ FunctionPage }) => ({ default: FunctionPage })));

const loaded = (page: ReactNode) => <Suspense fallback={<Spinner />}>{page}</Suspense>;

/** A group of the navigation; those without a title have none in it either. */
export type Group = 'gateway' | 'iam' | 'server' | 'develop' | 'deploy' | 'observe';

export interface Entry<Props> {
  /** What the address begins with: "iam/roles"; of an API's pages, what follows the API's id. */
  path: string;
  title: Words<string>;
  /** Absent: the navigation has no entry for it; it belongs to the APIs. */
  group?: Group;
  /** The list, or the whole page. */
  page(given: Props): ReactNode;
  /** The page of one item of the list: the next segment of the address. */
  item?(id: string, given: Props): ReactNode;
  /** What the items are, where they are known by another name than the one in the address. */
  kind?: Kind;
}

/** The rest of the address, where a page that is no list takes one: the id to explain, the stage to watch. */
interface Rest {
  rest?: string;
}

interface OfApi extends Rest {
  apiId: string;
  endpoint: string;
  api: GetApiResponse;
  reload(): Promise<void>;
}

/** A title that other parts of the console use too. */
const shared = (name: keyof typeof commonWords.en): Words<string> => ({ en: commonWords.en[name], es: commonWords.es[name] });

/** Pages of the account and of the server. The first one is shown where the address names none. */
export const accountPages: readonly Entry<Rest>[] = [
  { path: 'apis', title: shared('apis'), group: 'gateway', kind: 'api', page: () => <Apis /> },
  { path: 'apikeys', title: { en: 'API keys', es: 'Claves de API' }, group: 'gateway', page: () => loaded(<ApiKeys />) },
  { path: 'usageplans', title: { en: 'Usage plans', es: 'Planes de uso' }, group: 'gateway', kind: 'usageplan', page: () => loaded(<UsagePlans />), item: (id) => loaded(<UsagePlanPage planId={id} />) },
  { path: 'domains', title: { en: 'Custom domain names', es: 'Dominios propios' }, group: 'gateway', page: () => loaded(<Domains />), item: (id) => loaded(<DomainPage domain={id} />) },
  { path: 'certificates', title: shared('certificates'), group: 'gateway', page: () => loaded(<ClientCertificates />) },
  { path: 'vpclinks', title: { en: 'VPC links', es: 'Enlaces de VPC' }, group: 'gateway', page: () => loaded(<VpcLinks />) },
  { path: 'stacks', title: { en: 'Stacks', es: 'Pilas' }, group: 'gateway', page: () => loaded(<StackPages />), item: (id) => loaded(<StackPages key={id} name={id} />) },
  { path: 'functions', title: { en: 'Functions', es: 'Funciones' }, group: 'gateway', page: () => loaded(<Functions />), item: (id) => loaded(<FunctionPage key={id} name={id} />) },
  { path: 'iam/roles', title: { en: 'Roles', es: 'Roles' }, group: 'iam', page: () => loaded(<Roles />), item: (id) => loaded(<RolePage name={id} />) },
  { path: 'iam/policies', title: { en: 'Policies', es: 'Políticas' }, group: 'iam', page: () => loaded(<Policies />), item: (id) => loaded(<PolicyPage key={id} arn={id} />) },
  { path: 'iam/users', title: { en: 'Users', es: 'Usuarios' }, group: 'iam', page: () => loaded(<Users />), item: (id) => loaded(<UserPage name={id} />) },
  { path: 'iam/groups', title: { en: 'Groups', es: 'Grupos' }, group: 'iam', page: () => loaded(<Groups />), item: (id) => loaded(<GroupPage name={id} />) },
  { path: 'iam/simulator', title: { en: 'Policy simulator', es: 'Simulador de políticas' }, group: 'iam', page: () => loaded(<Simulator />) },
  { path: 'live', title: { en: 'Live', es: 'En vivo' }, group: 'server', page: () => <LiveOverview /> },
  { path: 'logs', title: { en: 'Logs', es: 'Registros' }, group: 'server', page: ({ rest }) => loaded(<AllLogs search={rest} />) },
  { path: 'nodes', title: { en: 'Nodes', es: 'Nodos' }, group: 'server', page: () => loaded(<Nodes />) },
  { path: 'explain', title: shared('explain'), group: 'server', page: ({ rest }) => <ExplainPage key={rest} id={rest} /> },
  { path: 'backup', title: shared('backup'), group: 'server', page: () => loaded(<Backup />) },
  { path: 'settings', title: { en: 'Settings', es: 'Ajustes' }, group: 'server', page: () => loaded(<Settings />) },
  { path: 'wizard', title: shared('wizard'), page: () => loaded(<Wizard />) },
];

/** Pages of one API, below its address. The first one is shown where the address names none. */
export const apiPages: readonly Entry<OfApi>[] = [
  { path: 'routes', title: { en: 'Routes', es: 'Rutas' }, group: 'develop', kind: 'route', page: ({ apiId }) => <Routes apiId={apiId} />, item: (id, { apiId }) => <RoutePage apiId={apiId} routeId={id} /> },
  { path: 'integrations', title: { en: 'Integrations', es: 'Integraciones' }, group: 'develop', kind: 'integration', page: ({ apiId }) => <Integrations apiId={apiId} />, item: (id, { apiId }) => <IntegrationPage apiId={apiId} integrationId={id} /> },
  { path: 'authorizers', title: { en: 'Authorizers', es: 'Autorizadores' }, group: 'develop', page: ({ apiId }) => loaded(<Authorizers apiId={apiId} />) },
  { path: 'models', title: { en: 'Models', es: 'Modelos' }, group: 'develop', page: ({ apiId }) => loaded(<Models apiId={apiId} />) },
  { path: 'wizard', title: shared('wizard'), group: 'develop', page: ({ api }) => loaded(<Wizard api={api} />) },
  { path: 'settings', title: shared('apiSettings'), group: 'develop', page: ({ api, reload }) => loaded(<ApiSettings api={api} reload={reload} />) },
  { path: 'stages', title: { en: 'Stages', es: 'Etapas' }, group: 'deploy', page: ({ apiId, endpoint }) => <Stages apiId={apiId} endpoint={endpoint} />, item: (id, { apiId, endpoint }) => loaded(<StagePage apiId={apiId} endpoint={endpoint} name={id} />) },
  { path: 'deployments', title: { en: 'Deployments', es: 'Despliegues' }, group: 'deploy', page: ({ apiId }) => loaded(<Deployments apiId={apiId} />) },
  { path: 'test', title: { en: 'Test client', es: 'Cliente de prueba' }, group: 'observe', page: ({ apiId, endpoint, rest }) => loaded(<TestClient key={rest} apiId={apiId} endpoint={endpoint} chosen={rest} />) },
  { path: 'live', title: { en: 'Live', es: 'En vivo' }, group: 'observe', page: ({ apiId, rest }) => <Live apiId={apiId} stage={rest} /> },
  { path: 'deadletters', title: { en: 'Dead letters', es: 'Llamadas abandonadas' }, group: 'observe', page: ({ apiId, rest }) => loaded(<DeadLetters apiId={apiId} stage={rest} />) },
];
