import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { Sentence } from '../../names/ResourceLabel';
import { useConsole } from '../../hooks/console';
import { Explain } from './Explain';
import { useMissing } from './Missing';
import type { Handshakes as Answer, Timeline } from './timeline';
import { When } from '../../words/When';

const idOf = (one: Timeline) => one.connectionId || one.requestId;

/** The last clients that tried to connect, the refused ones too, and why. */
export function Handshakes({ apiId, stage }: { apiId: string; stage: string }) {
  const { extension } = useConsole();
  const [explained, setExplained] = useState<string>();
  const [missing, take] = useMissing();
  const resource: Resource<Timeline> = {
    title: { en: 'Handshakes', es: 'Intentos de conexión' },
    about: { en: 'The latest connection attempts and their outcome.', es: 'Los últimos intentos de conexión y su resultado.' },
    empty: { en: 'No client has tried to connect yet. Use the test client.', es: 'Todavía no ha intentado conectarse ningún cliente. Usa el cliente de prueba.' },
    columns: [
      { id: 'id', header: { en: 'Connection or request', es: 'Conexión o petición' }, cell: (one) => <Link onFollow={() => setExplained(idOf(one))}>{idOf(one)}</Link> },
      { id: 'at', header: { en: 'Time', es: 'Hora' }, cell: (one) => <When at={one.steps[0]?.at} part="time" /> },
      { id: 'node', header: { en: 'Node', es: 'Nodo' }, cell: (one) => one.nodes.join(', ') },
      { id: 'verdict', minWidth: 260, header: { en: 'Outcome', es: 'Resultado' }, cell: (one) => <><StatusIndicator type={one.failed ? 'error' : 'success'} /> <Sentence text={one.summary} /></> },
    ],
    fields: [],
    keys: [extension, apiId, stage],
    id: (one) => one.requestId,
    name: idOf,
    every: 5000,
    list: async () => take(await extension.get<Answer>(`/pasarela/apis/${apiId}/stages/${stage}/timelines`)).timelines,
  };
  return (
    <SpaceBetween size="m">
      {missing}
      <Collection resource={resource} section />
      {explained && <Explain id={explained} />}
    </SpaceBetween>
  );
}
