import { GetIntegrationCommand, UpdateIntegrationCommand, type Integration, type Route } from '@aws-sdk/client-apigatewayv2';
import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { GatewayButton } from '../../form/PermittedButton';
import { failureText } from '../../aws/failure';
import { listRoutes } from '../../aws/gatewayLists';
import { AsCommands } from '../../form/AsCommands';
import { Copyable } from '../../elements/Copyable';
import { createInput, type Value } from '../../form/field';
import { ResourceForm } from '../../form/ResourceForm';
import { useSaved } from '../../form/undoable';
import { useConsole } from '../../hooks/console';
import { RoleLink } from '../../names/RoleLink';
import { integrationName } from '../../names/texts';
import { useLoaded } from '../../hooks/loading';
import { href, useOpenForm } from '../../hooks/router';
import { useWords, type Words } from '../../words/language';
import { Amount } from '../../words/When';
import { useTemplateCheck } from '../template/check';
import { TemplatePreview } from '../template/TemplatePreview';
import { IntegrationResponses } from './IntegrationResponses';
import { integrationFields, IntegrationType, withConnection } from './Integrations';

const en = {
  request: 'Integration request',
  edit: 'Edit integration',
  routes: 'Used by routes',
  unused: 'None',
  type: 'Type',
  target: 'Target',
  role: 'Role',
  timeout: 'Timeout',
  noRole: 'Service-linked role',
  templates: 'Request templates',
  noTemplates: 'None: the body passes through unchanged',
};
const es: typeof en = {
  request: 'Petición de la integración',
  edit: 'Editar integración',
  routes: 'La usan las rutas',
  unused: 'Ninguna',
  type: 'Tipo',
  target: 'Destino',
  role: 'Rol',
  timeout: 'Tiempo límite',
  noRole: 'Rol vinculado al servicio',
  templates: 'Plantillas de la petición',
  noTemplates: 'Ninguna: el cuerpo pasa sin cambios',
};
const words: Words<typeof en> = { en, es };

/** An integration: a page of its own, or with a route key a part of that route's page, whose heading is the route's. */
export function IntegrationPage({ apiId, integrationId, routeKey }: { apiId: string; integrationId: string; routeKey?: string }) {
  const { clients } = useConsole();
  const integration = useLoaded(() => clients.gateway.send(new GetIntegrationCommand({ ApiId: apiId, IntegrationId: integrationId })), [apiId, integrationId]);
  const routes = useLoaded(async () => routeKey ? undefined : (await listRoutes(clients, apiId)).filter(({ Target }) => Target === `integrations/${integrationId}`), [clients, apiId, integrationId, routeKey]);
  if (integration.error) return <Alert type="error">{failureText(integration.error)}</Alert>;
  if (!integration.value || routes.loading) return <Spinner />;
  return (
    <SpaceBetween size="l">
      <IntegrationRequest apiId={apiId} integration={integration.value} reload={integration.reload} routes={routes.value} routeKey={routeKey} />
      <IntegrationResponses apiId={apiId} integration={integration.value} />
    </SpaceBetween>
  );
}

interface Request {
  apiId: string;
  integration: Integration;
  reload(): Promise<void>;
  /** Those that call it, where this is not a part of the page of one and they may be read. */
  routes: Route[] | undefined;
  routeKey?: string;
}

function IntegrationRequest({ apiId, integration, reload, routes, routeKey }: Request) {
  const w = useWords(words);
  const { clients } = useConsole();
  const { form, field, open, close } = useOpenForm();
  const eventsOf = routeKey ?? routes?.[0]?.RouteKey;
  const fields = integrationFields(clients, apiId, eventsOf);
  const check = useTemplateCheck();
  const before = integration as Value;
  const ids = { ApiId: apiId, IntegrationId: integration.IntegrationId };
  const submit = useSaved({
    name: integrationName(integration),
    about: href('apis', apiId, 'integrations', integration.IntegrationId!), // also where it stands on its route's page
    fields,
    before: integration,
    read: async (): Promise<Integration> => clients.gateway.send(new GetIntegrationCommand(ids)),
    put: (now, input) => clients.gateway.send(new UpdateIntegrationCommand({ IntegrationType: now.IntegrationType, ...withConnection(input), ...ids })),
    reload,
  });
  const templates = Object.entries(integration.RequestTemplates ?? {});
  return (
    <Container header={<Header variant={routeKey ? 'h2' : 'h1'} actions={<GatewayButton verb="PATCH" path={`apis/${apiId}/integrations/${integration.IntegrationId}`} onClick={() => open('integration')}>{w.edit}</GatewayButton>}>{w.request}</Header>}>
      <SpaceBetween size="m">
        <KeyValuePairs
          columns={3}
          minColumnWidth={220}
          items={[
            ...(routes ? [{ label: w.routes, value: <RouteLinks apiId={apiId} of={routes} /> }] : []),
            { label: w.type, value: <IntegrationType of={integration.IntegrationType} /> },
            { label: w.target, value: <span className="frame-text">{integration.IntegrationMethod} {integration.IntegrationUri ?? '–'}</span> },
            { label: w.role, value: <RoleLink arn={integration.CredentialsArn} none={w.noRole} /> },
            { label: 'ID', value: <Copyable text={integration.IntegrationId} /> },
            { label: w.timeout, value: <Amount of={integration.TimeoutInMillis ?? 0} unit="ms" /> },
          ]}
        />
        {templates.length === 0 && <KeyValuePairs items={[{ label: w.templates, value: w.noTemplates }]} />}
        {templates.map(([key, template]) => <TemplatePreview key={key} apiId={apiId} routeKey={eventsOf} title={key} template={template} />)}
        <AsCommands call={{ service: 'apigatewayv2', operation: 'CreateIntegration', fixed: { ApiId: apiId }, type: 'AWS::ApiGatewayV2::Integration' }} input={createInput(fields, before)} />
      </SpaceBetween>
      {form === 'integration' && (
        <ResourceForm title={`${w.edit} ${integrationName(integration)}`} fields={fields} before={before} check={check} focus={field} submit={submit} close={close} />
      )}
    </Container>
  );
}

function RouteLinks({ apiId, of }: { apiId: string; of: Route[] }) {
  const w = useWords(words);
  if (of.length === 0) return <>{w.unused}</>;
  return <SpaceBetween direction="horizontal" size="xs">{of.map(({ RouteId, RouteKey }) => <Link key={RouteId} href={href('apis', apiId, 'routes', RouteId!)}>{RouteKey}</Link>)}</SpaceBetween>;
}
