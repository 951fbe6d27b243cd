import { CreateIntegrationCommand, CreateRouteResponseCommand, DeleteRouteResponseCommand, GetRouteCommand, UpdateRouteCommand, type CreateIntegrationRequest, type Route, type RouteResponse } from '@aws-sdk/client-apigatewayv2';
import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Toggle from '@cloudscape-design/components/toggle';
import { GatewayButton } from '../../form/PermittedButton';
import { failureText } from '../../aws/failure';
import { AsCommands } from '../../form/AsCommands';
import { Copyable } from '../../elements/Copyable';
import { createInput, type Value } from '../../form/field';
import { ResourceForm } from '../../form/ResourceForm';
import { useSaved, useUndoable } from '../../form/undoable';
import { useConsole } from '../../hooks/console';
import { useOpenForm } from '../../hooks/router';
import { useLoaded } from '../../hooks/loading';
import { useWords, type Words } from '../../words/language';
import { useTemplateCheck } from '../template/check';
import { IntegrationPage } from './IntegrationPage';
import { firstIntegration, integrationFields, withConnection } from './Integrations';
import { listRouteResponses } from '../../aws/gatewayLists';
import { routeFields, updateRoute } from './Routes';
import { Status } from '../../names/Status';

const en = {
  edit: 'Edit route',
  attach: 'Attach integration',
  authorization: 'Authorization',
  apiKey: 'API key',
  required: 'required',
  notRequired: 'not required',
  parameters: 'Required parameters',
  twoWay: 'Two-way: the client gets the answer of the integration as a message',
  nowTwoWay: 'Two-way:',
  nowOneWay: 'No longer two-way:',
  noIntegration: 'This route has no integration',
  noIntegrationWhy: 'On $connect, clients are accepted; on any other route they get "Internal server error".',
};
const es: typeof en = {
  edit: 'Editar ruta',
  attach: 'Asignar integración',
  authorization: 'Autorización',
  apiKey: 'Clave de API',
  required: 'obligatoria',
  notRequired: 'no se exige',
  parameters: 'Parámetros obligatorios',
  twoWay: 'Bidireccional: el cliente recibe como mensaje la respuesta de la integración',
  nowTwoWay: 'Bidireccional:',
  nowOneWay: 'Ya no es bidireccional:',
  noIntegration: 'Esta ruta no tiene integración',
  noIntegrationWhy: 'En $connect se acepta a los clientes; en cualquier otra ruta reciben "Internal server error".',
};
const words: Words<typeof en> = { en, es };

