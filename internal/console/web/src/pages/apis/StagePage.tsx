import { DeleteRouteSettingsCommand, GetStageCommand, UpdateStageCommand, type Stage } from '@aws-sdk/client-apigatewayv2';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { gatewayArn } from '../../aws/tagging';
import { GatewayButton } from '../../form/PermittedButton';
import { failureText } from '../../aws/failure';
import { AsCommands, FormAsCommands } from '../../form/AsCommands';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { Copyable } from '../../elements/Copyable';
import { createInput, same, type Value } from '../../form/field';
import { ResourceForm } from '../../form/ResourceForm';
import { useSaved } from '../../form/undoable';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { formHref, href, useOpenForm } from '../../hooks/router';
import { useWords, type Words } from '../../words/language';
import { listRoutes } from '../../aws/gatewayLists';
import { firstSettings, foldSettings, routeSettingFields, stageFields, switched, unfold } from './stageForm';
import { stageCall, stageTags, updateStage } from './Stages';
import { FIRST_SETTING, settingTag } from './stageSettings';
import { SettingsOfStage } from './SettingsOfStage';
import type { StageSetting } from '../../aws/session';
import type { TagMap } from '../../aws/tagging';
import { Named } from '../../names/Named';
import { ConnectTo } from './ConnectTo';
import { EarlierDeployment } from './EarlierDeployment';
import { Status } from '../../names/Status';
import { Amount, When } from '../../words/When';

const en = { edit: 'Edit', changed: 'Last changed', connections: '@connections URL', deployment: 'Serves deployment', rate: 'Rate limit (requests per second)', burst: 'Burst limit (requests)', account: 'as the account', trace: 'Data trace (headers and bodies in the log)', tags: 'Tags', test: 'Test client', editing: 'Edit stage', log: 'Execution log', access: 'Access log', variables: 'Stage variables', live: 'Live', automatic: 'automatic', older: 'AutoDeploy could not deploy the last changes of the API; the stage serves what was deployed before' };
const es: typeof en = { edit: 'Editar', changed: 'Último cambio', connections: 'URL de @connections', deployment: 'Sirve el despliegue', rate: 'Límite de frecuencia (peticiones por segundo)', burst: 'Límite de ráfaga (peticiones)', account: 'como la cuenta', trace: 'Traza de datos (cabeceras y cuerpos en el registro)', tags: 'Etiquetas', test: 'Cliente de prueba', editing: 'Editar etapa', log: 'Registro de ejecución', access: 'Registro de acceso', variables: 'Variables de la etapa', live: 'En vivo', automatic: 'automático', older: 'AutoDeploy no pudo desplegar los últimos cambios de la API; la etapa sirve lo que se desplegó antes' };
const words: Words<typeof en> = { en, es };

export default function StagePage({ apiId, endpoint, name }: { apiId: string; endpoint: string; name: string }) {
  const w = useWords(words);
  const onOff = useWords(switched);
  const { clients, facts } = useConsole();
  const stage = useLoaded<object>(() => clients.gateway.send(new GetStageCommand({ ApiId: apiId, StageName: name })), [clients, apiId, name]);
  const { form, field, open, close } = useOpenForm();
  const fields = stageFields(clients, apiId, facts.stageSettings);
  const call = stageCall(clients, apiId, facts.region);
  const submit = useSaved({
    name,
    fields,
    before: stage.value && unfold(stage.value as Stage),
    read: async () => unfold((await clients.gateway.send(new GetStageCommand({ ApiId: apiId, StageName: name }))) as Stage),
    put: (now, input) => updateStage(clients, stageTags(clients, facts.region, apiId, name), apiId, now, input),
    reload: stage.reload,
  });
  if (stage.error) return <Alert type="error">{failureText(stage.error)}</Alert>;
  if (!stage.value) return <Spinner />;
  const value = unfold(stage.value as Stage);
  const limits = value.DefaultRouteSettings;
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h1" actions={<SpaceBetween direction="horizontal" size="xs"><Button href={href('apis', apiId, 'test', name)}>{w.test}</Button><GatewayButton verb="PATCH" path={`apis/${apiId}/stages/${name}`} onClick={() => open('stage')}>{w.edit}</GatewayButton></SpaceBetween>}>{name}</Header>}>
        <SpaceBetween size="m">
          <KeyValuePairs
            columns={2}
            minColumnWidth={220}
            items={[
              { label: w.connections, value: <Copyable text={`${endpoint.replace(/^ws/, 'http')}/${name}/@connections`} /> },
              { label: w.deployment, value: <><Named kind="deployment" id={value.DeploymentId} api={apiId} />{value.AutoDeploy && ` (${w.automatic})`}</> },
              { label: w.changed, value: <When at={value.LastUpdatedDate} /> },
              { label: w.rate, value: <Limit of={limits?.ThrottlingRateLimit} unset={w.account} /> },
              { label: w.burst, value: <Limit of={limits?.ThrottlingBurstLimit} unset={w.account} /> },
              { label: w.log, value: <><Status of={limits?.LoggingLevel ?? 'OFF'} /> · <Link href={href('apis', apiId, 'live', name)}>{w.live}</Link></> },
              { label: w.trace, value: limits?.DataTraceEnabled ? onOff.on : onOff.off },
              { label: w.access, value: value.AccessLogSettings?.DestinationArn ?? '–' },
              { label: w.variables, value: Object.entries(value.StageVariables ?? {}).map(([key, text]) => `${key}=${text}`).join(', ') || '–' },
              { label: w.tags, value: ownTags(value.Tags, facts.stageSettings) || '–' },
            ]}
          />
          <EarlierDeployment apiId={apiId} stage={value} reload={stage.reload} />
          {fault(value) && <Alert type="warning" header={w.older}>{fault(value)}</Alert>}
          <ConnectTo apiId={apiId} url={`${endpoint}/${name}`} />
          <AsCommands call={call} input={createInput(fields, value)} />
        </SpaceBetween>
      </Container>
      <SettingsOfStage stage={value} edit={formHref(['apis', apiId, 'stages', name], { form: 'stage', field: FIRST_SETTING })} />
      <RouteSettingsOf apiId={apiId} stage={value} />
      {form === 'stage' && <ResourceForm title={`${w.editing} ${name}`} fields={fields} before={value} focus={field} submit={submit} close={close} aside={(input) => <FormAsCommands resource={{ fields }} call={call} form={value} value={input} />} />}
    </SpaceBetween>
  );
}

