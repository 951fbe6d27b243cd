import { CreateIntegrationCommand, DeleteIntegrationCommand, UpdateIntegrationCommand, type CreateIntegrationRequest, type Integration, type Route } from '@aws-sdk/client-apigatewayv2';
import Link from '@cloudscape-design/components/link';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { gatewayPermits } from '../../aws/permissions';
import type { Clients } from '../../aws/clients';
import { Copyable } from '../../elements/Copyable';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { same, type Field, type Option, type Value } from '../../form/field';
import { useConsole } from '../../hooks/console';
import { href } from '../../hooks/router';
import { useLanguage, useWords, type Words } from '../../words/language';
import { TemplateTrial } from '../template/TemplatePreview';
import { useTemplateCheck } from '../template/check';
import { gatewayRoleOptions } from '../iam/options';
import { NewInvokeRole } from '../iam/NewInvokeRole';
import { listIntegrationResponses, listIntegrations, listRoutes, listVpcLinks } from '../../aws/gatewayLists';
import { useLoaded } from '../../hooks/loading';
import { integrationImpact } from '../../names/impact';
import { RoleLink } from '../../names/RoleLink';
import { integrationName } from '../../names/texts';

const hasTemplates = (value: Value) => value.IntegrationType === 'HTTP' || value.IntegrationType === 'AWS' || value.IntegrationType === 'MOCK';
const hasBackend = (value: Value) => value.IntegrationType !== 'MOCK';

/** AWS's timeout where none is given, in milliseconds. */
const TIMEOUT = 29_000;

/** What a template begins with: valid for events of every route. */
const FIRST_TEMPLATE = `{
  "connectionId": "$context.connectionId",
  "routeKey": "$context.routeKey"
}`;

/** What a new integration begins as: the guide's kind. */
export const firstIntegration: Value = { IntegrationType: 'HTTP', IntegrationMethod: 'POST', PassthroughBehavior: 'WHEN_NO_MATCH', TimeoutInMillis: TIMEOUT };

/** What becomes of a body on its way, by AWS's words. */
export const contentHandling: Option[] = [
  { value: 'CONVERT_TO_TEXT', label: { en: 'Convert to text', es: 'Convertir en texto' }, description: same('CONVERT_TO_TEXT') },
  { value: 'CONVERT_TO_BINARY', label: { en: 'Convert to binary', es: 'Convertir en binario' }, description: same('CONVERT_TO_BINARY') },
];

const integrationTypes: Option[] = [
  { value: 'HTTP', label: same('HTTP'), description: { en: 'An HTTP endpoint, with mapping templates', es: 'Un endpoint HTTP, con plantillas de mapeo' } },
  { value: 'HTTP_PROXY', label: { en: 'HTTP proxy', es: 'Proxy HTTP' }, description: { en: 'An HTTP endpoint, everything passes as it is', es: 'Un endpoint HTTP, todo pasa tal cual' } },
  { value: 'AWS_PROXY', label: { en: 'Lambda proxy', es: 'Proxy de Lambda' } },
  { value: 'AWS', label: { en: 'AWS service or Lambda, with templates', es: 'Servicio de AWS o Lambda, con plantillas' } },
  { value: 'MOCK', label: same('Mock'), description: { en: 'Answers without a backend', es: 'Responde sin backend' } },
];

/** A type of integration in words, as the form has it. */
export function IntegrationType({ of: type }: { of: string | undefined }) {
  const { language } = useLanguage();
  return <>{integrationTypes.find((one) => one.value === type)?.label?.[language] ?? type ?? '–'}</>;
}

