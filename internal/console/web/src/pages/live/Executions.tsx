import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useWords, type Words } from '../../words/language';
import type { Step } from './timeline';
import { Amount, When } from '../../words/When';

const en = { title: 'Events', event: 'Event and route', at: 'Time', took: 'Duration', steps: 'Steps', request: 'Request ID' };
const es: typeof en = { title: 'Eventos', event: 'Evento y ruta', at: 'Hora', took: 'Duración', steps: 'Pasos', request: 'Id. de petición' };
const words: Words<typeof en> = { en, es };

interface Execution {
  requestId: string;
  name: string;
  at: string;
  millis: number;
  steps: number;
  failed: boolean;
}

/** Each event of a connection: the route it took, how long, and whether it failed; the newest first. */
export function Executions({ steps }: { steps: Step[] }) {
  const w = useWords(words);
  return (
    <Table
      variant="embedded"
      items={executionsOf(steps)}
      ariaLabels={{ tableLabel: w.title }}
      columnDefinitions={[
        { id: 'event', header: w.event, cell: (one) => <StatusIndicator type={one.failed ? 'error' : 'success'}>{one.name}</StatusIndicator>, isRowHeader: true },
        { id: 'at', header: w.at, cell: (one) => <When at={one.at} part="time" /> },
        { id: 'took', header: w.took, cell: (one) => <Amount of={one.millis} digits={1} unit="ms" /> },
        { id: 'steps', header: w.steps, cell: (one) => one.steps },
        { id: 'request', header: w.request, cell: (one) => one.requestId },
      ]}
    />
  );
}

function executionsOf(steps: Step[]): Execution[] {
  const found = new Map<string, Execution>();
  for (const { requestId, name, at, afterMillis, level } of steps) {
    const before = found.get(requestId);
    found.set(requestId, { requestId, name, at: before?.at ?? at, millis: Math.max(afterMillis, before?.millis ?? 0), steps: (before?.steps ?? 0) + 1, failed: level === 'error' || !!before?.failed });
  }
  return [...found.values()].reverse();
}
