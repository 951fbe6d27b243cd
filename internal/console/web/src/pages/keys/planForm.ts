import type { CreateUsagePlanRequest, PatchOperation, UsagePlan } from '@aws-sdk/client-api-gateway';
import { listStages } from '../../aws/gatewayLists';
import { listApiKeys } from './lists';
import type { Clients } from '../../aws/clients';
import { same, type Field, type Option, type Value } from '../../form/field';
import { apiNames } from '../../names/distinct';

// The form shows a plan's throttle and quota flat; fold and unfold turn them into AWS's
// members and back, planPatches says a change as AWS takes it.

export type FlatPlan = UsagePlan & Value;

export const periods = { en: { DAY: 'day', WEEK: 'week', MONTH: 'month' }, es: { DAY: 'día', WEEK: 'semana', MONTH: 'mes' } };

/** With what a plan that exists already does not have in its form: the keys, which are calls of their own. */
export const planFields = (clients: Clients): Field[] => [
  { name: 'name', kind: 'text', required: true, label: { en: 'Name', es: 'Nombre' } },
  { name: 'description', kind: 'text', label: { en: 'Description', es: 'Descripción' } },
  { name: 'stages', kind: 'multi', inEffect: { en: 'None: the plan has no effect yet', es: 'Ninguna: el plan aún no tiene efecto' }, label: { en: 'API stages', es: 'Etapas' }, hint: { en: 'The stages whose connections this plan counts.', es: 'Las etapas cuyas conexiones cuenta este plan.' }, options: () => stageOptions(clients) },
  { name: 'keys', kind: 'multi', beside: true, when: (value) => !value.id, inEffect: { en: 'None: keys can be added later', es: 'Ninguna: se pueden añadir después' }, label: { en: 'API keys', es: 'Claves de API' }, hint: { en: 'The keys whose clients the plan lets in.', es: 'Las claves a cuyos clientes deja entrar el plan.' }, options: () => keyOptions(clients) },
  { name: 'rateLimit', kind: 'number', half: true, label: { en: 'Rate limit (connections per second)', es: 'Límite de frecuencia (conexiones por segundo)' }, hint: { en: 'Leave it empty for no limit.', es: 'Déjalo vacío para no poner límite.' } },
  { name: 'burstLimit', kind: 'number', half: true, when: (value) => isSet(value.rateLimit), required: true, label: { en: 'Burst limit (connections)', es: 'Límite de ráfaga (conexiones)' }, hint: { en: 'Connections at once, beyond the rate.', es: 'Conexiones a la vez, por encima de la frecuencia.' } },
  { name: 'quotaLimit', kind: 'number', half: true, newLine: true, label: { en: 'Quota (connections per period)', es: 'Cuota (conexiones por periodo)' }, hint: { en: 'Leave it empty for no limit.', es: 'Déjalo vacío para no poner límite.' } },
  { name: 'quotaPeriod', kind: 'select', half: true, when: (value) => isSet(value.quotaLimit), required: true, label: { en: 'Period', es: 'Periodo' }, hint: { en: 'How long the quota lasts.', es: 'Cuánto dura la cuota.' }, options: (['DAY', 'WEEK', 'MONTH'] as const).map((value) => ({ value, label: { en: periods.en[value], es: periods.es[value] } })) },
  { name: 'quotaOffset', kind: 'number', emptied: 0, when: (value) => isSet(value.quotaLimit) && ['WEEK', 'MONTH'].includes(String(value.quotaPeriod)), label: { en: 'Offset (days)', es: 'Desfase (días)' }, hint: { en: 'Days from the start of the week or month to the start of the period.', es: 'Días desde el inicio de la semana o del mes en que empieza el periodo.' } },
];

/** Every stage of every API, by names. */
async function stageOptions(clients: Clients): Promise<Option[]> {
  const apis = [...(await apiNames(clients))];
  const all = await Promise.all(apis.map(async ([id, name]) => (await listStages(clients, id)).map(({ StageName }) => ({ value: `${id}:${StageName}`, label: same(`${name} · ${StageName}`) }))));
  return all.flat();
}

/** Every API key, by its name. */
export async function keyOptions({ keys }: Clients): Promise<Option[]> {
  return (await listApiKeys(keys)).map((key) => ({ value: key.id!, label: same(key.name ?? key.id!), description: same(key.id!) }));
}

const isSet = (member: unknown) => member !== undefined && member !== '';

function stageNames(plan: UsagePlan): string[] {
  return (plan.apiStages ?? []).map((stage) => `${stage.apiId}:${stage.stage}`);
}

export function unfold(plan: UsagePlan): FlatPlan {
  const { throttle, quota } = plan;
  return { ...plan, stages: stageNames(plan), rateLimit: throttle?.rateLimit, burstLimit: throttle?.burstLimit, quotaLimit: quota?.limit, quotaPeriod: quota?.period, quotaOffset: quota?.offset };
}

export function fold(input: Value): CreateUsagePlanRequest {
  const stages = (input.stages as string[] | undefined) ?? [];
  return {
    name: String(input.name),
    description: input.description as string | undefined,
    apiStages: stages.map((text) => ({ apiId: text.split(':')[0], stage: text.split(':')[1] })),
    throttle: isSet(input.rateLimit) ? { rateLimit: Number(input.rateLimit), burstLimit: Number(input.burstLimit) } : undefined,
    quota: isSet(input.quotaLimit) ? { limit: Number(input.quotaLimit), offset: Number(input.quotaOffset ?? 0), period: input.quotaPeriod as 'DAY' } : undefined,
  };
}

/** A limit of a plan: its path, and its members by their fields; without the first there is no limit. */
interface Limit {
  path: 'throttle' | 'quota';
  members: [field: string, member: string][];
}

const limits: Limit[] = [
  { path: 'throttle', members: [['rateLimit', 'rateLimit'], ['burstLimit', 'burstLimit']] },
  { path: 'quota', members: [['quotaLimit', 'limit'], ['quotaPeriod', 'period'], ['quotaOffset', 'offset']] },
];

/** A change as AWS takes it: texts are replaced, a limit is written as a whole or removed, stages are added and removed (aws-controlplane §5). */
export function planPatches(plan: UsagePlan, input: Value): PatchOperation[] {
  const texts = ['name', 'description'].filter((name) => name in input).map((name): PatchOperation => ({ op: 'replace', path: `/${name}`, value: String(input[name]) }));
  return [...texts, ...limits.flatMap((limit) => limitPatches(limit, plan, input)), ...stagePatches(plan, input)];
}

function limitPatches({ path, members }: Limit, plan: UsagePlan, input: Value): PatchOperation[] {
  if (!members.some(([field]) => field in input)) return [];
  const wanted: Value = { ...unfold(plan), ...input };
  if (!isSet(wanted[members[0]![0]])) return plan[path] ? [{ op: 'remove', path: `/${path}` }] : [];
  if (wanted.quotaPeriod === 'DAY') wanted.quotaOffset = 0; // the only one that a day has
  return members.map(([field, member]): PatchOperation => ({ op: 'replace', path: `/${path}/${member}`, value: String(wanted[field] || 0) }));
}

function stagePatches(plan: UsagePlan, input: Value): PatchOperation[] {
  if (!('stages' in input)) return [];
  const before = stageNames(plan);
  const after = input.stages as string[];
  const change = (op: 'add' | 'remove') => (value: string): PatchOperation => ({ op, path: '/apiStages', value });
  return [...before.filter((one) => !after.includes(one)).map(change('remove')), ...after.filter((one) => !before.includes(one)).map(change('add'))];
}