export function integrationFields(clients: Clients, apiId: string, routeKey?: string): Field[] {
  return [
    {
      name: 'IntegrationType',
      kind: 'select',
      required: true,
      half: true,
      label: { en: 'Integration type', es: 'Tipo de integración' },
      options: integrationTypes,
    },
    { name: 'IntegrationMethod', kind: 'select', required: true, half: true, when: hasBackend, label: { en: 'HTTP method', es: 'Método HTTP' }, options: ['POST', 'GET', 'PUT', 'PATCH', 'DELETE'].map((value) => ({ value })) },
    {
      name: 'IntegrationUri',
      kind: 'text',
      required: true,
      half: true,
      when: hasBackend,
      placeholder: 'http://backend:8080/api/reports/create',
      label: { en: 'Integration target', es: 'Destino de la integración' },
      hint: { en: '${stageVariables.name} is replaced at each call.', es: '${stageVariables.nombre} se sustituye en cada llamada.' },
    },
    {
      name: 'CredentialsArn',
      kind: 'select',
      free: true,
      half: true,
      when: hasBackend,
      placeholder: 'arn:aws:iam::…:role/APIGatewayInvokeHTTPRole',
      label: { en: 'Credentials (IAM role)', es: 'Credenciales (rol de IAM)' },
      hint: {
        en: 'It must trust apigateway.amazonaws.com. Empty: the service-linked role.',
        es: 'Debe confiar en apigateway.amazonaws.com. Vacío: el vinculado al servicio.',
      },
      options: () => gatewayRoleOptions(clients),
      shortcut: (choose) => <NewInvokeRole choose={choose} />,
    },
    {
      name: 'RequestTemplates',
      kind: 'code-map',
      syntax: 'vtl',
      when: hasTemplates,
      firstKey: 'application/json',
      firstText: FIRST_TEMPLATE,
      preview: (text) => text && <TemplateTrial apiId={apiId} routeKey={routeKey} template={text} />,
      keyLabel: { en: 'Content type (template key)', es: 'Tipo de contenido (clave de la plantilla)' },
      label: { en: 'Request templates', es: 'Plantillas de la petición' },
      hint: {
        en: "What can be read: $context.connectionId, $input.params('name') of the URL, $input.json('$.member') of the message, $stageVariables.name.",
        es: "Se puede leer: $context.connectionId, $input.params('nombre') de la URL, $input.json('$.miembro') del mensaje, $stageVariables.nombre.",
      },
    },
    { name: 'Description', kind: 'text', rare: true, label: { en: 'Description', es: 'Descripción' } },
    {
      name: 'RequestParameters',
      kind: 'map',
      merges: true,
      rare: true,
      when: hasBackend,
      placeholder: 'integration.request.header.connectionId',
      label: { en: 'Request parameters', es: 'Parámetros de la petición' },
      hint: { en: "Target and source: context.connectionId, route.request.querystring.x, 'text'.", es: "Destino y origen: context.connectionId, route.request.querystring.x, 'texto'." },
    },
    {
      name: 'ConnectionId',
      kind: 'select',
      rare: true,
      half: true,
      when: (value) => String(value.IntegrationType).startsWith('HTTP'),
      label: { en: 'VPC link', es: 'Enlace de VPC' },
      options: async () => (await listVpcLinks(clients)).map((link) => ({ value: link.VpcLinkId!, label: same(link.Name!), description: same(link.VpcLinkId!) })),
    },
    { name: 'TimeoutInMillis', kind: 'number', rare: true, half: true, defaultValue: TIMEOUT, emptied: TIMEOUT, label: { en: 'Timeout (milliseconds, 50 to 29,000)', es: 'Tiempo límite (milisegundos, de 50 a 29.000)' } },
    { name: 'TemplateSelectionExpression', kind: 'text', rare: true, half: true, when: hasTemplates, placeholder: '\\$default', label: { en: 'Template selection expression', es: 'Expresión de selección de plantilla' } },
    {
      name: 'ContentHandlingStrategy',
      kind: 'select',
      rare: true,
      half: true,
      when: hasTemplates,
      inEffect: { en: 'Pass it through', es: 'Pasarlo tal cual' },
      label: { en: 'Content handling', es: 'Tratamiento del contenido' },
      options: contentHandling,
    },
    {
      name: 'PassthroughBehavior',
      kind: 'select',
      rare: true,
      defaultValue: 'WHEN_NO_MATCH',
      when: hasTemplates,
      label: { en: 'When no template matches', es: 'Si ninguna plantilla encaja' },
      options: [
        { value: 'WHEN_NO_MATCH', label: { en: 'Pass the body through', es: 'Pasar el cuerpo tal cual' } },
        { value: 'WHEN_NO_TEMPLATES', label: { en: 'Pass the body through only if there is no template', es: 'Pasar el cuerpo solo si no hay ninguna plantilla' } },
        { value: 'NEVER', label: { en: 'Refuse (415)', es: 'Rechazar (415)' } },
      ],
    },
  ];
}

/** A VPC link is a member of its own on AWS, and so is that there is one. */
export function withConnection(input: Value): Value {
  if (!('ConnectionId' in input)) return input;
  return { ...input, ConnectionType: input.ConnectionId ? 'VPC_LINK' : 'INTERNET' };
}

/** An integration and the routes that call it; absent for who may not list them. */
type Used = Integration & { routes?: Route[] };

async function listUsed(clients: Clients, apiId: string): Promise<Used[]> {
  const [integrations, routes] = await Promise.all([listIntegrations(clients, apiId), listRoutes(clients, apiId).catch(() => undefined)]);
  return integrations.map((one) => ({ ...one, routes: routes?.filter(({ Target }) => Target === `integrations/${one.IntegrationId}`) }));
}

const unused: Words<string> = { en: 'No route', es: 'Ninguna ruta' };

