import { CreateStageCommand, DeleteAccessLogSettingsCommand, DeleteStageCommand, UpdateStageCommand, type CreateStageRequest, type Stage } from '@aws-sdk/client-apigatewayv2';
import { GetAccountCommand } from '@aws-sdk/client-api-gateway';
import { gatewayPermits } from '../../aws/permissions';
import type { Clients } from '../../aws/clients';
import { gatewayArn, gatewayTags, type Tagging } from '../../aws/tagging';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { Copyable } from '../../elements/Copyable';
import type { Value } from '../../form/field';
import { useConsole } from '../../hooks/console';
import { href } from '../../hooks/router';
import { listStages } from '../../aws/gatewayLists';
import { foldTags } from './stageSettings';
import { dropsAccessLog, fold, stageFields, unfold, withoutChoice, type FlatStage } from './stageForm';
import { stageImpact } from '../../names/impact';
import { Named } from '../../names/Named';
import { Status, YesNo } from '../../names/Status';

export async function updateStage(clients: Clients, tagging: Tagging, ApiId: string, stage: Stage, input: Value): Promise<void> {
  const { gateway, keys } = clients;
  const ids = { ApiId, StageName: stage.StageName! };
  const { members, added, gone } = foldTags(input);
  // First what is likelier to be refused: then nothing has changed.
  if (Object.keys(added).length > 0) await tagging.put(added);
  if (gone.length > 0) await tagging.drop(gone);
  if (Object.keys(members).length === 0) return;
  await gateway.send(new UpdateStageCommand({ ...fold(await withLimits(keys, withoutChoice(stage, members)), stage), ...ids }));
  if (dropsAccessLog(members)) await gateway.send(new DeleteAccessLogSettingsCommand(ids));
}

/** Tags of a stage, among them its settings of pasarela. */
export function stageTags(clients: Clients, region: string, apiId: string, name: string): Tagging {
  return gatewayTags(clients, gatewayArn(region, `apis/${apiId}/stages/${name}`));
}

/** A limit that is emptied becomes the account's: no update of a stage takes a limit away. */
async function withLimits(keys: Clients['keys'], input: Value): Promise<Value> {
  if (input.ThrottlingRateLimit !== '' && input.ThrottlingBurstLimit !== '') return input;
  const { rateLimit, burstLimit } = (await keys.send(new GetAccountCommand({}))).throttleSettings ?? {};
  return {
    ...input,
    ...(input.ThrottlingRateLimit === '' && { ThrottlingRateLimit: rateLimit }),
    ...(input.ThrottlingBurstLimit === '' && { ThrottlingBurstLimit: burstLimit }),
  };
}

export function Stages({ apiId, endpoint }: { apiId: string; endpoint: string }) {
  const { clients, extension, facts } = useConsole();
  const resource: Resource<FlatStage> = {
    title: { en: 'Stages', es: 'Etapas' },
    make: { en: 'Create stage', es: 'Crear etapa' },
    editing: { en: 'Edit stage', es: 'Editar etapa' },
    about: { en: 'Each stage serves one deployment at its own URL. Changes to its settings take effect at once.', es: 'Cada etapa sirve un despliegue en su propia URL. Los cambios en sus ajustes tienen efecto al momento.' },
    empty: { en: 'There is no stage yet. Create one, then deploy the API to it.', es: 'Todavía no hay etapas. Crea una y despliega la API en ella.' },
    columns: [
      { id: 'name', header: { en: 'Stage', es: 'Etapa' }, cell: (stage) => stage.StageName, sort: 'StageName' },
      { id: 'deployment', header: { en: 'Serves deployment', es: 'Sirve el despliegue' }, cell: (stage) => <Named kind="deployment" id={stage.DeploymentId} api={apiId} /> },
      { id: 'auto', header: { en: 'Automatic deployment', es: 'Despliegue automático' }, cell: (stage) => <YesNo of={stage.AutoDeploy} /> },
      { id: 'url', minWidth: 220, header: { en: 'WebSocket URL', es: 'URL del WebSocket' }, cell: (stage) => <Copyable text={`${endpoint}/${stage.StageName}`} /> },
      { id: 'log', header: { en: 'Execution log', es: 'Registro de ejecución' }, cell: (stage) => <Status of={stage.DefaultRouteSettings?.LoggingLevel ?? 'OFF'} /> },
    ],
    fields: stageFields(clients, apiId, facts.stageSettings),
    keys: [clients, apiId],
    permits: gatewayPermits(facts.region, `apis/${apiId}/stages`, (stage) => stage.StageName!),
    id: (stage) => stage.StageName!,
    name: (stage) => stage.StageName!,
    open: (stage) => href('apis', apiId, 'stages', stage.StageName!),
    list: async () => (await listStages(clients, apiId)).map(unfold),
    initial: { LoggingLevel: 'OFF' },
    create: (input) => clients.gateway.send(new CreateStageCommand({ ...fold(input), ApiId: apiId } as CreateStageRequest)),
    update: (stage, input) => updateStage(clients, stageTags(clients, facts.region, apiId, stage.StageName!), apiId, stage, input),
    remove: (stage) => clients.gateway.send(new DeleteStageCommand({ ApiId: apiId, StageName: stage.StageName })),
    impact: stageImpact(clients, extension, apiId),
    removeWarning: { en: 'Open connections of the stage are closed, and clients are refused with 403.', es: 'Se cierran las conexiones abiertas de la etapa y se rechaza a los clientes con 403.' },
    call: stageCall(clients, apiId, facts.region),
    tagging: (stage) => stageTags(clients, facts.region, apiId, stage.StageName!),
  };
  return <Collection resource={resource} />;
}

export function stageCall(clients: Clients, apiId: string, region: string): NonNullable<Resource<FlatStage>['call']> {
  return {
    service: 'apigatewayv2',
    operation: 'CreateStage',
    fixed: { ApiId: apiId },
    type: 'AWS::ApiGatewayV2::Stage',
    shape: fold,
    change: (stage, input) => {
      const { members, added, gone } = foldTags(input);
      return [
        ...stageTags(clients, region, apiId, stage.StageName!).calls(added, gone),
        ...(Object.keys(members).length > 0 || Object.keys(input).length === 0 ? [{ operation: 'UpdateStage', input: { ApiId: apiId, StageName: stage.StageName, ...fold(members, stage) } }] : []),
      ];
    },
  };
}
