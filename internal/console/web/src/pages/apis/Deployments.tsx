import { DeleteDeploymentCommand, UpdateDeploymentCommand, type Deployment, type Stage } from '@aws-sdk/client-apigatewayv2';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Link from '@cloudscape-design/components/link';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import { GatewayButton } from '../../form/PermittedButton';
import { gatewayPermits } from '../../aws/permissions';
import { Copyable } from '../../elements/Copyable';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { same } from '../../form/field';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { useLanguage, useWords, type Words } from '../../words/language';
import { listDeployments, listStages } from '../../aws/gatewayLists';
import { MoveStage, moveWords, type Move } from './MoveStage';
import { When } from '../../words/When';
import { deploymentImpact } from '../../names/impact';
import { deploymentName } from '../../names/texts';
import { href, useOpenForm } from '../../hooks/router';

const en = { deploy: 'Deploy API', none: 'No stage', pending: 'Being made' };
const es: typeof en = { deploy: 'Desplegar la API', none: 'Ninguna etapa', pending: 'En preparación' };
const words: Words<typeof en> = { en, es };

export default function Deployments({ apiId }: { apiId: string }) {
  const w = useWords(words);
  const { changes, clients, facts } = useConsole();
  const stages = useLoaded(() => listStages(clients, apiId), [clients, apiId, changes]);
  const { language } = useLanguage();
  const { open } = useOpenForm();
  const [move, setMove] = useState<Move>();
  const resource: Resource<Deployment> = {
    title: { en: 'Deployments', es: 'Despliegues' },
    editing: { en: 'Edit deployment', es: 'Editar despliegue' },
    about: { en: 'Snapshots of the API. A stage serves one of them. Before another one is served you see how it differs from what the stage serves now.', es: 'Copias de la API en un momento dado. Una etapa sirve una de ellas. Antes de servir otra se ve en qué difiere de lo que la etapa sirve ahora.' },
    empty: { en: 'Nothing has been deployed yet, so clients cannot connect.', es: 'Todavía no se ha desplegado nada: los clientes no pueden conectarse.' },
    columns: [
      { id: 'created', header: { en: 'Deployed', es: 'Desplegado' }, cell: (deployment) => <When at={deployment.CreatedDate} /> },
      { id: 'description', header: { en: 'Description', es: 'Descripción' }, cell: (deployment) => deployment.Description ?? '–' },
      { id: 'stages', minWidth: 130, header: { en: 'Served on', es: 'Se sirve en' }, cell: (deployment) => <ServedOn apiId={apiId} deployment={deployment} stages={stages.value} /> },
      {
        id: 'serve',
        minWidth: 150,
        header: { en: 'Serve', es: 'Servir' },
        cell: (deployment) => <ServeOn apiId={apiId} deployment={deployment} stages={stages.value} choose={(stage) => setMove({ stage: stage.StageName!, before: stage.DeploymentId, deployment: deployment.DeploymentId!, name: deploymentName(language, deployment) })} />,
      },
      { id: 'id', minWidth: 120, header: same('ID'), cell: (deployment) => <Copyable text={deployment.DeploymentId} /> },
    ],
    fields: [{ name: 'Description', kind: 'text', label: { en: 'Description', es: 'Descripción' } }],
    keys: [clients, apiId],
    permits: gatewayPermits(facts.region, `apis/${apiId}/deployments`, (deployment) => deployment.DeploymentId!),
    id: (deployment) => deployment.DeploymentId!,
    name: (deployment) => deploymentName(language, deployment),
    list: async () => (await listDeployments(clients, apiId)).sort((a, b) => Number(b.CreatedDate) - Number(a.CreatedDate)),
    update: (deployment, input) => clients.gateway.send(new UpdateDeploymentCommand({ ...input, ApiId: apiId, DeploymentId: deployment.DeploymentId })),
    remove: (deployment) => clients.gateway.send(new DeleteDeploymentCommand({ ApiId: apiId, DeploymentId: deployment.DeploymentId })),
    impact: deploymentImpact(clients, apiId),
    removeWarning: { en: 'It can no longer be served again. A stage that serves it must be given another one first.', es: 'Ya no se podrá volver a servir. Antes hay que dar otro despliegue a la etapa que lo sirve.' },
    actions: () => <GatewayButton verb="POST" path={`apis/${apiId}/deployments`} variant="primary" onClick={() => open('deploy')}>{w.deploy}</GatewayButton>,
  };
  return (
    <>
      <Collection resource={resource} />
      {move && <MoveStage apiId={apiId} move={move} reload={stages.reload} close={() => setMove(undefined)} />}
    </>
  );
}

interface OfDeployment {
  deployment: Deployment;
  stages: Stage[] | undefined;
}

/** The stages that serve a deployment now; of one that failed, why it can be served by none. */
function ServedOn({ apiId, deployment, stages = [] }: OfDeployment & { apiId: string }) {
  const w = useWords(words);
  if (deployment.DeploymentStatus === 'FAILED') return <StatusIndicator type="error">{deployment.DeploymentStatusMessage}</StatusIndicator>;
  if (deployment.DeploymentStatus === 'PENDING') return <StatusIndicator type="pending">{w.pending}</StatusIndicator>;
  const serving = stages.filter((stage) => stage.DeploymentId === deployment.DeploymentId);
  if (serving.length === 0) return <StatusIndicator type="stopped">{w.none}</StatusIndicator>;
  return <>{serving.map(({ StageName }) => <div key={StageName}><StatusIndicator><Link href={href('apis', apiId, 'stages', StageName!)}>{StageName}</Link></StatusIndicator></div>)}</>;
}

/** A button for the stage that could serve the deployment and does not; for several stages, a list of them. */
function ServeOn({ apiId, deployment, stages = [], choose }: OfDeployment & { apiId: string; choose(stage: Stage): void }) {
  const { back } = useWords(moveWords);
  const { language } = useLanguage();
  const others = stages.filter((stage) => !stage.AutoDeploy && stage.DeploymentId !== deployment.DeploymentId);
  const [only] = others;
  if (!only || deployment.DeploymentStatus !== 'DEPLOYED') return <>–</>;
  const name = deploymentName(language, deployment);
  if (others.length === 1) return <GatewayButton verb="PATCH" path={`apis/${apiId}/stages/${only.StageName}`} ariaLabel={`${back} ${only.StageName}: ${name}`} onClick={() => choose(only)}>{back} {only.StageName}</GatewayButton>;
  return <ButtonDropdown ariaLabel={`${back}: ${name}`} expandToViewport items={others.map(({ StageName }) => ({ id: StageName!, text: StageName! }))} onItemClick={({ detail }) => choose(others.find((stage) => stage.StageName === detail.id)!)}>{back}</ButtonDropdown>;
}
