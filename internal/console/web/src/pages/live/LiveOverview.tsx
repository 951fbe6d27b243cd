import { DeleteConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { Named } from '../../names/Named';
import { useConsole } from '../../hooks/console';
import { href } from '../../hooks/router';
import { connectionColumns, connectionsQuery, pageOf, type Connection, type ConnectionsAnswer } from './Connections';
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
    about: { en: 'Clients that are connected to any API, and those of resumable connections that are away and may come back.', es: 'Clientes conectados a cualquier API, y los de conexiones reanudables que están ausentes y pueden volver.' },
    empty: { en: 'No client is connected.', es: 'No hay ningún cliente conectado.' },
    columns: connectionColumns((one) => one.connectionId, [
      { id: 'api', minWidth: 170, header: { en: 'API and stage', es: 'API y etapa' }, cell: (one) => <Named kind="api" id={one.apiId} />, below: (one) => <Link href={href('apis', one.apiId, 'live', one.stage)}>{one.stage}</Link>, sort: 'apiId' },
    ]),
    sorted: '-connectedAt',
    fields: [],
    keys: [extension],
    id: (one) => one.connectionId,
    name: (one) => one.connectionId,
    open: (one) => href('explain', one.connectionId),
    page: async (asked) => pageOf(take(await extension.get<ConnectionsAnswer<Anywhere>>('/pasarela/connections', connectionsQuery(asked)))),
    every: 5000,
    removeLabel: { en: 'Disconnect', es: 'Desconectar' },
    removedLabel: { en: ['disconnected', 'disconnected'], es: ['se desconectó', 'se desconectaron'] },
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
