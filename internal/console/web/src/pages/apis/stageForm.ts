import type { Stage } from '@aws-sdk/client-apigatewayv2';
import type { Clients } from '../../aws/clients';
import { same, type Field, type Value } from '../../form/field';
import { numberText } from '../../words/format';
import type { Language, Words } from '../../words/language';
import { listClientCertificates, listDeployments } from '../../aws/gatewayLists';
import { deploymentName } from '../../names/texts';
import type { StageSetting } from '../../aws/session';
import { foldTags, settingFields, unfoldSettings } from './stageSettings';

// The form shows the settings of DefaultRouteSettings and AccessLogSettings flat;
// fold and unfold turn them into AWS's members and back.
const settings = ['ThrottlingRateLimit', 'ThrottlingBurstLimit', 'LoggingLevel', 'DataTraceEnabled', 'DetailedMetricsEnabled'];

export function foldSettings(input: Value): Value {
  return Object.fromEntries(settings.filter((name) => name in input && input[name] !== '').map((name) => [name, input[name]]));
}

/** With before, a log whose format alone changed keeps its destination. Settings are tags, which only a stage that is made takes along. */
export function fold(input: Value, before?: Stage): Value {
  const { members, added } = foldTags(input);
  const { AccessLogFormat, AccessLogDestination, ...rest } = members;
  const defaults = foldSettings(rest);
  const plain = Object.fromEntries(Object.entries(rest).filter(([name]) => !settings.includes(name)));
  const Format = AccessLogFormat ?? before?.AccessLogSettings?.Format;
  const DestinationArn = AccessLogDestination ?? before?.AccessLogSettings?.DestinationArn;
  const logs = (AccessLogFormat !== undefined || AccessLogDestination !== undefined) && (Format || DestinationArn);
  return {
    ...plain,
    ...(Object.keys(defaults).length ? { DefaultRouteSettings: defaults } : {}),
    ...(logs ? { AccessLogSettings: { Format, DestinationArn } } : {}),
    ...(!before && Object.keys(added).length ? { Tags: { ...(plain.Tags as object | undefined), ...added } } : {}),
  };
}

export type FlatStage = Stage & Value;

