import { CreateApiCommand, DeleteApiCommand, UpdateApiCommand, type Api, type CreateApiRequest } from '@aws-sdk/client-apigatewayv2';
import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { gatewayPermits } from '../../aws/permissions';
import { gatewayArn, gatewayTags } from '../../aws/tagging';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { Copyable } from '../../elements/Copyable';
import { same, type Field, type Option } from '../../form/field';
import { useConsole } from '../../hooks/console';
import { useDenied } from '../../hooks/permissions';
import { listApis } from '../../aws/gatewayLists';
import { go, href } from '../../hooks/router';
import { commonWords } from '../../words/common';
import { useWords } from '../../words/language';
import { Amount, When } from '../../words/When';
import { useActivity, type ApiActivity } from '../live/activity';
import { Failures } from '../live/Failures';
import { apiImpact } from '../../names/impact';

/** Where a client's API key is looked for. */
export const keySources: Option[] = [
  { value: '$request.header.x-api-key', label: { en: 'Header x-api-key', es: 'Cabecera x-api-key' } },
  { value: '$context.authorizer.usageIdentifierKey', label: { en: 'Authorizer', es: 'Autorizador' } },
];

/** Members of an API that its form shows. */
export const apiFields: Field[] = [
  { name: 'Name', kind: 'text', required: true, placeholder: 'ExcelGeneratorAPI', label: { en: 'API name', es: 'Nombre de la API' } },
  {
    name: 'RouteSelectionExpression',
    kind: 'text',
    required: true,
    label: { en: 'Route selection expression', es: 'Expresión de selección de ruta' },
    hint: {
      en: 'Selects the route of each message. $request.body.action reads the "action" member of a JSON message.',
      es: 'Elige la ruta de cada mensaje. $request.body.action lee el miembro "action" de un mensaje JSON.',
    },
  },
  { name: 'Description', kind: 'multiline', label: { en: 'Description', es: 'Descripción' } },
  { name: 'Version', kind: 'text', label: { en: 'Version', es: 'Versión' }, hint: { en: 'For your own use: it is kept and shown.', es: 'Para tu uso: se guarda y se muestra.' } },
  {
    name: 'ApiKeySelectionExpression',
    kind: 'select',
    required: true,
    label: { en: 'API key source', es: 'Origen de la clave de API' },
    hint: { en: 'Where the key of a client is read on routes that require one.', es: 'De dónde se lee la clave del cliente en las rutas que la exigen.' },
    options: keySources,
  },
  {
    name: 'DisableExecuteApiEndpoint',
    kind: 'toggle',
    label: { en: 'Only reachable through a custom domain name', es: 'Solo accesible por un dominio propio' },
  },
  { name: 'Tags', kind: 'map', label: { en: 'Tags', es: 'Etiquetas' }, fixed: true, when: (value) => !value.ApiId },
];

const idle: ApiActivity = { connections: 0, connects: 0, messages: 0, errors: 0 };

/** All APIs with what they do now, and what failed lately. */
export function Apis() {
  const { clients, extension, facts } = useConsole();
  const shell = useWords(commonWords);
  const activity = useActivity();
  const now = (what: keyof ApiActivity) => (api: Api) => {
    if (!activity) return '–';
    const { [what]: count } = activity.get(api.ApiId!) ?? idle;
    const text = <Amount of={count} />;
    return count > 0 && (what === 'errors' || what === 'connections') ? <Link href={href('apis', api.ApiId!, 'live')}>{what === 'errors' ? <StatusIndicator type="error">{text}</StatusIndicator> : text}</Link> : text;
  };
  const denied = useDenied([{ action: 'apigateway:POST', resource: gatewayArn(facts.region, 'apis') }]);
  const resource: Resource<Api> = {
    title: same('APIs'),
    make: { en: 'Create API', es: 'Crear API' },
    editing: { en: 'Edit API', es: 'Editar la API' },
    about: {
      en: 'WebSocket APIs of this server, and what they do now. Figures per minute are of the last whole minute. Errors are connections and messages that failed, each counted once: refused, failed on the way, or answered 4xx or 5xx by the backend.',
      es: 'APIs WebSocket de este servidor y lo que hacen ahora. Las cifras por minuto son del último minuto completo. Los errores son conexiones y mensajes fallidos, contados una sola vez: los rechazados, los que fallaron por el camino y aquellos a los que el backend respondió 4xx o 5xx.',
    },
    empty: {
      en: 'There is no API yet. Create one: its routes, integrations and stages follow.',
      es: 'Todavía no hay ninguna API. Crea una: después vendrán sus rutas, integraciones y etapas.',
    },
    columns: [
      { id: 'name', minWidth: 185, header: { en: 'Name', es: 'Nombre' }, cell: (api) => api.Name, below: (api) => <><Copyable text={api.ApiId} />{api.Description && <div>{api.Description}</div>}</>, sort: 'Name' },
      { id: 'connections', header: { en: 'Open connections', es: 'Conexiones abiertas' }, cell: now('connections') },
      { id: 'connects', header: { en: 'Handshakes per minute', es: 'Intentos de conexión por minuto' }, cell: now('connects') },
      { id: 'messages', header: { en: 'Messages per minute', es: 'Mensajes por minuto' }, cell: now('messages') },
      { id: 'errors', header: { en: 'Errors in the last hour', es: 'Errores en la última hora' }, cell: now('errors') },
      { id: 'created', header: { en: 'Created', es: 'Creada' }, cell: (api) => <When at={api.CreatedDate} />, sort: 'CreatedDate' },
    ],
    fields: apiFields,
    keys: [clients],
    permits: gatewayPermits(facts.region, 'apis', (api) => api.ApiId!),
    id: (api) => api.ApiId!,
    name: (api) => api.Name!,
    open: (api) => href('apis', api.ApiId!, 'routes'),
    list: () => listApis(clients),
    initial: { RouteSelectionExpression: '$request.body.action', ApiKeySelectionExpression: '$request.header.x-api-key' },
    create: async (input) => {
      const api = await clients.gateway.send(new CreateApiCommand({ ProtocolType: 'WEBSOCKET', ...input } as CreateApiRequest));
      go('apis', api.ApiId!, 'routes');
    },
    update: (api, input) => clients.gateway.send(new UpdateApiCommand({ ...input, ApiId: api.ApiId })),
    remove: (api) => clients.gateway.send(new DeleteApiCommand({ ApiId: api.ApiId })),
    impact: apiImpact(clients, extension),
    removeWarning: {
      en: 'Its routes, integrations, stages and deployments go with it, and every open connection is closed.',
      es: 'Con ella se eliminan sus rutas, integraciones, etapas y despliegues, y se cierran todas las conexiones abiertas.',
    },
    call: { service: 'apigatewayv2', operation: 'CreateApi', fixed: { ProtocolType: 'WEBSOCKET' }, type: 'AWS::ApiGatewayV2::Api', change: (api, input) => ({ operation: 'UpdateApi', input: { ApiId: api.ApiId, ...input } }) },
    tagging: (api) => gatewayTags(clients, gatewayArn(facts.region, `apis/${api.ApiId}`)),
    actions: () => <Button disabled={!!denied} disabledReason={denied} onClick={() => go('wizard')}>{shell.wizardFromNothing}</Button>,
  };
  return (
    <SpaceBetween size="l">
      <Collection resource={resource} />
      <Failures />
    </SpaceBetween>
  );
}
