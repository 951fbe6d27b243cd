import { GetIntegrationCommand, CreateIntegrationResponseCommand, DeleteIntegrationResponseCommand, UpdateIntegrationResponseCommand, type CreateIntegrationResponseRequest, type Integration, type IntegrationResponse } from '@aws-sdk/client-apigatewayv2';
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { UpdateIntegrationCommand } from '@aws-sdk/client-apigatewayv2';
import { useState } from 'react';
import { failureText } from '../../aws/failure';
import { AsCommands } from '../../form/AsCommands';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { Copyable } from '../../elements/Copyable';
import { createInput, same, type Field, type Value } from '../../form/field';
import { ResourceForm } from '../../form/ResourceForm';
import { useSaved } from '../../form/undoable';
import { useConsole } from '../../hooks/console';
import { integrationName } from '../../names/texts';
import { useLoaded } from '../../hooks/loading';
import { href, useOpenForm } from '../../hooks/router';
import { useWords, type Words } from '../../words/language';
import { Amount } from '../../words/When';
import { useTemplateCheck } from '../template/check';
import { TemplatePreview } from '../template/TemplatePreview';
import { integrationFields, withConnection } from './Integrations';
import { listIntegrationResponses } from '../../aws/gatewayLists';

const en = {
  request: 'Integration request',
  edit: 'Edit integration',
  type: 'Type',
  target: 'Target',
  role: 'Role',
  timeout: 'Timeout',
  noRole: 'Service-linked role',
  templates: 'Request templates',
  noTemplates: 'None: the body passes through unchanged',
  needed: 'A status without a matching response is an error for the client',
  neededWhy: 'Every status that the backend may answer needs a response here, or one response with the key $default. Otherwise $connect refuses the client with 500 and a two-way route sends it "Internal server error", as on AWS; on a one-way route the client hears nothing, and the event counts as failed.',
};
const es: typeof en = {
  request: 'Petición de la integración',
  edit: 'Editar integración',
  type: 'Tipo',
  target: 'Destino',
  role: 'Rol',
  timeout: 'Tiempo límite',
  noRole: 'Rol vinculado al servicio',
  templates: 'Plantillas de la petición',
  noTemplates: 'Ninguna: el cuerpo pasa sin cambios',
  needed: 'Un estado sin respuesta configurada es un error para el cliente',
  neededWhy: 'Cada estado que pueda devolver el backend necesita aquí una respuesta, o una con la clave $default. Si no, $connect rechaza al cliente con 500 y una ruta de dos sentidos le envía "Internal server error", como en AWS; en una de un solo sentido el cliente no recibe nada y el evento cuenta como fallido.',
};
const words: Words<typeof en> = { en, es };

const responseFields: Field[] = [
  {
    name: 'IntegrationResponseKey',
    kind: 'select',
    free: true,
    required: true,
    label: { en: 'HTTP status regex (response key)', es: 'Regex del estado HTTP (clave de la respuesta)' },
    hint: { en: '201, /2\\d\\d/ or $default. For Lambda the pattern is matched with the error message.', es: '201, /2\\d\\d/ o $default. Con Lambda el patrón se compara con el mensaje de error.' },
    options: [{ value: '201' }, { value: '/2\\d\\d/' }, { value: '/4\\d\\d/' }, { value: '/5\\d\\d/' }, { value: '$default' }],
  },
  {
    name: 'ResponseTemplates',
    kind: 'code-map',
    syntax: 'vtl',
    firstKey: 'application/json',
    keyLabel: { en: 'Template key', es: 'Clave de la plantilla' },
    label: { en: 'Response templates', es: 'Plantillas de la respuesta' },
    hint: { en: 'They make the answer that clients get on two-way routes; $connect needs none.', es: 'Forman la respuesta al cliente en rutas de dos sentidos; $connect no necesita ninguna.' },
  },
  { name: 'TemplateSelectionExpression', kind: 'text', label: { en: 'Template selection expression', es: 'Expresión de selección de plantilla' } },
  { name: 'ContentHandlingStrategy', kind: 'select', label: { en: 'Content handling', es: 'Tratamiento del contenido' }, options: [{ value: 'CONVERT_TO_TEXT' }, { value: 'CONVERT_TO_BINARY' }] },
];

/** An integration: a page of its own, or a part of its route's page, whose heading is the route's. */
/** An integration; with a route key as a part of that route's page. */
export function IntegrationPage({ apiId, integrationId, routeKey }: { apiId: string; integrationId: string; routeKey?: string }) {
  const { clients } = useConsole();
  const integration = useLoaded(() => clients.gateway.send(new GetIntegrationCommand({ ApiId: apiId, IntegrationId: integrationId })), [apiId, integrationId]);
  if (integration.error) return <Alert type="error">{failureText(integration.error)}</Alert>;
  if (!integration.value) return <Spinner />;
  return (
    <SpaceBetween size="l">
      <IntegrationRequest apiId={apiId} integration={integration.value} reload={integration.reload} routeKey={routeKey} />
      <IntegrationResponses apiId={apiId} integration={integration.value} />
    </SpaceBetween>
  );
}

