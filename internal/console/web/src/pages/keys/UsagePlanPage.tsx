import { CreateUsagePlanKeyCommand, DeleteUsagePlanKeyCommand, GetApiKeysCommand, GetUsagePlanKeysCommand, type UsagePlanKey } from '@aws-sdk/client-api-gateway';
import { Collection, type Resource } from '../../form/Collection';
import { same } from '../../form/field';
import { useConsole } from '../../shell/console';
import { allPages } from '../../shell/loading';

/** The API keys of one usage plan. */
export function UsagePlanPage({ planId }: { planId: string }) {
  const { clients } = useConsole();
  const resource: Resource<UsagePlanKey> = {
    title: { en: 'Keys of the usage plan', es: 'Claves del plan de uso' },
    make: { en: 'Add API key', es: 'Añadir clave de API' },
    removeLabel: { en: 'Remove', es: 'Quitar' },
    about: same(planId),
    empty: { en: 'No key is in this plan yet.', es: 'Todavía no hay claves en este plan.' },
    columns: [
      { id: 'name', header: { en: 'Name', es: 'Nombre' }, cell: (key) => key.name ?? key.id, sort: 'name' },
      { id: 'id', header: same('ID'), cell: (key) => key.id },
    ],
    fields: [
      {
        name: 'keyId',
        kind: 'select',
        required: true,
        label: { en: 'API key', es: 'Clave de API' },
        options: async () => ((await clients.keys.send(new GetApiKeysCommand({ limit: 500 }))).items ?? []).map((key) => ({ value: key.id!, label: same(key.name ?? key.id!) })),
      },
    ],
    keys: [clients, planId],
    id: (key) => key.id!,
    name: (key) => key.name ?? key.id!,
    list: () =>
      allPages(async (position) => {
        const answer = await clients.keys.send(new GetUsagePlanKeysCommand({ usagePlanId: planId, position, limit: 500 }));
        return { items: answer.items, next: answer.position };
      }),
    create: (input) => clients.keys.send(new CreateUsagePlanKeyCommand({ usagePlanId: planId, keyId: String(input.keyId), keyType: 'API_KEY' })),
    remove: (key) => clients.keys.send(new DeleteUsagePlanKeyCommand({ usagePlanId: planId, keyId: key.id })),
    call: { service: 'apigateway', operation: 'CreateUsagePlanKey', fixed: { usagePlanId: planId, keyType: 'API_KEY' } },
  };
  return <Collection resource={resource} />;
}
