import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import Spinner from '@cloudscape-design/components/spinner';
import { lazy, Suspense, useState } from 'react';
import { useConsole } from '../../hooks/console';
import { useLoaded, useRefreshed } from '../../hooks/loading';
import { go } from '../../hooks/router';
import { useWords, type Words } from '../../words/language';
import { listStages } from '../../aws/gatewayLists';
import { Connections } from './Connections';
import { FanOut } from './FanOut';
import { Handshakes } from './Handshakes';
import { Logs } from './Logs';
import { StageHeader } from './StageHeader';

const Metrics = lazy(() => import('./Metrics'));

const en = { title: 'Live', connections: 'Connections', handshakes: 'Handshakes', executions: 'Execution log', access: 'Access log', metrics: 'Metrics', none: 'There is nothing to show yet: the API has no stage.', stages: 'Stages' };
const es: typeof en = { title: 'En vivo', connections: 'Conexiones', handshakes: 'Intentos', executions: 'Registro de ejecución', access: 'Registro de acceso', metrics: 'Métricas', none: 'Todavía no hay nada que mostrar: la API no tiene etapas.', stages: 'Etapas' };
const words: Words<typeof en> = { en, es };

/** How often the settings of the stages are read again, in milliseconds: what is shown depends on them. */
const EVERY = 5000;

export function Live({ apiId, stage }: { apiId: string; stage: string | undefined }) {
  const w = useWords(words);
  const { clients } = useConsole();
  const [tab, setTab] = useState('connections');
  const stages = useLoaded(() => listStages(clients, apiId), [clients, apiId]);
  useRefreshed(stages, EVERY);
  const names = (stages.value ?? []).map((one) => one.StageName!);
  const name = stage ?? names[0];
  if (stages.value && !name) return <Alert type="info" action={<Button onClick={() => go('apis', apiId, 'stages')}>{w.stages}</Button>}>{w.none}</Alert>;
  if (!name) return null;
  const given = { apiId, stage: name };
  const of = stages.value?.find((one) => one.StageName === name);
  const tagged = of?.Tags?.['pasarela:connectionTags'] === 'true';
  return (
    <SpaceBetween size="m">
      <StageHeader title={w.title} apiId={apiId} page="live" stage={name} stages={names} />
      <Tabs
        activeTabId={tab}
        onChange={({ detail }) => setTab(detail.activeTabId)}
        tabs={[
          { id: 'connections', label: w.connections, content: tab === 'connections' && <SpaceBetween size="l"><Connections {...given} />{tagged && <FanOut {...given} />}</SpaceBetween> },
          { id: 'handshakes', label: w.handshakes, content: tab === 'handshakes' && <Handshakes {...given} /> },
          { id: 'execution', label: w.executions, content: tab === 'execution' && <Logs {...given} of={of} kind="execution" /> },
          { id: 'access', label: w.access, content: tab === 'access' && <Logs {...given} of={of} kind="access" /> },
          { id: 'metrics', label: w.metrics, content: tab === 'metrics' && <Suspense fallback={<Spinner />}><Metrics {...given} /></Suspense> },
        ]}
      />
    </SpaceBetween>
  );
}
