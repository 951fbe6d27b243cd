import type { Stage } from '@aws-sdk/client-apigatewayv2';
import type { Clients } from '../../aws/clients';
import { same, type Field, type Value } from '../../form/field';
import type { Words } from '../../words/language';
import { listClientCertificates, listDeployments } from '../../aws/gatewayLists';
import { deploymentName } from '../../names/texts';

// The form shows the settings of DefaultRouteSettings and AccessLogSettings flat;
// fold and unfold turn them into AWS's members and back.
const settings = ['ThrottlingRateLimit', 'ThrottlingBurstLimit', 'LoggingLevel', 'DataTraceEnabled', 'DetailedMetricsEnabled'];

export function foldSettings(input: Value): Value {
  return Object.fromEntries(settings.filter((name) => name in input && input[name] !== '').map((name) => [name, input[name]]));
}

/** With before, a log whose format alone changed keeps its destination. */
export function fold(input: Value, before?: Stage): Value {
  const { AccessLogFormat, AccessLogDestination, ...rest } = input;
  const defaults = foldSettings(rest);
  const plain = Object.fromEntries(Object.entries(rest).filter(([name]) => !settings.includes(name)));
  const Format = AccessLogFormat ?? before?.AccessLogSettings?.Format;
  const DestinationArn = AccessLogDestination ?? before?.AccessLogSettings?.DestinationArn;
  const logs = (AccessLogFormat !== undefined || AccessLogDestination !== undefined) && (Format || DestinationArn);
  return {
    ...plain,
    ...(Object.keys(defaults).length ? { DefaultRouteSettings: defaults } : {}),
    ...(logs ? { AccessLogSettings: { Format, DestinationArn } } : {}),
  };
}

export type FlatStage = Stage & Value;

export function unfold(stage: Stage): FlatStage {
  return { ...stage, ...stage.DefaultRouteSettings, AccessLogFormat: stage.AccessLogSettings?.Format, AccessLogDestination: stage.AccessLogSettings?.DestinationArn } as FlatStage;
}

/** Says whether the change takes the access log away, which is a call of its own. */
export function dropsAccessLog(input: Value): boolean {
  return input.AccessLogFormat === '' && input.AccessLogDestination === '';
}

/** Which deployment a stage serves that deploys automatically is not chosen. */
export function withoutChoice(stage: Stage, input: Value): Value {
  const { DeploymentId: _, ...rest } = input;
  return (input.AutoDeploy ?? stage.AutoDeploy) ? rest : input;
}

const ofAccount = { en: 'Leave it empty for the limit of the account.', es: 'Déjalo vacío para usar el límite de la cuenta.' };
const ofStage = { en: 'Leave it empty for the limit of the stage.', es: 'Déjalo vacío para usar el límite de la etapa.' };

/** Settings of all routes of a stage, or of one route; unset is the log level of what has none of its own. */
const settingFieldsOf = (hint: Words<string>, unset?: string): Field[] => [
  { name: 'ThrottlingRateLimit', kind: 'number', hint, label: { en: 'Rate limit (requests per second; 0 refuses all)', es: 'Límite de frecuencia (peticiones por segundo; 0 rechaza todas)' } },
  { name: 'ThrottlingBurstLimit', kind: 'number', hint, label: { en: 'Burst limit', es: 'Límite de ráfaga' } },
  { name: 'LoggingLevel', kind: 'select', unset, label: { en: 'Execution log', es: 'Registro de ejecución' }, options: [{ value: 'OFF', label: { en: 'Off', es: 'Desactivado' } }, { value: 'ERROR' }, { value: 'INFO' }] },
  { name: 'DataTraceEnabled', kind: 'toggle', label: { en: 'Log headers and bodies too', es: 'Registrar también cabeceras y cuerpos' } },
  { name: 'DetailedMetricsEnabled', kind: 'toggle', label: { en: 'Metrics by route', es: 'Métricas por ruta' } },
];

export const routeSettingFields = settingFieldsOf(ofStage);

export function stageFields(clients: Clients, apiId: string): Field[] {
  return [
    { name: 'StageName', kind: 'text', required: true, fixed: true, placeholder: 'prod', label: { en: 'Stage name', es: 'Nombre de la etapa' } },
    { name: 'AutoDeploy', kind: 'toggle', label: { en: 'Deploy every change automatically', es: 'Desplegar cada cambio automáticamente' } },
    {
      name: 'DeploymentId',
      kind: 'select',
      when: (value) => !value.AutoDeploy,
      label: { en: 'Deployment', es: 'Despliegue' },
      options: async () =>
        (await listDeployments(clients, apiId)).map((deployment) => ({
          value: deployment.DeploymentId!,
          label: { en: deploymentName('en', deployment), es: deploymentName('es', deployment) },
          description: same(deployment.DeploymentId!),
        })),
    },
    { name: 'StageVariables', kind: 'map', merges: true, label: { en: 'Stage variables', es: 'Variables de la etapa' } },
    ...settingFieldsOf(ofAccount, 'OFF'),
    { name: 'AccessLogDestination', kind: 'text', placeholder: 'arn:aws:logs:…:log-group:…', label: { en: 'Access log destination', es: 'Destino del registro de acceso' } },
    { name: 'AccessLogFormat', kind: 'text', placeholder: '{"requestId":"$context.requestId","status":"$context.status"}', label: { en: 'Access log format', es: 'Formato del registro de acceso' } },
    {
      name: 'ClientCertificateId',
      kind: 'select',
      label: { en: 'Client certificate', es: 'Certificado de cliente' },
      hint: { en: 'Presented to backends over TLS, so that they can tell who is calling.', es: 'Se presenta a los backends por TLS, para que sepan quién los llama.' },
      options: async () => (await listClientCertificates(clients)).map((certificate) => ({ value: certificate.clientCertificateId!, label: same(certificate.description || certificate.clientCertificateId!) })),
    },
    { name: 'Description', kind: 'text', label: { en: 'Description', es: 'Descripción' }, hint: { en: 'It can be changed and not emptied, as on AWS.', es: 'Se puede cambiar, pero no vaciar, como en AWS.' } },
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
