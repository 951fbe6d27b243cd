import Alert from '@cloudscape-design/components/alert';
import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { failureText } from '../../aws/failure';
import { href } from '../../shell/router';
import { useWords, type Words } from '../../words/language';
import { useVerdict, type Change } from './verdict';

const en = { changes: 'Since the live deployment', none: 'Nothing has changed', faults: 'What would fail', fine: 'No fault found', open: 'Open', added: 'added', changed: 'changed', removed: 'removed' };
const es: typeof en = { changes: 'Desde el despliegue actual', none: 'No ha cambiado nada', faults: 'Qué fallaría', fine: 'No se encontró ningún fallo', open: 'Abrir', added: 'añadido', changed: 'cambiado', removed: 'quitado' };
const words: Words<typeof en> = { en, es };

/** What a deployment would change and what in it would fail clients, before it is made. */
export function VerdictView({ apiId, stage, leave }: { apiId: string; stage: string | undefined; leave(): void }) {
  const w = useWords(words);
  const verdict = useVerdict(apiId, stage);
  if (verdict.error) return <Alert type="warning">{failureText(verdict.error)}</Alert>;
  if (!verdict.value) return <Spinner />;
  const { changes, faults } = verdict.value;
  return (
    <SpaceBetween size="m">
      <div>
        <Box variant="h4">{w.changes}</Box>
        {changes.length === 0 ? <StatusIndicator type="info">{w.none}</StatusIndicator> : <ul>{changes.map((change, at) => <ChangeLine key={at} change={change} />)}</ul>}
      </div>
      <div>
        <Box variant="h4">{w.faults}</Box>
        {faults.length === 0 && <StatusIndicator>{w.fine}</StatusIndicator>}
        <SpaceBetween size="xs">
          {faults.map((fault, at) => (
            <Alert
              key={at}
              type={fault.severity}
              header={`${fault.resource}${fault.field ? ` · ${fault.field}` : ''}`}
              action={fault.place && <Button href={href('apis', apiId, ...fault.place)} onFollow={leave}>{w.open}</Button>}
            >
              {fault.message}
            </Alert>
          ))}
        </SpaceBetween>
      </div>
    </SpaceBetween>
  );
}

const colors = { added: 'green', changed: 'blue', removed: 'red' } as const;

function ChangeLine({ change }: { change: Change }) {
  const w = useWords(words);
  return (
    <li>
      <Badge color={colors[change.kind]}>{w[change.kind]}</Badge> {change.resource} {change.field && <code>{change.field}</code>}
      {change.kind === 'changed' && (
        <div className="frame-text diff">
          {change.before !== undefined && <del>{change.before}</del>}
          {change.after !== undefined && <ins>{change.after}</ins>}
        </div>
      )}
    </li>
  );
}
