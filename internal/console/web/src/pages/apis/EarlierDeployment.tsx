import type { Deployment, Stage } from '@aws-sdk/client-apigatewayv2';
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { listDeployments } from '../../aws/gatewayLists';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { deploymentName } from '../../names/texts';
import { useLanguage, useWords, type Words } from '../../words/language';
import { newestBeyond } from './newestDeployment';
import { MoveStage, type Move } from './MoveStage';

const en = { header: 'This stage serves an earlier deployment', serves: 'It serves', newest: 'the newest is', back: 'Serve the newest' };
const es: typeof en = { header: 'Esta etapa sirve un despliegue anterior', serves: 'Sirve', newest: 'el más reciente es', back: 'Servir el más reciente' };
const words: Words<typeof en> = { en, es };

/** Says that a stage serves an earlier deployment than the newest, and leads to that one; nothing where it serves the newest, or deploys automatically. */
export function EarlierDeployment({ apiId, stage, reload }: { apiId: string; stage: Stage; reload(): Promise<void> }) {
  const w = useWords(words);
  const { language } = useLanguage();
  const { clients, changes } = useConsole();
  const deployments = useLoaded(() => listDeployments(clients, apiId), [clients, apiId, changes]);
  const [move, setMove] = useState<Move>();
  const name = (one: Deployment) => deploymentName(language, one);
  const served = deployments.value?.find((one) => one.DeploymentId === stage.DeploymentId);
  const newest = served && !stage.AutoDeploy && newestBeyond(served, deployments.value!);
  return (
    <>
      {newest && (
        <Alert
          type="info"
          header={w.header}
          action={<Button onClick={() => setMove({ stage: stage.StageName!, before: stage.DeploymentId, deployment: newest.DeploymentId!, name: name(newest) })}>{w.back}</Button>}
        >
          {w.serves} <b>{name(served!)}</b>; {w.newest} <b>{name(newest)}</b>.
        </Alert>
      )}
      {move && <MoveStage apiId={apiId} move={move} reload={reload} close={() => setMove(undefined)} />}
    </>
  );
}