/** Why AutoDeploy could not deploy the last changes; empty where it did. */
const fault = ({ AutoDeploy, LastDeploymentStatusMessage: message = '' }: Stage) => (AutoDeploy && !message.startsWith('Successfully deployed stage') ? message : '');

/** A limit that may not be set. */
const Limit = ({ of: limit, unset }: { of: number | undefined; unset: string }) => (limit === undefined ? unset : <Amount of={limit} />);

/** Tags without those that are settings, which have a section of their own. */
const ownTags = (tags: TagMap = {}, settings: StageSetting[] = []) => Object.entries(tags).filter(([key]) => !settings.some((one) => settingTag(one) === key)).map(([key, text]) => `${key}=${text}`).join(', ');

type Setting = Value & { RouteKey: string };

const headers: Record<string, Words<string>> = {
  ThrottlingRateLimit: { en: 'Rate limit', es: 'Límite de frecuencia' },
  ThrottlingBurstLimit: { en: 'Burst limit', es: 'Límite de ráfaga' },
  LoggingLevel: { en: 'Execution log', es: 'Registro de ejecución' },
  DataTraceEnabled: { en: 'Data trace', es: 'Traza de datos' },
  DetailedMetricsEnabled: { en: 'Detailed metrics', es: 'Métricas detalladas' },
};

/** A setting of a route, or what it is by the stage. */
function RouteSetting({ of: value, inEffect = same('–') }: { of: unknown; inEffect?: Words<string> }) {
  const follows = useWords(inEffect);
  const { on, off } = useWords(switched);
  if (value === undefined) return <Box color="text-body-secondary">{follows}</Box>;
  if (typeof value === 'number') return <Amount of={value} />;
  return typeof value === 'boolean' ? <>{value ? on : off}</> : <Status of={String(value)} />;
}

/** Settings of single routes; the other routes follow the stage's own. */
function RouteSettingsOf({ apiId, stage }: { apiId: string; stage: Stage }) {
  const { clients, facts } = useConsole();
  const ids = { ApiId: apiId, StageName: stage.StageName! };
  const fields = routeSettingFields(stage);
  const put = (RouteKey: string, input: Value) => clients.gateway.send(new UpdateStageCommand({ ...ids, RouteSettings: { [RouteKey]: foldSettings(input) } }));
  const change = { action: 'apigateway:PATCH', resource: gatewayArn(facts.region, `apis/${apiId}/stages/${stage.StageName}`) };
  const resource: Resource<Setting> = {
    title: { en: 'Route settings', es: 'Ajustes por ruta' },
    make: { en: 'Add route settings', es: 'Añadir ajustes de ruta' },
    editing: { en: 'Edit settings of route', es: 'Editar los ajustes de la ruta' },
    about: { en: 'They override the settings of the stage.', es: 'Tienen prioridad sobre los de la etapa.' },
    empty: { en: 'All routes use the settings of the stage.', es: 'Todas las rutas usan los ajustes de la etapa.' },
    permits: { create: change, update: () => change, remove: () => change },
    columns: [
      { id: 'route', header: { en: 'Route key', es: 'Clave de ruta' }, cell: (one) => one.RouteKey, sort: 'RouteKey' },
      ...fields.map((field) => ({ id: field.name, header: headers[field.name]!, cell: (one: Setting) => <RouteSetting of={one[field.name]} inEffect={field.inEffect} /> })),
    ],
    fields: [
      { name: 'RouteKey', kind: 'select', required: true, fixed: true, label: { en: 'Route key', es: 'Clave de ruta' }, options: async () => (await listRoutes(clients, apiId)).map((route) => ({ value: route.RouteKey! })) },
      ...fields,
    ],
    keys: [clients, apiId, stage.StageName],
    id: (one) => one.RouteKey,
    name: (one) => one.RouteKey,
    list: async () => {
      const now = await clients.gateway.send(new GetStageCommand(ids));
      return Object.entries(now.RouteSettings ?? {}).map(([RouteKey, one]) => ({ ...one, RouteKey }));
    },
    initial: firstSettings(stage),
    create: (input) => put(String(input.RouteKey), input),
    update: async (one, input) => {
      // What is emptied follows the stage again, which no update says.
      if (Object.values(input).includes('')) await clients.gateway.send(new DeleteRouteSettingsCommand({ ...ids, RouteKey: one.RouteKey }));
      return put(one.RouteKey, { ...one, ...input });
    },
    remove: (one) => clients.gateway.send(new DeleteRouteSettingsCommand({ ...ids, RouteKey: one.RouteKey })),
    undo: 'create',
    removeWarning: { en: 'The route uses the settings of the stage again.', es: 'La ruta vuelve a usar los ajustes de la etapa.' },
    call: { service: 'apigatewayv2', operation: 'UpdateStage', fixed: ids, shape: ({ RouteKey, ...input }) => ({ RouteSettings: { [String(RouteKey)]: foldSettings(input) } }) },
  };
  return <Collection resource={resource} section />;
}