function IntegrationRequest({ apiId, integration, reload, routeKey }: { apiId: string; integration: Integration; reload(): Promise<void>; routeKey?: string }) {
  const w = useWords(words);
  const { clients } = useConsole();
  const { form, field, open, close } = useOpenForm();
  const fields = integrationFields(clients, apiId, routeKey);
  const check = useTemplateCheck();
  const before = integration as Value;
  const ids = { ApiId: apiId, IntegrationId: integration.IntegrationId };
  const submit = useSaved({
    name: integrationName(integration),
    fields,
    before: integration,
    read: async (): Promise<Integration> => clients.gateway.send(new GetIntegrationCommand(ids)),
    put: (now, input) => clients.gateway.send(new UpdateIntegrationCommand({ IntegrationType: now.IntegrationType, ...withConnection(input), ...ids })),
    reload,
  });
  const templates = Object.entries(integration.RequestTemplates ?? {});
  return (
    <Container header={<Header variant={routeKey ? 'h2' : 'h1'} actions={<Button onClick={() => open('integration')}>{w.edit}</Button>}>{w.request}</Header>}>
      <SpaceBetween size="m">
        <KeyValuePairs
          columns={3}
          minColumnWidth={220}
          items={[
            { label: w.type, value: integration.IntegrationType },
            { label: w.target, value: <span className="frame-text">{integration.IntegrationMethod} {integration.IntegrationUri ?? '–'}</span> },
            { label: w.role, value: <RoleLink arn={integration.CredentialsArn} none={w.noRole} /> },
            { label: 'ID', value: <Copyable text={integration.IntegrationId} /> },
            { label: w.timeout, value: <Amount of={integration.TimeoutInMillis ?? 0} unit="ms" /> },
          ]}
        />
        {templates.length === 0 && <KeyValuePairs items={[{ label: w.templates, value: w.noTemplates }]} />}
        {templates.map(([key, template]) => <TemplatePreview key={key} apiId={apiId} routeKey={routeKey} title={key} template={template} />)}
        <AsCommands call={{ service: 'apigatewayv2', operation: 'CreateIntegration', fixed: { ApiId: apiId }, type: 'AWS::ApiGatewayV2::Integration' }} input={createInput(fields, before)} />
      </SpaceBetween>
      {form === 'integration' && (
        <ResourceForm title={w.request} fields={fields} before={before} check={check} focus={field} submit={submit} close={close} />
      )}
    </Container>
  );
}

function RoleLink({ arn, none }: { arn: string | undefined; none: string }) {
  const name = arn?.split(':role/')[1]?.split('/').at(-1);
  return name ? <Link href={href('iam', 'roles', name)}>{name}</Link> : <>{arn ?? none}</>;
}

function IntegrationResponses({ apiId, integration }: { apiId: string; integration: Integration }) {
  const w = useWords(words);
  const { clients } = useConsole();
  const check = useTemplateCheck();
  const ids = { ApiId: apiId, IntegrationId: integration.IntegrationId! };
  const proxy = integration.IntegrationType?.endsWith('PROXY');
  const [covered, setCovered] = useState(false);
  if (proxy) return null;
  const resource: Resource<IntegrationResponse> = {
    title: { en: 'Integration responses', es: 'Respuestas de la integración' },
    make: { en: 'Create response', es: 'Crear respuesta' },
    about: { en: 'How each status that the backend returns is handled.', es: 'Cómo se trata cada estado que devuelve el backend.' },
    empty: { en: 'None yet: every answer of the backend fails with 500. The guide needs 201.', es: 'Ninguna todavía: toda respuesta del backend falla con 500. La guía necesita 201.' },
    columns: [
      { id: 'key', header: { en: 'Response key', es: 'Clave de respuesta' }, cell: (response) => <code>{response.IntegrationResponseKey}</code>, sort: 'IntegrationResponseKey' },
      { id: 'templates', header: { en: 'Templates', es: 'Plantillas' }, cell: (response) => Object.keys(response.ResponseTemplates ?? {}).join(', ') || '–' },
      { id: 'id', header: same('ID'), cell: (response) => response.IntegrationResponseId },
    ],
    fields: responseFields,
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
    removeWarning: { en: 'Once this is deployed, a status that only this key matches refuses the client with 500.', es: 'En cuanto se despliegue, un estado que solo encaje con esta clave rechazará al cliente con 500.' },
    call: { service: 'apigatewayv2', operation: 'CreateIntegrationResponse', fixed: ids, type: 'AWS::ApiGatewayV2::IntegrationResponse', change: (response, input) => ({ operation: 'UpdateIntegrationResponse', input: { ...ids, IntegrationResponseId: response.IntegrationResponseId, ...input } }) },
  };
  return (
    <SpaceBetween size="s">
      {!covered && <Alert type="info" header={w.needed}>{w.neededWhy}</Alert>}
      <Collection resource={resource} section />
    </SpaceBetween>
  );
}
