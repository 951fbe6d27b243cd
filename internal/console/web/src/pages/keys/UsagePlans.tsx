import { CreateUsagePlanCommand, CreateUsagePlanKeyCommand, DeleteUsagePlanCommand, UpdateUsagePlanCommand } from '@aws-sdk/client-api-gateway';
import { gatewayPermits } from '../../aws/permissions';
import { capitalized } from '../../commands/cloudformation';
import { gatewayArn, keyTags } from '../../aws/tagging';
import { Copyable } from '../../elements/Copyable';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { same, type Value } from '../../form/field';
import { useConsole } from '../../hooks/console';
import { href } from '../../hooks/router';
import { planImpact } from '../../names/impact';
import type { Clients } from '../../aws/clients';
import { listUsagePlans } from './lists';
import { PlanStages, Quota, Throttle } from './planParts';
import { fold, planFields, planPatches, unfold, type FlatPlan } from './planForm';

/** Makes a plan with its keys, or neither. */
async function createPlan({ keys }: Clients, input: Value): Promise<void> {
  const { id: usagePlanId } = await keys.send(new CreateUsagePlanCommand(fold(input)));
  try {
    for (const keyId of (input.keys as string[] | undefined) ?? []) await keys.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: 'API_KEY' }));
  } catch (refusal) {
    await keys.send(new DeleteUsagePlanCommand({ usagePlanId }));
    throw refusal;
  }
}

// The list and the page of one are loaded together: they share most of what they are made of.
export { UsagePlanPage } from './UsagePlanPage';

export default function UsagePlans() {
  const { clients, facts } = useConsole();
  const resource: Resource<FlatPlan> = {
    title: { en: 'Usage plans', es: 'Planes de uso' },
    make: { en: 'Create usage plan', es: 'Crear plan de uso' },
    editing: { en: 'Edit usage plan', es: 'Editar plan de uso' },
    about: { en: 'Which stages an API key opens, how many connections per second it may make, and how many in all.', es: 'Qué etapas abre una clave de API, cuántas conexiones por segundo permite y cuántas en total.' },
    empty: { en: 'There is no usage plan yet: API keys that are in no plan are refused.', es: 'Todavía no hay planes de uso: se rechaza toda clave que no esté en un plan.' },
    columns: [
      { id: 'name', minWidth: 170, header: { en: 'Name', es: 'Nombre' }, cell: (plan) => plan.name, sort: 'name' },
      { id: 'stages', header: { en: 'API stages', es: 'Etapas' }, cell: (plan) => <PlanStages plan={plan} /> },
      { id: 'rate', header: { en: 'Rate', es: 'Frecuencia' }, cell: (plan) => <Throttle of={plan.throttle} none="–" /> },
      { id: 'quota', header: { en: 'Quota', es: 'Cuota' }, cell: (plan) => <Quota quota={plan.quota} none="–" /> },
      { id: 'id', minWidth: 120, header: same('ID'), cell: (plan) => <Copyable text={plan.id} /> },
    ],
    fields: planFields(clients),
    keys: [clients],
    permits: gatewayPermits(facts.region, 'usageplans', (plan) => plan.id!),
    id: (plan) => plan.id!,
    name: (plan) => plan.name!,
    open: (plan) => href('usageplans', plan.id!),
    list: async () => (await listUsagePlans(clients.keys)).map(unfold),
    initial: { quotaPeriod: 'MONTH' },
    create: (input) => createPlan(clients, input),
    update: (plan, input) => clients.keys.send(new UpdateUsagePlanCommand({ usagePlanId: plan.id, patchOperations: planPatches(plan, input) })),
    call: { service: 'apigateway', operation: 'CreateUsagePlan', fixed: {}, shape: (input) => fold(input) as unknown as Value, type: 'AWS::ApiGateway::UsagePlan', properties: ({ name, ...members }) => ({ UsagePlanName: name, ...capitalized(members) }) },
    tagging: (plan) => keyTags(clients, gatewayArn(facts.region, `usageplans/${plan.id}`)),
    impact: planImpact(clients),
    removeWarning: { en: 'Its API keys stop working on its stages, unless another plan covers them.', es: 'Sus claves de API dejan de valer en sus etapas, salvo que las cubra otro plan.' },
    remove: async (plan) => {
      const patchOperations = planPatches(plan, { stages: [] });
      if (patchOperations.length) await clients.keys.send(new UpdateUsagePlanCommand({ usagePlanId: plan.id, patchOperations }));
      await clients.keys.send(new DeleteUsagePlanCommand({ usagePlanId: plan.id }));
    },
  };
  return <Collection resource={resource} />;
}
