import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { Named } from '../../names/Named';
import { Sentence } from '../../names/ResourceLabel';
import { useConsole } from '../../hooks/console';
import { href } from '../../hooks/router';
import { When } from '../../words/When';

/** Something that failed lately: a refused handshake, a message, a call to @connections. */
interface Failure {
  at: string;
  requestId: string;
  connectionId?: string;
  apiId?: string;
  stage?: string;
  name: string;
  summary: string;
  node: string;
}

/** What failed lately at any API, and why. */
export function Failures() {
  const { extension } = useConsole();
  const resource: Resource<Failure> = {
    title: { en: 'Latest failures', es: 'Últimos fallos' },
    about: {
      en: 'Refused connections, failed messages, refused calls to @connections and requests to addresses without a stage, of every API since the servers started, the newest first. Errors of an API are its connections and messages alone.',
      es: 'Conexiones rechazadas, mensajes fallidos, llamadas a @connections rechazadas y peticiones a direcciones sin etapa, de todas las APIs desde que arrancaron los servidores, primero lo más reciente. Como errores de una API cuentan solo sus conexiones y mensajes.',
    },
    empty: { en: 'Nothing has failed since the servers started.', es: 'No ha fallado nada desde que arrancaron los servidores.' },
    columns: [
      { id: 'at', header: { en: 'Time', es: 'Hora' }, cell: (one) => <When at={one.at} /> },
      { id: 'api', minWidth: 170, header: { en: 'API', es: 'API' }, cell: (one) => <Named kind="api" id={one.apiId} /> },
      { id: 'node', minWidth: 80, header: { en: 'Node', es: 'Nodo' }, cell: (one) => one.node },
      { id: 'name', header: { en: 'Event and route', es: 'Evento y ruta' }, cell: (one) => one.name },
      { id: 'summary', minWidth: 220, header: { en: 'Cause', es: 'Causa' }, cell: (one) => <Sentence text={one.summary} /> },
    ],
    fields: [],
    keys: [extension],
    id: (one) => one.requestId,
    name: (one) => one.requestId,
    open: (one) => href('explain', one.requestId),
    list: async () => (await extension.get<{ failures: Failure[] }>('/pasarela/explain')).failures,
    every: 5000,
  };
  return <Collection resource={resource} section />;
}
