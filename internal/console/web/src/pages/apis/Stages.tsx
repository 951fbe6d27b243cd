import { CreateStageCommand, DeleteStageCommand, UpdateStageCommand, type CreateStageRequest, type Stage } from '@aws-sdk/client-apigatewayv2';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import type { Clients } from '../../aws/clients';
import { Collection, type Resource } from '../../form/Collection';
import { same, type Field, type Value } from '../../form/field';
import { useConsole } from '../../shell/console';
import { listDeployments, listStages } from './lists';

// The form shows the settings of DefaultRouteSettings and AccessLogSettings flat;
// these two functions fold them for AWS and back.
const settings = ['ThrottlingRateLimit', 'ThrottlingBurstLimit', 'LoggingLevel', 'DataTraceEnabled', 'DetailedMetricsEnabled'];

function fold(input: Value): Value {
  const { AccessLogFormat, AccessLogDestination, ...rest } = input;
  const defaults = Object.fromEntries(settings.filter((name) => name in rest && rest[name] !== '').map((name) => [name, rest[name]]));
  const plain = Object.fromEntries(Object.entries(rest).filter(([name]) => !settings.includes(name)));
  return {
    ...plain,
    ...(Object.keys(defaults).length ? { DefaultRouteSettings: defaults } : {}),
    ...(AccessLogFormat || AccessLogDestination ? { AccessLogSettings: { Format: AccessLogFormat, DestinationArn: AccessLogDestination } } : {}),
  };
}

type FlatStage = Stage & Value;

function unfold(stage: Stage): FlatStage {
  return { ...stage, ...stage.DefaultRouteSettings, AccessLogFormat: stage.AccessLogSettings?.Format, AccessLogDestination: stage.AccessLogSettings?.DestinationArn } as FlatStage;
}

function stageFields(clients: Clients, apiId: string): Field[] {
  return [
    { name: 'StageName', kind: 'text', required: true, fixed: true, placeholder: 'prod', label: { en: 'Stage name', es: 'Nombre de la etapa' } },
    { name: 'AutoDeploy', kind: 'toggle', label: { en: 'Deploy every change by itself', es: 'Desplegar cada cambio automáticamente' } },
    {
      name: 'DeploymentId',
      kind: 'select',
      when: (value) => !value.AutoDeploy,
      label: { en: 'Deployment', es: 'Despliegue' },
      options: async () =>
        (await listDeployments(clients, apiId)).map((deployment) => ({
          value: deployment.DeploymentId!,
          label: same(`${deployment.DeploymentId} · ${deployment.CreatedDate?.toLocaleString()}`),
          description: same(deployment.Description ?? ''),
        })),
    },
    { name: 'StageVariables', kind: 'map', label: { en: 'Stage variables', es: 'Variables de la etapa' } },
    { name: 'ThrottlingRateLimit', kind: 'number', label: { en: 'Rate limit (requests a second; 0 refuses everything)', es: 'Límite de ritmo (peticiones por segundo; 0 rechaza todo)' } },
    { name: 'ThrottlingBurstLimit', kind: 'number', label: { en: 'Burst limit', es: 'Límite de ráfaga' } },
    { name: 'LoggingLevel', kind: 'select', label: { en: 'Execution log', es: 'Registro de ejecución' }, options: [{ value: 'OFF' }, { value: 'ERROR' }, { value: 'INFO' }] },
    { name: 'DataTraceEnabled', kind: 'toggle', label: { en: 'Log headers and bodies too', es: 'Registrar también cabeceras y cuerpos' } },
    { name: 'DetailedMetricsEnabled', kind: 'toggle', label: { en: 'Metrics by route', es: 'Métricas por ruta' } },
    { name: 'AccessLogDestination', kind: 'text', placeholder: 'arn:aws:logs:…:log-group:…', label: { en: 'Access log destination', es: 'Destino del registro de acceso' } },
    { name: 'AccessLogFormat', kind: 'text', placeholder: '{"requestId":"$context.requestId","status":"$context.status"}', label: { en: 'Access log format', es: 'Formato del registro de acceso' } },
    { name: 'Description', kind: 'text', label: { en: 'Description', es: 'Descripción' } },
    {
      name: 'Tags',
      kind: 'map',
      fixed: true,
      when: (value) => !value.CreatedDate,
      placeholder: 'pasarela:idleTimeoutSeconds',
      label: { en: 'Tags', es: 'Etiquetas' },
      hint: { en: 'Tags that begin with pasarela: change limits of the stage, such as pasarela:idleTimeoutSeconds.', es: 'Las etiquetas que empiezan por pasarela: cambian límites de la etapa, como pasarela:idleTimeoutSeconds.' },
    },
  ];
}

export function Stages({ apiId, endpoint }: { apiId: string; endpoint: string }) {
  const { clients } = useConsole();
  const url = (stage: Stage) => `${endpoint}/${stage.StageName}`;
  const resource: Resource<FlatStage> = {
    title: { en: 'Stages', es: 'Etapas' },
    about: { en: 'Names under which a deployment is served. Their settings act at once.', es: 'Nombres bajo los que se sirve un despliegue. Sus ajustes actúan al momento.' },
    empty: { en: 'There is no stage yet. Create one, then deploy the API to it.', es: 'Todavía no hay etapas. Crea una y despliega la API en ella.' },
    columns: [
      { id: 'name', header: { en: 'Stage', es: 'Etapa' }, cell: (stage) => stage.StageName, sort: 'StageName' },
      { id: 'deployment', header: { en: 'Serves', es: 'Sirve' }, cell: (stage) => stage.DeploymentId ?? '–' },
      { id: 'auto', header: { en: 'Automatic', es: 'Automática' }, cell: (stage) => (stage.AutoDeploy ? '✓' : '–') },
      {
        id: 'url',
        header: { en: 'WebSocket URL', es: 'URL del WebSocket' },
        cell: (stage) => <CopyToClipboard variant="inline" textToCopy={url(stage)} copyButtonAriaLabel={url(stage)} copySuccessText="✓" copyErrorText="✗" />,
      },
      { id: 'log', header: { en: 'Log', es: 'Registro' }, cell: (stage) => stage.DefaultRouteSettings?.LoggingLevel ?? 'OFF' },
      { id: 'status', header: { en: 'Last deployment', es: 'Último despliegue' }, cell: (stage) => stage.LastDeploymentStatusMessage ?? '–' },
    ],
    fields: stageFields(clients, apiId),
    keys: [clients, apiId],
    id: (stage) => stage.StageName!,
    name: (stage) => stage.StageName!,
    list: async () => (await listStages(clients, apiId)).map(unfold),
    create: (input) => clients.gateway.send(new CreateStageCommand({ ...fold(input), ApiId: apiId } as CreateStageRequest)),
    update: (stage, input) => clients.gateway.send(new UpdateStageCommand({ ...fold(input), ApiId: apiId, StageName: stage.StageName })),
    remove: (stage) => clients.gateway.send(new DeleteStageCommand({ ApiId: apiId, StageName: stage.StageName })),
    removeWarning: { en: 'Open connections of the stage are closed.', es: 'Se cierran las conexiones abiertas de la etapa.' },
    call: { service: 'apigatewayv2', operation: 'CreateStage', fixed: { ApiId: apiId }, type: 'AWS::ApiGatewayV2::Stage' },
  };
  return <Collection resource={resource} />;
}
