import { CreateUsagePlanCommand, DeleteUsagePlanCommand, GetUsagePlansCommand, UpdateUsagePlanCommand, type CreateUsagePlanRequest, type PatchOperation, type UsagePlan } from '@aws-sdk/client-api-gateway';
import Link from '@cloudscape-design/components/link';
import { gatewayPermits } from '../../aws/permissions';
import { capitalized } from '../../commands/cloudformation';
import { gatewayArn, keyTags } from '../../aws/tagging';
import { Copyable } from '../../elements/Copyable';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { same, type Field, type Option, type Value } from '../../form/field';
import { useConsole } from '../../hooks/console';
import { allPages } from '../../aws/allPages';
import { href } from '../../hooks/router';
import { planImpact } from '../../names/impact';
import type { Clients } from '../../aws/clients';
import { Named } from '../../names/Named';
import { useLanguage } from '../../words/language';
import { numberText } from '../../words/format';
import { Amount } from '../../words/When';
import { listApis, listStages } from '../../aws/gatewayLists';

type Flat = UsagePlan & Value;

const planFields = (clients: Clients): Field[] => [
  { name: 'name', kind: 'text', required: true, label: { en: 'Name', es: 'Nombre' } },
  { name: 'description', kind: 'text', label: { en: 'Description', es: 'Descripción' } },
  { name: 'stages', kind: 'multi', label: { en: 'API stages', es: 'Etapas' }, hint: { en: 'The stages whose connections this plan counts.', es: 'Las etapas cuyas conexiones cuenta este plan.' }, options: () => stageOptions(clients) },
  { name: 'rateLimit', kind: 'number', label: { en: 'Rate limit (connections per second)', es: 'Límite de frecuencia (conexiones por segundo)' } },
  { name: 'burstLimit', kind: 'number', label: { en: 'Burst limit', es: 'Límite de ráfaga' } },
  { name: 'quotaLimit', kind: 'number', label: { en: 'Quota (connections per period)', es: 'Cuota (conexiones por periodo)' } },
  { name: 'quotaPeriod', kind: 'select', when: (value) => !!value.quotaLimit, required: true, label: { en: 'Period', es: 'Periodo' }, options: (['DAY', 'WEEK', 'MONTH'] as const).map((value) => ({ value, label: { en: periods.en[value], es: periods.es[value] } })) },
];

export const periods = { en: { DAY: 'day', WEEK: 'week', MONTH: 'month' }, es: { DAY: 'día', WEEK: 'semana', MONTH: 'mes' } };

/** Every stage of every API, by names. */
async function stageOptions(clients: Clients): Promise<Option[]> {
  const apis = await listApis(clients);
  const all = await Promise.all(apis.map(async ({ ApiId, Name }) => (await listStages(clients, ApiId!)).map(({ StageName }) => ({ value: `${ApiId}:${StageName}`, label: same(`${Name} · ${StageName}`) }))));
  return all.flat();
}

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

function stageNames(plan: UsagePlan): string[] {
  return (plan.apiStages ?? []).map((stage) => `${stage.apiId}:${stage.stage}`);
}

function unfold(plan: UsagePlan): Flat {
  return { ...plan, stages: stageNames(plan), rateLimit: plan.throttle?.rateLimit, burstLimit: plan.throttle?.burstLimit, quotaLimit: plan.quota?.limit, quotaPeriod: plan.quota?.period };
}

function fold(input: Value): CreateUsagePlanRequest {
  const stages = (input.stages as string[] | undefined) ?? [];
  return {
    name: String(input.name),
    description: input.description as string | undefined,
    apiStages: stages.map((text) => ({ apiId: text.split(':')[0], stage: text.split(':')[1] })),
    throttle: input.rateLimit !== undefined || input.burstLimit !== undefined ? { rateLimit: Number(input.rateLimit ?? 0), burstLimit: Number(input.burstLimit ?? 0) } : undefined,
    quota: input.quotaLimit ? { limit: Number(input.quotaLimit), offset: 0, period: input.quotaPeriod as 'DAY' } : undefined,
  };
}

const paths: Record<string, string> = { name: '/name', description: '/description', rateLimit: '/throttle/rateLimit', burstLimit: '/throttle/burstLimit', quotaLimit: '/quota/limit', quotaPeriod: '/quota/period' };

function planPatches(plan: UsagePlan, input: Value): PatchOperation[] {
  const simple = Object.entries(input)
    .filter(([name]) => name in paths)
    .map(([name, member]): PatchOperation => ({ op: 'replace', path: paths[name], value: String(member) }));
  if (!('stages' in input)) return simple;
  const before = stageNames(plan);
  const after = input.stages as string[];
  const change = (op: 'add' | 'remove') => (value: string): PatchOperation => ({ op, path: '/apiStages', value });
  return [...simple, ...before.filter((one) => !after.includes(one)).map(change('remove')), ...after.filter((one) => !before.includes(one)).map(change('add'))];
}

export function UsagePlans() {
  const { clients, facts } = useConsole();
  const resource: Resource<Flat> = {
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
