import { CreateApiKeyCommand, DeleteApiKeyCommand, UpdateApiKeyCommand, type ApiKey, type CreateApiKeyRequest } from '@aws-sdk/client-api-gateway';
import Link from '@cloudscape-design/components/link';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { gatewayPermits } from '../../aws/permissions';
import { capitalized } from '../../commands/cloudformation';
import { gatewayArn, keyTags } from '../../aws/tagging';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { Copyable } from '../../elements/Copyable';
import { same, type Field } from '../../form/field';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { href } from '../../hooks/router';
import { useWords, type Words } from '../../words/language';
import { keyHref, listApiKeys, listUsagePlans } from './lists';
import { patches } from './patches';
import { When } from '../../words/When';
import { apiKeyImpact } from '../../names/impact';
import { Status } from '../../names/Status';

const fields: Field[] = [
  { name: 'name', kind: 'text', required: true, label: { en: 'Name', es: 'Nombre' } },
  { name: 'value', kind: 'text', fixed: true, secret: true, label: { en: 'Value', es: 'Valor' }, hint: { en: '20 to 128 characters. Leave it empty to have one generated.', es: 'De 20 a 128 caracteres. Déjalo vacío para que se genere uno.' } },
  { name: 'enabled', kind: 'toggle', label: { en: 'Active', es: 'Activa' } },
  { name: 'description', kind: 'text', label: { en: 'Description', es: 'Descripción' } },
];

const refused: Words<string> = { en: 'None: it is refused', es: 'Ninguno: se rechaza' };

/** The plans that a key is in. Without any its clients are refused, which stands out. */
function PlansOf({ keyId }: { keyId: string }) {
  const none = useWords(refused);
  const { clients } = useConsole();
  const plans = useLoaded(() => listUsagePlans(clients.keys, keyId), [clients, keyId]).value;
  if (!plans) return <>–</>;
  if (plans.length === 0) return <StatusIndicator type="warning">{none}</StatusIndicator>;
  return <>{plans.map(({ id, name }) => <div key={id}><Link href={href('usageplans', id!)}>{name}</Link></div>)}</>;
}

export default function ApiKeys() {
  const { clients, facts } = useConsole();
  const resource: Resource<ApiKey> = {
    title: { en: 'API keys', es: 'Claves de API' },
    make: { en: 'Create API key', es: 'Crear clave de API' },
    editing: { en: 'Edit API key', es: 'Editar clave de API' },
    about: { en: 'Clients send a key when they connect; usage plans say which stages it opens and how often.', es: 'Los clientes envían una clave al conectarse; los planes de uso dicen en qué etapas vale y cuántas veces.' },
    empty: { en: 'There is no API key yet.', es: 'Todavía no hay claves de API.' },
    columns: [
      { id: 'name', header: { en: 'Name', es: 'Nombre' }, cell: (key) => key.name ?? key.id, sort: 'name' },
      { id: 'enabled', header: { en: 'Status', es: 'Estado' }, cell: (key) => <Status of={key.enabled ? 'Active' : 'Inactive'} /> },
      { id: 'plans', minWidth: 150, header: { en: 'Usage plans', es: 'Planes de uso' }, cell: (key) => <PlansOf keyId={key.id!} /> },
      { id: 'value', minWidth: 120, header: { en: 'Value', es: 'Valor' }, cell: (key) => <Copyable text={key.value} shown={`…${key.value?.slice(-4)}`} /> },
      { id: 'created', header: { en: 'Created', es: 'Creada' }, cell: (key) => <When at={key.createdDate} />, sort: 'createdDate' },
      { id: 'id', minWidth: 120, header: same('ID'), cell: (key) => <Copyable text={key.id} /> },
    ],
    fields,
    keys: [clients],
    permits: gatewayPermits(facts.region, 'apikeys', (key) => key.id!),
    id: (key) => key.id!,
    name: (key) => key.name ?? key.id!,
    open: (key) => keyHref(key.id!),
    list: () => listApiKeys(clients.keys, true),
    initial: { enabled: true },
    create: (input) => clients.keys.send(new CreateApiKeyCommand(input as CreateApiKeyRequest)),
    update: (key, input) => clients.keys.send(new UpdateApiKeyCommand({ apiKey: key.id, patchOperations: patches(input) })),
    remove: (key) => clients.keys.send(new DeleteApiKeyCommand({ apiKey: key.id })),
    call: { service: 'apigateway', operation: 'CreateApiKey', fixed: {}, type: 'AWS::ApiGateway::ApiKey', properties: capitalized },
    impact: apiKeyImpact(clients),
    removeWarning: { en: 'Clients that send it are refused from now on.', es: 'Se rechazará desde ahora a los clientes que la envíen.' },
    tagging: (key) => keyTags(clients, gatewayArn(facts.region, `apikeys/${key.id}`)),
  };
  return <Collection resource={resource} />;
}
