import { CreateUsagePlanCommand, DeleteUsagePlanCommand, GetUsagePlansCommand, UpdateUsagePlanCommand, type UsagePlan } from '@aws-sdk/client-api-gateway';
import Link from '@cloudscape-design/components/link';
import { gatewayPermits } from '../../aws/permissions';
import { capitalized } from '../../commands/cloudformation';
import { gatewayArn, keyTags } from '../../aws/tagging';
import { Copyable } from '../../elements/Copyable';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { same, type Value } from '../../form/field';
import { useConsole } from '../../hooks/console';
import { allPages } from '../../aws/allPages';
import { href } from '../../hooks/router';
import { planImpact } from '../../names/impact';
import { Named } from '../../names/Named';
import { useLanguage } from '../../words/language';
import { numberText } from '../../words/format';
import { Amount } from '../../words/When';
import { fold, periods, planFields, planPatches, unfold, type FlatPlan } from './planForm';

/** The stages of a plan, by the names of their APIs. */
export function PlanStages({ plan }: { plan: UsagePlan }) {
  const stages = plan.apiStages ?? [];
  if (stages.length === 0) return <>–</>;
  return <>{stages.map((at, index) => <span key={`${at.apiId}:${at.stage}`}>{index > 0 && ', '}<Named kind="api" id={at.apiId} /> · <Link href={href('apis', at.apiId!, 'stages', at.stage!)}>{at.stage}</Link></span>)}</>;
}

export function Quota({ quota, none }: { quota: UsagePlan['quota']; none: string }) {
  const { language } = useLanguage();
  return <>{quota ? `${numberText(language, quota.limit ?? 0)} / ${periods[language][quota.period ?? 'MONTH']}` : none}</>;
}

export default function UsagePlans() {
  const { clients, facts } = useConsole();
  const resource: Resource<FlatPlan> = {
    title: { en: 'Usage plans', es: 'Planes de uso' },
    make: { en: 'Create usage plan', es: 'Crear plan de uso' },
    about: { en: 'Which stages an API key opens, how many connections per second it may make, and how many in all.', es: 'Qué etapas abre una clave de API, cuántas conexiones por segundo permite y cuántas en total.' },
    empty: { en: 'There is no usage plan yet: API keys that are in no plan are refused.', es: 'Todavía no hay planes de uso: se rechaza toda clave que no esté en un plan.' },
    columns: [
      { id: 'name', minWidth: 170, header: { en: 'Name', es: 'Nombre' }, cell: (plan) => plan.name, sort: 'name' },
      { id: 'stages', header: { en: 'API stages', es: 'Etapas' }, cell: (plan) => <PlanStages plan={plan} /> },
      { id: 'rate', header: { en: 'Rate', es: 'Frecuencia' }, cell: (plan) => (plan.throttle ? <><Amount of={plan.throttle.rateLimit ?? 0} />/s (<Amount of={plan.throttle.burstLimit ?? 0} />)</> : '–') },
      { id: 'quota', header: { en: 'Quota', es: 'Cuota' }, cell: (plan) => <Quota quota={plan.quota} none="–" /> },
      { id: 'id', minWidth: 120, header: same('ID'), cell: (plan) => <Copyable text={plan.id} /> },
    ],
    fields: planFields(clients),
    keys: [clients],
    permits: gatewayPermits(facts.region, 'usageplans', (plan) => plan.id!),
    id: (plan) => plan.id!,
    name: (plan) => plan.name!,
    open: (plan) => href('usageplans', plan.id!),
    list: async () =>
      (
        await allPages(async (position) => {
          const answer = await clients.keys.send(new GetUsagePlansCommand({ position, limit: 500 }));
          return { items: answer.items, next: answer.position };
        })
      ).map(unfold),
    initial: { quotaPeriod: 'MONTH' },
    create: (input) => clients.keys.send(new CreateUsagePlanCommand(fold(input))),
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
