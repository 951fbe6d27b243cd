import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { useConsole } from '../../shell/console';
import { useLoaded } from '../../shell/loading';
import type { Place } from '../../shell/router';
import { useWords, type Words } from '../../words/language';
import { DeployDialog } from './DeployDialog';
import { listStages } from './lists';
import { useVerdict } from './verdict';

const en = { serves: 'serves deployment', nothing: 'serves nothing yet: clients are refused with 403', none: 'This API has no stage yet: clients cannot connect.', changes: 'undeployed changes', change: 'undeployed change', deploy: 'Deploy API' };
const es: typeof en = { serves: 'sirve el despliegue', nothing: 'aún no sirve nada: se rechaza a los clientes con 403', none: 'Esta API aún no tiene etapa: los clientes no pueden conectarse.', changes: 'cambios sin desplegar', change: 'cambio sin desplegar', deploy: 'Desplegar la API' };
const words: Words<typeof en> = { en, es };

/** What the first stage serves and how far it is behind; on every page of an API. */
export function Undeployed({ apiId, place }: { apiId: string; place: Place }) {
  const w = useWords(words);
  const { clients } = useConsole();
  const key = place.path.join('/');
  const stages = useLoaded(() => listStages(clients, apiId), [apiId, key]);
  const stage = stages.value?.[0];
  const verdict = useVerdict(apiId, stage?.StageName);
  const [deploying, setDeploying] = useState(false);
  if (!stages.value) return null;
  const behind = verdict.value?.changes.length ?? 0;
  const action = <Button onClick={() => setDeploying(true)}>{w.deploy}</Button>;
  const close = () => {
    setDeploying(false);
    void stages.reload();
    void verdict.reload();
  };
  return (
    <>
      {!stage && <Alert type="info" action={action}>{w.none}</Alert>}
      {stage && !stage.DeploymentId && <Alert type="warning" action={action}>{stage.StageName} {w.nothing}</Alert>}
      {stage?.DeploymentId && behind > 0 && (
        <Alert type="info" action={action}>
          {stage.StageName} {w.serves} {stage.DeploymentId}, {behind} {behind === 1 ? w.change : w.changes}
        </Alert>
      )}
      {deploying && <DeployDialog apiId={apiId} close={close} />}
    </>
  );
}
