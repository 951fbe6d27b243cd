import Alert from '@cloudscape-design/components/alert';
import Link from '@cloudscape-design/components/link';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useEffect, useRef } from 'react';
import { GatewayButton } from '../../form/PermittedButton';
import { useConsole } from '../../hooks/console';
import { useLoaded, useRefreshed } from '../../hooks/loading';
import { href, useAddress, useOpenForm } from '../../hooks/router';
import { numberText } from '../../words/format';
import { useLanguage, useWords, type Words } from '../../words/language';
import { Named } from '../../names/Named';
import { listStages } from '../../aws/gatewayLists';
import type { Preview } from './preview';

const en = { stage: 'Stage', current: 'up to date, deployed', nothing: 'nothing is deployed yet: clients are refused with 403', none: 'This API has no stage yet: clients cannot connect.', changes: 'undeployed changes', change: 'undeployed change', since: 'since', deploy: 'Deploy API', all: (n: string) => `All ${n} stages` };
const es: typeof en = { stage: 'Etapa', current: 'al día, desplegada el', nothing: 'todavía no hay nada desplegado; se rechaza a los clientes con 403', none: 'Esta API todavía no tiene etapas: los clientes no pueden conectarse.', changes: 'cambios sin desplegar', change: 'cambio sin desplegar', since: 'desde el', deploy: 'Desplegar la API', all: (n) => `Las ${n} etapas` };
const words: Words<typeof en> = { en, es };

/** So many stages are told of, the first: each is a comparison for the server and a line above every page. */
const MOST = 10;
/** How often they are looked at beside that, in milliseconds: they may be deployed elsewhere. */
const EVERY = 30_000;

/** What each stage serves and how far it is behind; on every page of an API. The page of deployments has the button that deploys in its own header. */
export function Undeployed({ apiId }: { apiId: string }) {
  const w = useWords(words);
  const { language } = useLanguage();
  const { clients, extension, changes } = useConsole();
  const { open } = useOpenForm();
  const stages = useLoaded(async () => {
    const all = await listStages(clients, apiId);
    const shown = await Promise.all(
      all.slice(0, MOST).map(async ({ StageName: stage, DeploymentId: deployment }) => {
        const preview = deployment ? await extension.get<Preview>(`/pasarela/apis/${apiId}/preview`, { stage }) : undefined;
        return { stage, deployment, behind: preview?.changes.length ?? 0 };
      }),
    );
    return { shown, count: all.length };
  }, [apiId]);
  useRefreshed(stages, EVERY);
  const { reload } = stages;
  const { path } = useAddress();
  const moment = `${path.join('/')} ${changes}`;
  const read = useRef(moment);
  useEffect(() => {
    if (read.current === moment) return; // what the page began with is being read
    read.current = moment;
    void reload();
  }, [moment, reload]);
  if (!stages.value) return <div className="undeployed" />;
  const { shown, count } = stages.value;
  const fine = shown.length > 0 && shown.every((one) => one.deployment && one.behind === 0);
  const lines = shown.map(({ stage, deployment, behind }) => (
    <span key={stage}>
      {w.stage} <b>{stage}</b>: {!deployment ? w.nothing : behind === 0 ? w.current : `${behind} ${behind === 1 ? w.change : w.changes} ${w.since}`} {deployment && <Named kind="deployment" id={deployment} api={apiId} />}
    </span>
  ));
  const all = <Link href={href('apis', apiId, 'stages')}>{w.all(numberText(language, count))}</Link>;
  return (
    <div className="undeployed">
      {fine && lines.map((line) => <StatusIndicator key={line.key}>{line}</StatusIndicator>)}
      {fine && count > shown.length && all}
      {!fine && (
        <Alert type={shown.some((one) => !one.deployment) ? 'warning' : 'info'} action={path[2] !== 'deployments' && <GatewayButton verb="POST" path={`apis/${apiId}/deployments`} onClick={() => open('deploy')}>{w.deploy}</GatewayButton>}>
          {lines.length > 0 ? lines.map((line) => <div key={line.key}>{line}</div>) : w.none}
          {count > shown.length && all}
        </Alert>
      )}
    </div>
  );
}
