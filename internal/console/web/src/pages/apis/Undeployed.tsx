import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useEffect } from 'react';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { useAddress, useOpenForm } from '../../hooks/router';
import { useWords, type Words } from '../../words/language';
import { Named } from '../../names/Named';
import { listStages } from '../../aws/gatewayLists';
import type { Preview } from './preview';

const en = { stage: 'Stage', current: 'up to date, deployed', nothing: 'nothing is deployed yet: clients are refused with 403', none: 'This API has no stage yet: clients cannot connect.', changes: 'undeployed changes', change: 'undeployed change', since: 'since', deploy: 'Deploy API' };
const es: typeof en = { stage: 'Etapa', current: 'al día, desplegada el', nothing: 'todavía no hay nada desplegado; se rechaza a los clientes con 403', none: 'Esta API todavía no tiene etapas: los clientes no pueden conectarse.', changes: 'cambios sin desplegar', change: 'cambio sin desplegar', since: 'desde el', deploy: 'Desplegar la API' };
const words: Words<typeof en> = { en, es };

/** What each stage serves and how far it is behind; on every page of an API. */
export function Undeployed({ apiId }: { apiId: string }) {
  const w = useWords(words);
  const { clients, extension, changes } = useConsole();
  const { open } = useOpenForm();
  const stages = useLoaded(async () => {
    const all = await listStages(clients, apiId);
    return Promise.all(
      all.map(async ({ StageName: stage, DeploymentId: deployment }) => {
        const preview = deployment ? await extension.get<Preview>(`/pasarela/apis/${apiId}/preview`, { stage }) : undefined;
        return { stage, deployment, behind: preview?.changes.length ?? 0 };
      }),
    );
  }, [apiId]);
  const at = useAddress().path.join('/');
  const { reload } = stages;
  useEffect(() => void reload(), [at, changes, reload]);
  if (!stages.value) return <div className="undeployed" />;
  const fine = stages.value.length > 0 && stages.value.every((one) => one.deployment && one.behind === 0);
  const lines = stages.value.map(({ stage, deployment, behind }) => (
    <span key={stage}>
      {w.stage} <b>{stage}</b>: {!deployment ? w.nothing : behind === 0 ? w.current : `${behind} ${behind === 1 ? w.change : w.changes} ${w.since}`} {deployment && <Named kind="deployment" id={deployment} api={apiId} />}
    </span>
  ));
  return (
    <div className="undeployed">
      {fine && lines.map((line) => <StatusIndicator key={line.key}>{line}</StatusIndicator>)}
      {!fine && (
        <Alert type={stages.value.some((one) => !one.deployment) ? 'warning' : 'info'} action={<Button onClick={() => open('deploy')}>{w.deploy}</Button>}>
          {lines.length > 0 ? lines.map((line) => <div key={line.key}>{line}</div>) : w.none}
        </Alert>
      )}
    </div>
  );
}