/** The routes that call an integration, by their keys; one that none calls stands out. */
function UsedBy({ apiId, routes }: { apiId: string; routes: Route[] | undefined }) {
  const none = useWords(unused);
  if (routes?.length === 0) return <StatusIndicator type="warning">{none}</StatusIndicator>;
  return <>{routes?.map(({ RouteId, RouteKey }) => <div key={RouteId}><Link href={href('apis', apiId, 'routes', RouteId!)}>{RouteKey}</Link></div>) ?? '–'}</>;
}

const noResponse: Words<string> = { en: 'None', es: 'Ninguna' };

/** The keys of an integration's responses. One without any stands out where a route calls it: $connect refuses its clients then. */
function ResponseKeys({ apiId, of: integration }: { apiId: string; of: Used }) {
  const none = useWords(noResponse);
  const { clients, changes } = useConsole();
  const proxy = integration.IntegrationType?.endsWith('PROXY');
  const id = integration.IntegrationId!;
  const responses = useLoaded(async () => (proxy ? undefined : listIntegrationResponses(clients, apiId, id)), [clients, apiId, id, proxy, changes]);
  if (!responses.value) return <>–</>;
  const keys = responses.value.map((one) => one.IntegrationResponseKey);
  if (keys.length > 0) return <>{keys.join(', ')}</>;
  return <StatusIndicator type={integration.routes?.length ? 'warning' : 'info'}>{none}</StatusIndicator>;
}

export function Integrations({ apiId }: { apiId: string }) {
  const { clients, facts } = useConsole();
  const check = useTemplateCheck();
  const resource: Resource<Used> = {
    title: { en: 'Integrations', es: 'Integraciones' },
    make: { en: 'Create integration', es: 'Crear integración' },
    editing: { en: 'Edit integration', es: 'Editar integración' },
    about: { en: 'The backends that routes call.', es: 'Los backends a los que llaman las rutas.' },
    empty: { en: 'There is no integration yet. Create one, then attach it to a route.', es: 'Todavía no hay integraciones. Crea una y asígnala a una ruta.' },
    columns: [
      { id: 'target', minWidth: 220, header: { en: 'Integration', es: 'Integración' }, cell: integrationName, sort: 'IntegrationUri' },
      { id: 'routes', header: { en: 'Used by routes', es: 'Rutas que la usan' }, cell: ({ routes }) => <UsedBy apiId={apiId} routes={routes} /> },
      { id: 'responses', header: { en: 'Responses', es: 'Respuestas' }, cell: (integration) => <ResponseKeys apiId={apiId} of={integration} /> },
      { id: 'type', header: { en: 'Type', es: 'Tipo' }, cell: (integration) => <IntegrationType of={integration.IntegrationType} />, sort: 'IntegrationType' },
      { id: 'role', header: { en: 'Role', es: 'Rol' }, cell: (integration) => <RoleLink arn={integration.CredentialsArn} /> },
      { id: 'id', minWidth: 120, header: same('ID'), cell: (integration) => <Copyable text={integration.IntegrationId} /> },
    ],
    fields: integrationFields(clients, apiId),
    check,
    keys: [clients, apiId],
    permits: gatewayPermits(facts.region, `apis/${apiId}/integrations`, (integration) => integration.IntegrationId!),
    id: (integration) => integration.IntegrationId!,
    name: integrationName,
    open: (integration) => href('apis', apiId, 'integrations', integration.IntegrationId!),
    list: () => listUsed(clients, apiId),
    initial: firstIntegration,
    madeName: async (input) => integrationName(input as Integration),
    create: (input) => clients.gateway.send(new CreateIntegrationCommand({ ...withConnection(input), ApiId: apiId } as CreateIntegrationRequest)),
    update: (integration, input) =>
      clients.gateway.send(new UpdateIntegrationCommand({ IntegrationType: integration.IntegrationType, ...withConnection(input), ApiId: apiId, IntegrationId: integration.IntegrationId })),
    remove: (integration) => clients.gateway.send(new DeleteIntegrationCommand({ ApiId: apiId, IntegrationId: integration.IntegrationId })),
    impact: integrationImpact(clients, apiId),
    removeWarning: { en: 'Give the routes that use it another integration first.', es: 'Da antes otra integración a las rutas que la usan.' },
    call: { service: 'apigatewayv2', operation: 'CreateIntegration', fixed: { ApiId: apiId }, type: 'AWS::ApiGatewayV2::Integration', shape: withConnection, change: (integration, input) => ({ operation: 'UpdateIntegration', input: { ApiId: apiId, IntegrationId: integration.IntegrationId, ...withConnection(input) } }) },
  };
  return <Collection resource={resource} />;
}
