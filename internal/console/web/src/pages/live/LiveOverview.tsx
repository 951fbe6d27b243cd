import { DeleteConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { Named } from '../../names/Named';
import { useConsole } from '../../hooks/console';
import { href } from '../../hooks/router';
import { When } from '../../words/When';
import { ConnectionTags, connectionsQuery, pageOf, Resumption, type Connection, type ConnectionsAnswer } from './Connections';
import { Failures } from './Failures';
import { useMissing } from './Missing';

interface Anywhere extends Connection {
  apiId: string;
  stage: string;
}

/** Who is connected to any API, and what failed lately. */
export function LiveOverview() {
  const { clients, extension } = useConsole();
  const [missing, take] = useMissing();
  const connections: Resource<Anywhere> = {
    title: { en: 'Live', es: 'En vivo' },
    about: { en: 'Clients connected to any API at this moment.', es: 'Clientes conectados a cualquier API en este momento.' },
    empty: { en: 'No client is connected.', es: 'No hay ningún cliente conectado.' },
    columns: [
      { id: 'id', minWidth: 190, header: { en: 'Connection ID', es: 'ID de conexión' }, cell: (one) => one.connectionId, sort: 'connectionId' },
      { id: 'api', header: { en: 'API', es: 'API' }, cell: (one) => <Named kind="api" id={one.apiId} />, sort: 'apiId' },
      { id: 'stage', header: { en: 'Stage', es: 'Etapa' }, cell: (one) => <Link href={href('apis', one.apiId, 'live', one.stage)}>{one.stage}</Link>, sort: 'stage' },
      { id: 'tags', minWidth: 150, header: { en: 'Tags', es: 'Etiquetas' }, cell: (one) => <ConnectionTags of={one} /> },
      { id: 'node', header: { en: 'Node', es: 'Nodo' }, cell: (one) => one.node, sort: 'node' },
      { id: 'since', header: { en: 'Since', es: 'Desde' }, cell: (one) => <When at={one.connectedAt} />, sort: 'connectedAt' },
      { id: 'active', header: { en: 'Last active', es: 'Última actividad' }, cell: (one) => <When at={one.lastActiveAt} part="time" />, sort: 'lastActiveAt' },
      { id: 'resumption', header: { en: 'Resumable', es: 'Reanudable' }, cell: (one) => <Resumption of={one} /> },
      { id: 'ip', header: { en: 'Address', es: 'Dirección' }, cell: (one) => one.sourceIp, sort: 'sourceIp' },
      { id: 'agent', minWidth: 190, header: { en: 'Program', es: 'Programa' }, cell: (one) => one.userAgent ?? '–', sort: 'userAgent' },
    ],
    sorted: '-connectedAt',
    fields: [],
    keys: [extension],
    id: (one) => one.connectionId,
    name: (one) => one.connectionId,
    open: (one) => href('explain', one.connectionId),
    page: async (asked) => pageOf(take(await extension.get<ConnectionsAnswer<Anywhere>>('/pasarela/connections', connectionsQuery(asked)))),
    every: 5000,
    removeLabel: { en: 'Disconnect', es: 'Desconectar' },
    removedLabel: { en: 'Disconnected', es: 'Desconectada' },
    removeWarning: { en: 'The client is disconnected; it may connect again.', es: 'Se desconecta al cliente; puede volver a conectarse.' },
    remove: (one) => clients.connections(one.apiId, one.stage).send(new DeleteConnectionCommand({ ConnectionId: one.connectionId })),
  };
  return (
    <SpaceBetween size="l">
      {missing}
      <Collection resource={connections} />
      <Failures />
    </SpaceBetween>
  );
}
