import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useEffect, useState } from 'react';
import { useConsole } from '../../shell/console';
import { useLoaded } from '../../shell/loading';
import type { Place } from '../../shell/router';
import { useWords, type Words } from '../../words/language';
import { DeployDialog } from './DeployDialog';
import { listStages } from './lists';
import type { Verdict } from './verdict';

const en = { stage: 'Stage', serves: 'serves deployment', nothing: 'serves nothing yet: clients are refused with 403', none: 'This API has no stage yet: clients cannot connect.', current: 'nothing is undeployed', changes: 'undeployed changes', change: 'undeployed change', deploy: 'Deploy API' };
const es: typeof en = { stage: 'La etapa', serves: 'sirve el despliegue', nothing: 'aún no sirve nada: se rechaza a los clientes con 403', none: 'Esta API aún no tiene etapa: los clientes no pueden conectarse.', current: 'no hay nada sin desplegar', changes: 'cambios sin desplegar', change: 'cambio sin desplegar', deploy: 'Desplegar la API' };
const words: Words<typeof en> = { en, es };

/** What each stage serves and how far it is behind; on every page of an API. */
export function Undeployed({ apiId, place }: { apiId: string; place: Place }) {
  const w = useWords(words);
  const { clients, extension, changes } = useConsole();
  const stages = useLoaded(async () => {
    const all = await listStages(clients, apiId);
    return Promise.all(
      all.map(async ({ StageName: stage, DeploymentId: deployment }) => {
        const verdict = deployment ? await extension.get<Verdict>(`/pasarela/apis/${apiId}/verdict`, { stage }) : undefined;
        return { stage, deployment, behind: verdict?.changes.length ?? 0 };
      }),
    );
  }, [apiId]);
  const [deploying, setDeploying] = useState(false);
  const at = place.path.join('/');
  const { reload } = stages;
  useEffect(() => void reload(), [at, changes, reload]);
  if (!stages.value) return <div className="undeployed" />;
  const fine = stages.value.length > 0 && stages.value.every((one) => one.deployment && one.behind === 0);
  const lines = stages.value.map((one) => (
    <span key={one.stage}>
      {w.stage} <b>{one.stage}</b> {one.deployment ? `${w.serves} ${one.deployment}, ${one.behind === 0 ? w.current : `${one.behind} ${one.behind === 1 ? w.change : w.changes}`}` : w.nothing}
    </span>
  ));
  return (
    <div className="undeployed">
      {fine && lines.map((line) => <StatusIndicator key={line.key}>{line}</StatusIndicator>)}
      {!fine && (
        <Alert type={stages.value.some((one) => !one.deployment) ? 'warning' : 'info'} action={<Button onClick={() => setDeploying(true)}>{w.deploy}</Button>}>
          {lines.length > 0 ? lines.map((line) => <div key={line.key}>{line}</div>) : w.none}
        </Alert>
      )}
      {deploying && <DeployDialog apiId={apiId} close={() => setDeploying(false)} />}
    </div>
  );
}
