import { UpdateStageCommand } from '@aws-sdk/client-apigatewayv2';
import { Confirm } from '../../form/Confirm';
import { useUndoable } from '../../form/undoable';
import { useConsole } from '../../hooks/console';
import { href } from '../../hooks/router';
import { useWords, type Words } from '../../words/language';
import { PreviewView } from './PreviewView';

const en = { back: 'Serve on', moved: 'serves', acts: 'It takes effect at once for every client of the stage, including those that are connected.' };
const es: typeof en = { back: 'Servir en', moved: 'sirve', acts: 'Tiene efecto al momento para todos los clientes de la etapa, también los conectados.' };
export const moveWords: Words<typeof en> = { en, es };

/** A stage, the deployment that it serves, and the one that it is to serve, by its name too. */
export interface Move {
  stage: string;
  before: string | undefined;
  deployment: string;
  name: string;
}

/** Asks before a stage serves another deployment, with what that changes; it can be taken back (A-CONSOLE-7). */
export function MoveStage({ apiId, move, reload, close }: { apiId: string; move: Move; reload(): Promise<void>; close(): void }) {
  const w = useWords(moveWords);
  const { clients, notify } = useConsole();
  const undoable = useUndoable();
  const { stage, before, deployment, name } = move;
  const serve = async (DeploymentId: string) => {
    await clients.gateway.send(new UpdateStageCommand({ ApiId: apiId, StageName: stage, DeploymentId }));
    await reload();
  };
  const confirm = async () => {
    await serve(deployment);
    if (before) undoable(`${stage} ${w.moved}`, name, () => serve(before), [href('apis', apiId, 'stages', stage)]);
    else notify('success', `${stage} ${w.moved} ${name}`);
  };
  return (
    <Confirm names={[name]} action={`${w.back} ${stage}`} warning={w.acts} confirm={confirm} close={close}>
      <PreviewView apiId={apiId} stage={stage} deployment={deployment} leave={close} />
    </Confirm>
  );
}
