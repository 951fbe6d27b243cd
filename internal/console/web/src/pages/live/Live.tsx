import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useState } from 'react';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { go } from '../../hooks/router';
import { useWords, type Words } from '../../words/language';
import { listStages } from '../../aws/gatewayLists';
import { Connections } from './Connections';
import { FanOut } from './FanOut';
import { Handshakes } from './Handshakes';
import { Logs } from './Logs';
import { Metrics } from './Metrics';

const en = { title: 'Live', stage: 'Stage', connections: 'Connections', handshakes: 'Handshakes', executions: 'Execution log', access: 'Access log', metrics: 'Metrics', none: 'There is nothing to show yet: the API has no stage.', stages: 'Stages' };
const es: typeof en = { title: 'En vivo', stage: 'Etapa', connections: 'Conexiones', handshakes: 'Intentos de conexión', executions: 'Registro de ejecución', access: 'Registro de acceso', metrics: 'Métricas', none: 'Todavía no hay nada en vivo: la API no tiene etapas.', stages: 'Etapas' };
const words: Words<typeof en> = { en, es };

export function Live({ apiId, stage }: { apiId: string; stage: string | undefined }) {
  const w = useWords(words);
  const { clients } = useConsole();
  const [tab, setTab] = useState('connections');
  const stages = useLoaded(() => listStages(clients, apiId), [apiId]);
  const names = (stages.value ?? []).map((one) => one.StageName!);
  const name = stage ?? names[0];
  if (stages.value && !name) return <Alert type="info" action={<Button onClick={() => go('apis', apiId, 'stages')}>{w.stages}</Button>}>{w.none}</Alert>;
  if (!name) return null;
  const given = { apiId, stage: name };
  const tagged = stages.value?.find((one) => one.StageName === name)?.Tags?.['pasarela:connectionTags'] === 'true';
  return (
    <SpaceBetween size="m">
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Box padding={{ top: 'xxs' }}>{w.stage}</Box>
            <Select ariaLabel={w.stage} selectedOption={{ value: name }} options={names.map((value) => ({ value }))} onChange={({ detail }) => go('apis', apiId, 'live', detail.selectedOption.value!)} />
          </SpaceBetween>
        }
      >
        {w.title}
      </Header>
      <Tabs
        activeTabId={tab}
        onChange={({ detail }) => setTab(detail.activeTabId)}
        tabs={[
          { id: 'connections', label: w.connections, content: tab === 'connections' && <SpaceBetween size="l"><Connections {...given} />{tagged && <FanOut {...given} />}</SpaceBetween> },
          { id: 'handshakes', label: w.handshakes, content: tab === 'handshakes' && <Handshakes {...given} /> },
          { id: 'execution', label: w.executions, content: tab === 'execution' && <Logs {...given} kind="execution" /> },
          { id: 'access', label: w.access, content: tab === 'access' && <Logs {...given} kind="access" /> },
          { id: 'metrics', label: w.metrics, content: tab === 'metrics' && <Metrics {...given} /> },
        ]}
      />
    </SpaceBetween>
  );
}