export function RoutePage({ apiId, routeId }: { apiId: string; routeId: string }) {
  const w = useWords(words);
  const { clients } = useConsole();
  const route = useLoaded<object>(() => clients.gateway.send(new GetRouteCommand({ ApiId: apiId, RouteId: routeId })), [apiId, routeId]);
  const { form, field, open, close } = useOpenForm();
  const check = useTemplateCheck();
  const fields = routeFields(clients, apiId);
  const submit = useSaved({
    name: (route.value as Route | undefined)?.RouteKey ?? '',
    fields,
    before: route.value as Route | undefined,
    read: async () => (await clients.gateway.send(new GetRouteCommand({ ApiId: apiId, RouteId: routeId }))) as Route,
    put: (now, input) => updateRoute(clients, apiId, now, input),
    reload: route.reload,
  });
  if (route.error) return <Alert type="error">{failureText(route.error)}</Alert>;
  if (!route.value) return <Spinner />;
  const value = route.value as Route & Value;
  const integrationId = value.Target?.split('/')[1];
  const required = Object.entries(value.RequestParameters ?? {}).filter(([, constraint]) => constraint.Required);
  // As in AWS's console: the integration is made here, and the route then points at it.
  const attach = async (input: Value) => {
    const made = await clients.gateway.send(new CreateIntegrationCommand({ ...withConnection(createInput(integrationFields(clients, apiId, value.RouteKey), input)), ApiId: apiId } as CreateIntegrationRequest));
    await clients.gateway.send(new UpdateRouteCommand({ ApiId: apiId, RouteId: routeId, Target: `integrations/${made.IntegrationId}` }));
    await route.reload();
  };
  const actions = (
    <SpaceBetween direction="horizontal" size="xs">
      <GatewayButton verb="PATCH" path={`apis/${apiId}/routes/${routeId}`} onClick={() => open('route')}>{w.edit}</GatewayButton>
      {!integrationId && <GatewayButton verb="POST" path={`apis/${apiId}/integrations`} variant="primary" onClick={() => open('attach')}>{w.attach}</GatewayButton>}
    </SpaceBetween>
  );
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h1" actions={actions}>{value.RouteKey}</Header>}>
        <SpaceBetween size="m">
          <KeyValuePairs
            columns={4}
            items={[
              { label: w.authorization, value: <Status of={value.AuthorizationType ?? 'NONE'} /> },
              { label: w.apiKey, value: value.ApiKeyRequired ? w.required : w.notRequired },
              { label: w.parameters, value: required.map(([name]) => name).join(', ') || '–' },
              { label: 'ID', value: <Copyable text={value.RouteId} /> },
            ]}
          />
          {value.RouteKey !== '$connect' && value.RouteKey !== '$disconnect' && <TwoWay apiId={apiId} route={value} reload={route.reload} />}
          <AsCommands call={{ service: 'apigatewayv2', operation: 'CreateRoute', fixed: { ApiId: apiId }, type: 'AWS::ApiGatewayV2::Route' }} input={createInput(fields, value)} />
        </SpaceBetween>
      </Container>
      {integrationId ? <IntegrationPage apiId={apiId} integrationId={integrationId} routeKey={value.RouteKey} /> : <Alert type="warning" header={w.noIntegration}>{w.noIntegrationWhy}</Alert>}
      {form === 'route' && <ResourceForm title={`${w.edit} ${value.RouteKey}`} fields={fields} before={value} focus={field} submit={submit} close={close} />}
      {form === 'attach' && <ResourceForm title={w.attach} fields={integrationFields(clients, apiId, value.RouteKey)} initial={firstIntegration} check={check} submit={attach} close={close} />}
    </SpaceBetween>
  );
}

const defaultOf = (responses: RouteResponse[] = []) => responses.find((response) => response.RouteResponseKey === '$default');

/** A route is two-way when it has a $default route response; the switch makes and removes it. */
function TwoWay({ apiId, route, reload }: { apiId: string; route: Route; reload(): Promise<void> }) {
  const w = useWords(words);
  const { clients, notify } = useConsole();
  const undoable = useUndoable();
  const ids = { ApiId: apiId, RouteId: route.RouteId! };
  const responses = useLoaded(() => listRouteResponses(clients, apiId, route.RouteId!), [apiId, route.RouteId]);
  const existing = defaultOf(responses.value);
  const turn = async (on: boolean) => {
    const now = defaultOf(await listRouteResponses(clients, apiId, route.RouteId!));
    if (!on && now) await clients.gateway.send(new DeleteRouteResponseCommand({ ...ids, RouteResponseId: now.RouteResponseId }));
    await clients.gateway.send(new UpdateRouteCommand({ ...ids, RouteResponseSelectionExpression: on ? '$default' : '' }));
    if (on && !now) await clients.gateway.send(new CreateRouteResponseCommand({ ...ids, RouteResponseKey: '$default' }));
  };
  const change = async (on: boolean) => {
    try {
      await turn(on);
      undoable(on ? w.nowTwoWay : w.nowOneWay, route.RouteKey!, () => turn(!on));
    } catch (error) {
      notify('error', failureText(error));
    }
    await Promise.all([responses.reload(), reload()]);
  };
  return <Toggle checked={!!existing} disabled={responses.loading} onChange={({ detail }) => change(detail.checked)}>{w.twoWay}</Toggle>;
}
