import { CreateIntegrationResponseCommand, DeleteIntegrationResponseCommand, UpdateIntegrationResponseCommand, type CreateIntegrationResponseRequest, type Integration, type IntegrationResponse } from '@aws-sdk/client-apigatewayv2';
import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { gatewayPermits } from '../../aws/permissions';
import type { Clients } from '../../aws/clients';
import { listIntegrationResponses, listRouteResponses, listRoutes } from '../../aws/gatewayLists';
import { Copyable } from '../../elements/Copyable';
import { Collection } from '../../form/Collection';
import { same, type Field } from '../../form/field';
import type { Resource } from '../../form/resource';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { useWords, type Words } from '../../words/language';
import { useTemplateCheck } from '../template/check';
import { contentHandling } from './Integrations';
import { responseKeyFault } from '../../words/responseKey';

/** Fields of a response; byStatus: its key is compared with HTTP statuses, not with a function's error message. */
const responseFields = (byStatus: boolean): Field[] => [
  {
    name: 'IntegrationResponseKey',
    kind: 'select',
    free: true,
    required: true,
    label: { en: 'HTTP status regex (response key)', es: 'Regex del estado HTTP (clave de la respuesta)' },
    hint: { en: '201, /2\\d\\d/ or $default. For Lambda the pattern is matched with the error message.', es: '201, /2\\d\\d/ o $default. Con Lambda el patrón se compara con el mensaje de error.' },
    warning: ({ IntegrationResponseKey: key }) => (byStatus ? responseKeyFault(String(key ?? '')) : undefined),
    options: [{ value: '201' }, { value: '/2\\d\\d/' }, { value: '/4\\d\\d/' }, { value: '/5\\d\\d/' }, { value: '$default' }],
  },
  {
    name: 'ResponseTemplates',
    kind: 'code-map',
    syntax: 'vtl',
    firstKey: 'application/json',
    keyLabel: { en: 'Template key', es: 'Clave de la plantilla' },
    label: { en: 'Response templates', es: 'Plantillas de la respuesta' },
    hint: { en: 'They shape the answer that clients get on two-way routes; $connect needs none.', es: 'Forman la respuesta al cliente en rutas bidireccionales; $connect no necesita ninguna.' },
  },
  { name: 'TemplateSelectionExpression', kind: 'text', label: { en: 'Template selection expression', es: 'Expresión de selección de plantilla' } },
  { name: 'ContentHandlingStrategy', kind: 'select', inEffect: { en: 'Pass it through', es: 'Pasarlo tal cual' }, label: { en: 'Content handling', es: 'Tratamiento del contenido' }, options: contentHandling },
];

/** What clients are told of an answer that no response matches. */
type Told = 'refused' | 'error' | 'nothing' | 'unused';

const consequences: Record<Told, { header: Words<string>; why: Words<string>; empty: Words<string>; removed: Words<string> }> = {
  refused: {
    header: { en: 'A status without a matching response refuses the client', es: 'Un estado sin respuesta configurada rechaza al cliente' },
    why: {
      en: 'Every status that the backend may answer needs a response here, or one response with the key $default. Otherwise $connect refuses the client with 500, as on AWS.',
      es: 'Cada estado que pueda devolver el backend necesita aquí una respuesta, o una con la clave $default. Si no, $connect rechaza al cliente con 500, como en AWS.',
    },
    empty: { en: 'None yet: whatever the backend answers, the client is refused with 500. The guide needs 201.', es: 'Ninguna todavía: responda lo que responda el backend, se rechaza al cliente con 500. La guía necesita 201.' },
    removed: { en: 'Once this is deployed, a status that only this key matches refuses the client with 500.', es: 'En cuanto se despliegue, un estado que solo encaje con esta clave rechazará al cliente con 500.' },
  },
  error: {
    header: { en: 'A status without a matching response is an error for the client', es: 'Un estado sin respuesta configurada es un error para el cliente' },
    why: {
      en: 'Every status that the backend may answer needs a response here, or one response with the key $default. Otherwise the client gets "Internal server error", as on AWS.',
      es: 'Cada estado que pueda devolver el backend necesita aquí una respuesta, o una con la clave $default. Si no, el cliente recibe "Internal server error", como en AWS.',
    },
    empty: { en: 'None yet: whatever the backend answers, the client gets "Internal server error". Create one with the key $default.', es: 'Ninguna todavía: responda lo que responda el backend, el cliente recibe "Internal server error". Crea una con la clave $default.' },
    removed: { en: 'Once this is deployed, the client gets "Internal server error" for a status that only this key matches.', es: 'En cuanto se despliegue, el cliente recibirá "Internal server error" por un estado que solo encaje con esta clave.' },
  },
  nothing: {
    header: { en: 'A status without a matching response counts as failed', es: 'Un estado sin respuesta configurada cuenta como fallido' },
    why: {
      en: 'The backend is called and the client hears nothing, as on AWS; the event is logged and counted as failed. One response with the key $default is enough for every status.',
      es: 'Se llama al backend y el cliente no recibe nada, como en AWS; el evento se registra y cuenta como fallido. Basta una respuesta con la clave $default para todos los estados.',
    },
    empty: { en: 'None yet: the backend is called, the client hears nothing, and every event counts as failed. Create one with the key $default.', es: 'Ninguna todavía: se llama al backend, el cliente no recibe nada y cada evento cuenta como fallido. Crea una con la clave $default.' },
    removed: { en: 'Once this is deployed, events that end with a status that only this key matches count as failed.', es: 'En cuanto se despliegue, los eventos que acaben con un estado que solo encaje con esta clave contarán como fallidos.' },
  },
  unused: {
    header: { en: 'No route uses this integration', es: 'Ninguna ruta usa esta integración' },
    why: {
      en: 'Once one does, every status that the backend may answer needs a response here, or one response with the key $default.',
      es: 'Cuando la use alguna, cada estado que pueda devolver el backend necesitará aquí una respuesta, o una con la clave $default.',
    },
    empty: { en: 'None yet.', es: 'Ninguna todavía.' },
    removed: { en: 'No route uses this integration: nothing changes for clients.', es: 'Ninguna ruta usa esta integración: nada cambia para los clientes.' },
  },
};

