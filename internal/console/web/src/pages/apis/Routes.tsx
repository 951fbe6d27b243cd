import { CreateRouteCommand, CreateRouteResponseCommand, DeleteRouteCommand, DeleteRouteRequestParameterCommand, UpdateRouteCommand, type CreateRouteRequest, type CreateRouteResponseRequest, type Route } from '@aws-sdk/client-apigatewayv2';
import { gatewayPermits } from '../../aws/permissions';
import type { Clients } from '../../aws/clients';
import { Copyable } from '../../elements/Copyable';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { same, type Field, type Value } from '../../form/field';
import { useConsole } from '../../hooks/console';
import { href } from '../../hooks/router';
import { listAuthorizers, listIntegrations, listRouteResponses, listRoutes } from '../../aws/gatewayLists';
import { NewIntegration } from './NewIntegration';
import { routeImpact } from '../../names/impact';
import { Named } from '../../names/Named';
import { integrationName } from '../../names/texts';
import { Status, YesNo } from '../../names/Status';
import { useWords, type Words } from '../../words/language';

const isConnect = (value: Record<string, unknown>) => value.RouteKey === '$connect';

export function routeFields(clients: Clients, apiId: string): Field[] {
  return [
    {
      name: 'RouteKey',
      kind: 'select',
      free: true,
      required: true,
      label: { en: 'Route key', es: 'Clave de ruta' },
      hint: {
        en: '$connect runs when a client connects, $disconnect after it has left, and $default for messages without a route of their own.',
        es: '$connect se ejecuta cuando se conecta un cliente, $disconnect cuando se ha ido y $default con los mensajes sin ruta propia.',
      },
      options: [{ value: '$connect' }, { value: '$disconnect' }, { value: '$default' }],
    },
    {
      name: 'Target',
      kind: 'select',
      label: { en: 'Integration', es: 'Integración' },
      hint: { en: 'The backend that gets the event. A route without an integration refuses messages.', es: 'El backend que recibe el evento. Una ruta sin integración rechaza los mensajes.' },
      options: async () =>
        (await listIntegrations(clients, apiId)).map((integration) => ({
          value: `integrations/${integration.IntegrationId}`,
          label: same(integrationName(integration)),
          description: same(integration.IntegrationId!),
        })),
      shortcut: (choose, value) => <NewIntegration apiId={apiId} routeKey={value.RouteKey as string | undefined} choose={choose} />,
    },
    {
      name: 'AuthorizationType',
      kind: 'select',
      required: true,
      when: isConnect,
      label: { en: 'Authorization', es: 'Autorización' },
      options: [
        { value: 'NONE', label: { en: 'None', es: 'Ninguna' } },
        { value: 'AWS_IAM', label: { en: 'AWS IAM (signed handshake)', es: 'AWS IAM (conexión firmada)' } },
        { value: 'CUSTOM', label: { en: 'Authorizer', es: 'Autorizador' } },
      ],
    },
    {
      name: 'AuthorizerId',
      kind: 'select',
      required: true,
      when: (value) => isConnect(value) && value.AuthorizationType === 'CUSTOM',
      label: { en: 'Authorizer', es: 'Autorizador' },
      options: async () => (await listAuthorizers(clients, apiId)).map((authorizer) => ({ value: authorizer.AuthorizerId!, label: same(authorizer.Name!) })),
    },
    { name: 'ApiKeyRequired', kind: 'toggle', when: isConnect, label: { en: 'API key required', es: 'Exigir clave de API' } },
    {
      name: 'RequestParameters',
      kind: 'required-map',
      when: isConnect,
      placeholder: 'route.request.querystring.reportType',
      label: { en: 'Request parameters', es: 'Parámetros de la petición' },
      hint: { en: 'If a required parameter is missing, the connection is refused with 400.', es: 'Si falta un parámetro obligatorio, la conexión se rechaza con 400.' },
    },
    {
      name: 'ModelSelectionExpression',
      kind: 'text',
      when: (value) => !isConnect(value),
      placeholder: '$request.body.action',
      label: { en: 'Model selection expression', es: 'Expresión de selección de modelo' },
      hint: { en: 'Chooses by the message which of the models below it must match.', es: 'Elige, según el mensaje, cuál de los modelos de abajo debe cumplir.' },
    },
    {
      name: 'RequestModels',
      kind: 'map',
      when: (value) => !!value.ModelSelectionExpression,
      label: { en: 'Request models', es: 'Modelos de la petición' },
      hint: { en: 'Pairs of a key and a model name; $default is used when no key matches.', es: 'Pares de clave y nombre de modelo; $default se usa cuando no coincide ninguna clave.' },
    },
    { name: 'OperationName', kind: 'text', label: { en: 'Operation name', es: 'Nombre de la operación' }, hint: { en: 'For your own use: it is kept and shown.', es: 'Para tu uso: se guarda y se muestra.' } },
  ];
}

