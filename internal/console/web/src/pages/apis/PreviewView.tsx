import Alert from '@cloudscape-design/components/alert';
import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { failureText } from '../../aws/failure';
import { Diff } from '../../elements/Diff';
import { ResourceLabel, Sentence } from '../../names/ResourceLabel';
import { formHref, href } from '../../hooks/router';
import { useWords, type Words } from '../../words/language';
import { usePreview, type Change, type PreviewFault } from './preview';

const en = { changes: 'What deploying changes', none: 'Nothing has changed', faults: 'What would fail', fine: 'No fault found', fineSoFar: 'No fault found in the configuration; what follows depends on the backend', advice: 'What depends on the backend', open: 'Open', added: 'added', changed: 'changed', removed: 'removed' };
const es: typeof en = { changes: 'Qué cambia al desplegar', none: 'No ha cambiado nada', faults: 'Qué fallaría', fine: 'No se encontró ningún fallo', fineSoFar: 'No se encontró ningún fallo en la configuración; lo que sigue depende del backend', advice: 'Qué depende del backend', open: 'Abrir', added: 'se añade', changed: 'cambia', removed: 'se quita' };
const words: Words<typeof en> = { en, es };

/** What a deployment would change and what in it would fail clients, before it is made. */
export function PreviewView({ apiId, stage, deployment, leave }: { apiId: string; stage: string | undefined; deployment?: string; leave(): void }) {
  const w = useWords(words);
  const preview = usePreview(apiId, stage, deployment);
  if (preview.error) return <Alert type="warning">{failureText(preview.error)}</Alert>;
  if (!preview.value) return <Spinner />;
  const { changes, faults } = preview.value;
  const advice = faults.filter((fault) => fault.severity === 'advice');
  const failing = faults.filter((fault) => fault.severity !== 'advice');
  return (
    <SpaceBetween size="m">
      <div>
        <Box variant="h4">{w.changes}</Box>
        {changes.length === 0 ? <StatusIndicator type="info">{w.none}</StatusIndicator> : <ul>{changes.map((change, at) => <ChangeLine key={at} api={apiId} change={change} />)}</ul>}
      </div>
      <div>
        <Box variant="h4">{w.faults}</Box>
        {failing.length === 0 && <StatusIndicator>{advice.length > 0 ? w.fineSoFar : w.fine}</StatusIndicator>}
        <Faults apiId={apiId} faults={failing} leave={leave} />
      </div>
      {advice.length > 0 && (
        <div>
          <Box variant="h4">{w.advice}</Box>
          <Faults apiId={apiId} faults={advice} leave={leave} />
        </div>
      )}
    </SpaceBetween>
  );
}

function Faults({ apiId, faults, leave }: { apiId: string; faults: PreviewFault[]; leave(): void }) {
  const w = useWords(words);
  return (
    <SpaceBetween size="xs">
      {faults.map((fault, at) => (
        <Alert
          key={at}
          type={fault.severity === 'advice' ? 'info' : fault.severity}
          header={<><ResourceLabel api={apiId} resource={fault.resource} />{fault.field && <> · <code>{fault.field}</code></>}</>}
          action={fault.place && <Button href={whereToMend(apiId, fault)} onFollow={leave}>{w.open}</Button>}
        >
          <Sentence text={fault.message} />
        </Alert>
      ))}
    </SpaceBetween>
  );
}

/** The page of the resource, with the form open at the field: credentialsArn is CredentialsArn there. Responses have no form of their own address. */
function whereToMend(apiId: string, { place, field }: PreviewFault): string {
  const member = field?.split('.')[0] ?? '';
  const [list, id] = place!;
  const form = list === 'routes' ? 'route' : list === 'integrations' && member !== 'responseTemplates' ? 'integration' : undefined;
  const path = ['apis', apiId, ...place!];
  return id && form && member ? formHref(path, { form, field: member[0]!.toUpperCase() + member.slice(1) }) : href(...path);
}

const colors = { added: 'green', changed: 'blue', removed: 'red' } as const;

function ChangeLine({ api, change }: { api: string; change: Change }) {
  const w = useWords(words);
  return (
    <li>
      <Badge color={colors[change.kind]}>{w[change.kind]}</Badge> <ResourceLabel api={api} resource={change.resource} /> {change.field && <code>{change.field}</code>}
      {change.kind === 'changed' && <Diff before={change.before} after={change.after} />}
    </li>
  );
}
