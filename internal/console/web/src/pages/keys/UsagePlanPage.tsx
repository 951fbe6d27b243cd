import { CreateUsagePlanKeyCommand, DeleteUsagePlanKeyCommand, GetApiKeyCommand, GetUsageCommand, GetUsagePlanCommand, GetUsagePlanKeysCommand, UpdateUsagePlanCommand, type UsagePlanKey } from '@aws-sdk/client-api-gateway';
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { failureText } from '../../aws/failure';
import { gatewayPermits } from '../../aws/permissions';
import { capitalized } from '../../commands/cloudformation';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { same } from '../../form/field';
import { ResourceForm } from '../../form/ResourceForm';
import { useSaved } from '../../form/undoable';
import { useConsole } from '../../hooks/console';
import { Copyable } from '../../elements/Copyable';
import { useLoaded } from '../../hooks/loading';
import { useDenied } from '../../hooks/permissions';
import { useOpenForm } from '../../hooks/router';
import { allPages } from '../../aws/allPages';
import { useWords, type Words } from '../../words/language';
import { Amount } from '../../words/When';
import { keyOptions, planFields, planPatches, unfold } from './planForm';
import { keyHref } from './lists';
import { PlanStages, Quota, Throttle } from './planParts';

const en = { edit: 'Edit', editing: 'Edit usage plan', stages: 'API stages', rate: 'Rate and burst limit', quota: 'Quota', description: 'Description', none: 'no limit', usedUp: 'Used up' };
const es: typeof en = { edit: 'Editar', editing: 'Editar plan de uso', stages: 'Etapas', rate: 'Límites de frecuencia y ráfaga', quota: 'Cuota', description: 'Descripción', none: 'sin límite', usedUp: 'Agotada' };
const words: Words<typeof en> = { en, es };

type Metered = UsagePlanKey & { keyId: string; used?: number; remaining?: number };

/** One usage plan: what it allows, its API keys, and what each has used today. */
export function UsagePlanPage({ planId }: { planId: string }) {
  const w = useWords(words);
  const { clients, facts } = useConsole();
  const read = async () => unfold(await clients.keys.send(new GetUsagePlanCommand({ usagePlanId: planId })));
  const plan = useLoaded(read, [clients, planId]);
  const { throttle, quota } = plan.value ?? {};
  const { form, open, close } = useOpenForm();
  const noUpdate = useDenied([gatewayPermits(facts.region, 'usageplans', String).update!(planId)]);
  const fields = planFields(clients);
  const submit = useSaved({
    name: plan.value?.name ?? '',
    fields,
    before: plan.value,
    read,
    put: (now, input) => clients.keys.send(new UpdateUsagePlanCommand({ usagePlanId: planId, patchOperations: planPatches(now, input) })),
    reload: plan.reload,
  });
  const resource: Resource<Metered> = {
    title: { en: 'Keys of the usage plan', es: 'Claves del plan de uso' },
    make: { en: 'Add API key', es: 'Añadir clave de API' },
    madeLabel: { en: 'added', es: 'se añadió' },
    removeLabel: { en: 'Remove', es: 'Quitar' },
    removedLabel: { en: ['removed', 'removed'], es: ['se quitó', 'se quitaron'] },
    about: { en: 'Connections made with these keys count towards the plan.', es: 'Las conexiones hechas con estas claves cuentan para el plan.' },
    empty: { en: 'No key is in this plan yet.', es: 'Todavía no hay claves en este plan.' },
    columns: [
      { id: 'name', header: { en: 'Name', es: 'Nombre' }, cell: (key) => key.name ?? key.id, sort: 'name' },
      { id: 'used', header: { en: 'Used today', es: 'Conexiones hoy' }, cell: (key) => (key.used === undefined ? '–' : <Amount of={key.used} />), sort: 'used' },
      { id: 'remaining', header: { en: 'Remaining', es: 'Cuota restante' }, cell: (key) => (key.remaining === undefined ? '–' : !quota ? w.none : key.remaining > 0 ? <Amount of={key.remaining} /> : <StatusIndicator type="error">{w.usedUp}</StatusIndicator>), sort: 'remaining' },
      { id: 'id', minWidth: 120, header: same('ID'), cell: (key) => <Copyable text={key.id} /> },
    ],
    fields: [
      {
        name: 'keyId',
        kind: 'select',
        required: true,
        label: { en: 'API key', es: 'Clave de API' },
        options: () => keyOptions(clients),
      },
    ],
    keys: [clients, planId, quota],
    id: (key) => key.id!,
    name: (key) => key.name ?? key.id!,
    open: (key) => keyHref(key.id!),
    list: async () => {
      const keys = await allPages(async (position) => {
        const answer = await clients.keys.send(new GetUsagePlanKeysCommand({ usagePlanId: planId, position, limit: 500 }));
        return { items: answer.items, next: answer.position };
      });
      const today = new Date().toISOString().slice(0, 10);
      const { items: usage = {} } = await clients.keys.send(new GetUsageCommand({ usagePlanId: planId, startDate: today, endDate: today, limit: 500 }));
      return keys.map((key) => ({ ...key, keyId: key.id!, used: usage[key.id!]?.at(-1)?.[0], remaining: usage[key.id!]?.at(-1)?.[1] }));
    },
    madeName: async ({ keyId }) => (await clients.keys.send(new GetApiKeyCommand({ apiKey: String(keyId) }))).name,
    create: (input) => clients.keys.send(new CreateUsagePlanKeyCommand({ usagePlanId: planId, keyId: String(input.keyId), keyType: 'API_KEY' })),
    undo: 'create',
    removeWarning: { en: 'Clients that send it are refused on stages that no other plan of the key covers.', es: 'Se rechazará a los clientes que la envíen en las etapas que no cubra otro plan de la clave.' },
    remove: (key) => clients.keys.send(new DeleteUsagePlanKeyCommand({ usagePlanId: planId, keyId: key.id })),
    call: { service: 'apigateway', operation: 'CreateUsagePlanKey', fixed: { usagePlanId: planId, keyType: 'API_KEY' }, type: 'AWS::ApiGateway::UsagePlanKey', properties: capitalized },
  };
  return (
    <SpaceBetween size="l">
      {plan.error !== undefined && <Alert type="error">{failureText(plan.error)}</Alert>}
      <Container header={<Header variant="h1" actions={<Button disabled={!plan.value || !!noUpdate} disabledReason={noUpdate} onClick={() => open('plan')}>{w.edit}</Button>}>{plan.value?.name ?? planId}</Header>}>
        <KeyValuePairs
          columns={3}
          items={[
            { label: w.stages, value: plan.value ? <PlanStages plan={plan.value} /> : '–' },
            { label: w.rate, value: <Throttle of={throttle} none={w.none} /> },
            { label: w.quota, value: <Quota quota={quota} none={w.none} /> },
            { label: 'ID', value: <Copyable text={planId} /> },
            { label: w.description, value: plan.value?.description || '–' },
          ]}
        />
      </Container>
      <Collection resource={resource} section />
      {form === 'plan' && plan.value && <ResourceForm title={`${w.editing} ${plan.value.name}`} fields={fields} before={plan.value} submit={submit} close={close} />}
    </SpaceBetween>
  );
}
