import { DeleteDeploymentCommand, UpdateDeploymentCommand, type Deployment } from '@aws-sdk/client-apigatewayv2';
import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
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
import { useOpenForm } from '../../hooks/router';
import { Status } from '../../names/Status';

const en = { deploy: 'Deploy API' };
const es: typeof en = { deploy: 'Desplegar la API' };
const words: Words<typeof en> = { en, es };

export default function Deployments({ apiId }: { apiId: string }) {
  const w = useWords(words);
  const { back } = useWords(moveWords);
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
      { id: 'status', header: { en: 'Status', es: 'Estado' }, cell: (deployment) => (deployment.DeploymentStatus === 'FAILED' ? deployment.DeploymentStatusMessage : <Status of={deployment.DeploymentStatus} />) },
      {
        id: 'stages',
        header: { en: 'Stages', es: 'Etapas' },
        cell: (deployment) => stages.value?.filter((stage) => stage.DeploymentId === deployment.DeploymentId).map((stage) => stage.StageName).join(', ') || '–',
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
    actions: (selected) => (
      <>
        {selected &&
          stages.value
            ?.filter((stage) => !stage.AutoDeploy && stage.DeploymentId !== selected.DeploymentId)
            .map((stage) => (
              <Button key={stage.StageName} onClick={() => setMove({ stage: stage.StageName!, before: stage.DeploymentId, deployment: selected.DeploymentId!, name: deploymentName(language, selected) })}>
                {back} {stage.StageName}
              </Button>
            ))}
        <Button variant="primary" onClick={() => open('deploy')}>{w.deploy}</Button>
      </>
    ),
  };
  return (
    <>
      <Collection resource={resource} />
      {move && <MoveStage apiId={apiId} move={move} reload={stages.reload} close={() => setMove(undefined)} />}
    </>
  );
}