export function unfold(stage: Stage): FlatStage {
  return { ...stage, LoggingLevel: 'OFF', ...stage.DefaultRouteSettings, ...unfoldSettings(stage.Tags), AccessLogFormat: stage.AccessLogSettings?.Format, AccessLogDestination: stage.AccessLogSettings?.DestinationArn } as FlatStage;
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

const labels = {
  rate: { en: 'Rate limit (requests per second)', es: 'Límite de frecuencia (peticiones por segundo)' },
  burst: { en: 'Burst limit (requests)', es: 'Límite de ráfaga (peticiones)' },
  log: { en: 'Execution log', es: 'Registro de ejecución' },
  trace: { en: 'Data trace: log headers and bodies too', es: 'Traza de datos: registrar también cabeceras y cuerpos' },
  metrics: { en: 'Detailed metrics, by route', es: 'Métricas detalladas, por ruta' },
};

export const switched: Words<{ on: string; off: string }> = { en: { on: 'On', off: 'Off' }, es: { on: 'Activado', off: 'Desactivado' } };
const off = { en: switched.en.off, es: switched.es.off };
const levels = [{ value: 'OFF', label: off }, { value: 'ERROR' }, { value: 'INFO' }];

const zero = { en: '0 refuses all.', es: '0 las rechaza todas.' };
const beyond = { en: 'Requests at once, beyond the rate.', es: 'Peticiones a la vez, por encima de la frecuencia.' };

const ofAccount = { en: 'As the account', es: 'Como la cuenta' };

const turned = (on: boolean | undefined, language: Language) => (on ? switched[language].on : switched[language].off).toLowerCase();

/** What a route has that was given no limit or level of its own, in words: "As the stage: off" (A-WIRE-15). */
export function ofStage({ DefaultRouteSettings: set = {} }: Stage): Record<string, Words<string>> {
  const follows = (text: (language: Language) => string): Words<string> => ({ en: `As the stage: ${text('en')}`, es: `Como la etapa: ${text('es')}` });
  const limit = (value: number | undefined) => (value === undefined ? ofAccount : follows((language) => numberText(language, value)));
  const level = set.LoggingLevel ?? 'OFF';
  return {
    ThrottlingRateLimit: limit(set.ThrottlingRateLimit),
    ThrottlingBurstLimit: limit(set.ThrottlingBurstLimit),
    LoggingLevel: follows((language) => (level === 'OFF' ? turned(false, language) : level)),
  };
}

/** What the settings of a route begin with: its switches as the stage has them, since they are the route's own from then on. */
export function firstSettings({ DefaultRouteSettings: set = {} }: Stage): Value {
  return { DataTraceEnabled: !!set.DataTraceEnabled, DetailedMetricsEnabled: !!set.DetailedMetricsEnabled };
}

/** Settings of one route. A limit or level that is not chosen is as the stage has it, and says so; a switch says what the stage has. */
export function routeSettingFields(stage: Stage): Field[] {
  const follows = ofStage(stage);
  const { DataTraceEnabled, DetailedMetricsEnabled } = firstSettings(stage);
  const beside = (on: unknown): Words<string> => ({ en: `The stage: ${turned(!!on, 'en')}`, es: `La etapa: ${turned(!!on, 'es')}` });
  return [
    { name: 'ThrottlingRateLimit', kind: 'number', half: true, inEffect: follows.ThrottlingRateLimit, hint: zero, label: labels.rate },
    { name: 'ThrottlingBurstLimit', kind: 'number', half: true, inEffect: follows.ThrottlingBurstLimit, hint: beyond, label: labels.burst },
    { name: 'LoggingLevel', kind: 'select', inEffect: follows.LoggingLevel, label: labels.log, options: levels },
    { name: 'DataTraceEnabled', kind: 'toggle', half: true, hint: beside(DataTraceEnabled), label: labels.trace },
    { name: 'DetailedMetricsEnabled', kind: 'toggle', half: true, hint: beside(DetailedMetricsEnabled), label: labels.metrics },
  ];
}

export function stageFields(clients: Clients, apiId: string, settings?: StageSetting[]): Field[] {
  return [
    { name: 'StageName', kind: 'text', required: true, fixed: true, placeholder: 'prod', label: { en: 'Stage name', es: 'Nombre de la etapa' } },
    { name: 'AutoDeploy', kind: 'toggle', label: { en: 'Deploy every change automatically', es: 'Desplegar cada cambio automáticamente' } },
    {
      name: 'DeploymentId',
      kind: 'select',
      when: (value) => !value.AutoDeploy,
      inEffect: { en: 'None yet', es: 'Ninguno todavía' },
      label: { en: 'Deployment', es: 'Despliegue' },
      options: async () =>
        (await listDeployments(clients, apiId)).map((deployment) => ({
          value: deployment.DeploymentId!,
          label: { en: deploymentName('en', deployment), es: deploymentName('es', deployment) },
          description: same(deployment.DeploymentId!),
        })),
    },
    { name: 'LoggingLevel', kind: 'select', required: true, label: labels.log, options: levels },
    { name: 'DataTraceEnabled', kind: 'toggle', label: labels.trace },
    { name: 'StageVariables', kind: 'map', merges: true, label: { en: 'Stage variables', es: 'Variables de la etapa' } },
    { name: 'Description', kind: 'text', label: { en: 'Description', es: 'Descripción' }, hint: { en: 'Once there is one it can be replaced but not removed, as on AWS.', es: 'Una vez puesta se puede cambiar por otra, pero no quitar, como en AWS.' } },
    { name: 'ThrottlingRateLimit', kind: 'number', rare: true, half: true, inEffect: ofAccount, hint: zero, label: labels.rate },
    { name: 'ThrottlingBurstLimit', kind: 'number', rare: true, half: true, inEffect: ofAccount, hint: beyond, label: labels.burst },
    { name: 'DetailedMetricsEnabled', kind: 'toggle', rare: true, label: labels.metrics },
    { name: 'AccessLogDestination', kind: 'text', rare: true, placeholder: 'arn:aws:logs:…:log-group:…', label: { en: 'Access log destination', es: 'Destino del registro de acceso' }, hint: { en: 'ARN of a log group of any name: the lines go to logs/NAME.log in the data directory of the server.', es: 'ARN de un grupo de registros de cualquier nombre: las líneas van a logs/NOMBRE.log en el directorio de datos del servidor.' } },
    { name: 'AccessLogFormat', kind: 'text', rare: true, placeholder: '{"requestId":"$context.requestId","status":"$context.status"}', label: { en: 'Access log format', es: 'Formato del registro de acceso' } },
    {
      name: 'ClientCertificateId',
      kind: 'select',
      rare: true,
      label: { en: 'Client certificate', es: 'Certificado de cliente' },
      hint: { en: 'Presented to backends over TLS, so that they can tell who is calling.', es: 'Se presenta a los backends por TLS, para que sepan quién los llama.' },
      options: async () => (await listClientCertificates(clients)).map((certificate) => ({ value: certificate.clientCertificateId!, label: same(certificate.description || certificate.clientCertificateId!), description: same(certificate.clientCertificateId!) })),
    },
    {
      name: 'Tags',
      kind: 'map',
      rare: true,
      fixed: true,
      when: (value) => !value.CreatedDate,
      placeholder: 'team',
      label: { en: 'Tags', es: 'Etiquetas' },
    },
    ...settingFields(settings),
  ];
}