/** Changes a route. A required parameter goes by a call of its own: an update only adds them. */
export async function updateRoute({ gateway }: Clients, ApiId: string, route: Route, input: Value): Promise<void> {
  const ids = { ApiId, RouteId: route.RouteId! };
  const wanted = input.RequestParameters as object | undefined;
  const gone = wanted ? Object.keys(route.RequestParameters ?? {}).filter((key) => !(key in wanted)) : [];
  await gateway.send(new UpdateRouteCommand({ ...input, ...ids }));
  for (const RequestParameterKey of gone) await gateway.send(new DeleteRouteRequestParameterCommand({ ...ids, RequestParameterKey }));
}

/** Makes a route that was removed again, with its responses; its id is another one. */
async function routeAgain(clients: Clients, ApiId: string, { RouteId, ApiGatewayManaged: _, ...members }: Route) {
  const responses = await listRouteResponses(clients, ApiId, RouteId!);
  return async () => {
    const made = await clients.gateway.send(new CreateRouteCommand({ ...members, ApiId } as CreateRouteRequest));
    for (const { RouteResponseId: _, ...response } of responses) await clients.gateway.send(new CreateRouteResponseCommand({ ...response, ApiId, RouteId: made.RouteId } as CreateRouteResponseRequest));
  };
}

const withKey: Words<string> = { en: 'API key', es: 'Clave de API' };

/** Who may connect by a route: by an authorizer, with an API key, or with both. */
function RouteAuthorization({ of: route }: { of: Route }) {
  const key = useWords(withKey);
  const type = route.AuthorizationType ?? 'NONE';
  if (!route.ApiKeyRequired) return <Status of={type} />;
  return type === 'NONE' ? <>{key}</> : <><Status of={type} /> · {key}</>;
}

// Its route response's selection expression says so; $default is the only one there is.
const answersClient = (route: Route) => !!route.RouteResponseSelectionExpression;

export function Routes({ apiId }: { apiId: string }) {
  const { clients, extension, facts } = useConsole();
  const resource: Resource<Route> = {
    title: { en: 'Routes', es: 'Rutas' },
    make: { en: 'Create route', es: 'Crear ruta' },
    editing: { en: 'Edit route', es: 'Editar ruta' },
    about: {
      en: 'Each route handles one kind of event. Changes reach clients when you deploy; a stage with automatic deployment does it itself.',
      es: 'Cada ruta atiende una clase de evento. Los cambios llegan a los clientes al desplegar; una etapa con despliegue automático lo hace sola.',
    },
    empty: {
      en: 'There is no route yet. Start with $connect: it runs when a client connects.',
      es: 'Todavía no hay rutas. Empieza por $connect: se ejecuta cuando un cliente se conecta.',
    },
    columns: [
      { id: 'key', minWidth: 130, header: { en: 'Route key', es: 'Clave de ruta' }, cell: (route) => route.RouteKey, sort: 'RouteKey' },
      {
        id: 'target',
        minWidth: 170,
        header: { en: 'Integration', es: 'Integración' },
        cell: (route) => <Named kind="integration" id={route.Target?.split('/')[1]} api={apiId} />,
      },
      { id: 'auth', header: { en: 'Authorization', es: 'Autorización' }, cell: (route) => <RouteAuthorization of={route} /> },
      { id: 'answers', header: { en: 'Two-way', es: 'Bidireccional' }, cell: (route) => <YesNo of={answersClient(route)} /> },
      { id: 'id', minWidth: 120, header: same('ID'), cell: (route) => <Copyable text={route.RouteId} /> },
    ],
    fields: routeFields(clients, apiId),
    keys: [clients, apiId],
    permits: gatewayPermits(facts.region, `apis/${apiId}/routes`, (route) => route.RouteId!),
    id: (route) => route.RouteId!,
    name: (route) => route.RouteKey!,
    open: (route) => href('apis', apiId, 'routes', route.RouteId!),
    list: () => listRoutes(clients, apiId),
    initial: { AuthorizationType: 'NONE' },
    create: (input) => clients.gateway.send(new CreateRouteCommand({ ...input, ApiId: apiId } as CreateRouteRequest)),
    update: (route, input) => updateRoute(clients, apiId, route, input),
    remove: (route) => clients.gateway.send(new DeleteRouteCommand({ ApiId: apiId, RouteId: route.RouteId })),
    impact: routeImpact(clients, extension, apiId),
    undo: (route) => routeAgain(clients, apiId, route),
    removeWarning: { en: 'Once this is deployed, its messages go to $default or are refused; without $connect every client is accepted.', es: 'En cuanto se despliegue, sus mensajes irán a $default o se rechazarán; sin $connect se acepta a todo cliente.' },
    call: { service: 'apigatewayv2', operation: 'CreateRoute', fixed: { ApiId: apiId }, type: 'AWS::ApiGatewayV2::Route', change: (route, input) => ({ operation: 'UpdateRoute', input: { ApiId: apiId, RouteId: route.RouteId, ...input } }) },
  };
  return <Collection resource={resource} />;
}