/** Asks which of the routes that use the integration tell their clients most: $connect, then two-way routes, which have a route response (aws-dataplane §3.2). */
async function toldBy(clients: Clients, apiId: string, integrationId: string): Promise<Told> {
  const users = (await listRoutes(clients, apiId)).filter((route) => route.Target === `integrations/${integrationId}`);
  if (users.length === 0) return 'unused';
  if (users.some((route) => route.RouteKey === '$connect')) return 'refused';
  for (const route of users.filter(({ RouteKey }) => RouteKey !== '$disconnect')) {
    if ((await listRouteResponses(clients, apiId, route.RouteId!)).some((response) => response.RouteResponseKey === '$default')) return 'error';
  }
  return 'nothing';
}

/** The responses of an integration, and what becomes of an answer that none of them matches. */
export function IntegrationResponses({ apiId, integration }: { apiId: string; integration: Integration }) {
  const { clients, changes, facts } = useConsole();
  const check = useTemplateCheck();
  const ids = { ApiId: apiId, IntegrationId: integration.IntegrationId! };
  const proxy = integration.IntegrationType?.endsWith('PROXY');
  const [covered, setCovered] = useState(false);
  const told = useLoaded(async () => (proxy ? 'unused' : toldBy(clients, apiId, ids.IntegrationId)), [clients, apiId, ids.IntegrationId, proxy, changes]);
  const consequence = consequences[told.value ?? 'unused'];
  const header = useWords(consequence.header);
  const why = useWords(consequence.why);
  if (proxy) return null;
  const resource: Resource<IntegrationResponse> = {
    title: { en: 'Integration responses', es: 'Respuestas de la integración' },
    make: { en: 'Create response', es: 'Crear respuesta' },
    editing: { en: 'Edit response', es: 'Editar respuesta' },
    about: { en: 'How each status that the backend returns is handled.', es: 'Cómo se trata cada estado que devuelve el backend.' },
    empty: consequence.empty,
    permits: gatewayPermits(facts.region, `apis/${apiId}/integrations/${integration.IntegrationId}/integrationresponses`, (response) => response.IntegrationResponseId!),
    columns: [
      { id: 'key', header: { en: 'Response key', es: 'Clave de respuesta' }, cell: (response) => <code>{response.IntegrationResponseKey}</code>, sort: 'IntegrationResponseKey' },
      { id: 'templates', header: { en: 'Templates', es: 'Plantillas' }, cell: (response) => Object.keys(response.ResponseTemplates ?? {}).join(', ') || '–' },
      { id: 'id', minWidth: 120, header: same('ID'), cell: (response) => <Copyable text={response.IntegrationResponseId} /> },
    ],
    fields: responseFields(integration.IntegrationType !== 'AWS'),
    check,
    keys: [clients, apiId, integration.IntegrationId],
    id: (response) => response.IntegrationResponseId!,
    name: (response) => response.IntegrationResponseKey!,
    list: async () => {
      const all = await listIntegrationResponses(clients, apiId, integration.IntegrationId!);
      setCovered(all.some((response) => response.IntegrationResponseKey === '$default'));
      return all;
    },
    create: (input) => clients.gateway.send(new CreateIntegrationResponseCommand({ ...input, ...ids } as CreateIntegrationResponseRequest)),
    update: (response, input) => clients.gateway.send(new UpdateIntegrationResponseCommand({ ...input, ...ids, IntegrationResponseId: response.IntegrationResponseId })),
    remove: (response) => clients.gateway.send(new DeleteIntegrationResponseCommand({ ...ids, IntegrationResponseId: response.IntegrationResponseId })),
    undo: async ({ IntegrationResponseId: _, ...members }) => () => clients.gateway.send(new CreateIntegrationResponseCommand({ ...members, ...ids } as CreateIntegrationResponseRequest)),
    removeWarning: consequence.removed,
    call: { service: 'apigatewayv2', operation: 'CreateIntegrationResponse', fixed: ids, type: 'AWS::ApiGatewayV2::IntegrationResponse', change: (response, input) => ({ operation: 'UpdateIntegrationResponse', input: { ...ids, IntegrationResponseId: response.IntegrationResponseId, ...input } }) },
  };
  return (
    <SpaceBetween size="s">
      {!covered && told.value && <Alert type="info" header={header}>{why}</Alert>}
      <Collection resource={resource} section />
    </SpaceBetween>
  );
}
