import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type ReactNode } from 'react';
import { failureText } from '../../aws/failure';
import { cliCommand } from '../../commands/cli';
import { ShowAs } from '../../commands/ShowAs';
import { Confirm } from '../../form/Confirm';
import { SubPage } from '../../form/SubPage';
import { useConsole } from '../../hooks/console';
import { useWords, type Words } from '../../words/language';
import { Changes } from './Changes';
import { changesNothing, discardChangeSet, executeChangeSet, flat, isHarmful, type Described } from './changeSets';
import { isMoving, useCloudFormation } from './client';
import { changesImpact } from './impact';

const en = {
  title: (set: string, stack: string) => `Change set ${set} of ${stack}`,
  execute: 'Execute change set',
  remove: 'Delete change set',
  removed: 'Change set deleted',
  keep: 'Keep for later',
  close: 'Close',
  harm: 'What is shown in red is deleted or replaced as soon as the change set is executed.',
  failed: 'The change set failed',
  nothing: 'Nothing would change: the stack already is what this template and these parameters say.',
  nested: 'It belongs to the change set of the stack above this one, and is executed and deleted with that.',
  executed: 'Executed',
  begun: 'The execution began',
  ended: 'The execution failed',
  refused: 'Refused',
};
const es: typeof en = {
  title: (set, stack) => `Conjunto de cambios ${set} de ${stack}`,
  execute: 'Ejecutar el conjunto de cambios',
  remove: 'Eliminar el conjunto de cambios',
  removed: 'Conjunto de cambios eliminado',
  keep: 'Dejarlo para después',
  close: 'Cerrar',
  harm: 'Lo que aparece en rojo se elimina o se reemplaza en cuanto se ejecuta el conjunto de cambios.',
  failed: 'El conjunto de cambios falló',
  nothing: 'No cambiaría nada: la pila ya es lo que dicen esta plantilla y estos parámetros.',
  nested: 'Pertenece al conjunto de cambios de la pila que está por encima, y se ejecuta y se elimina con él.',
  executed: 'Ejecutado',
  begun: 'Empezó la ejecución',
  ended: 'La ejecución falló',
  refused: 'Rechazado',
};
const words: Words<typeof en> = { en, es };

interface Props {
  set: Described;
  /** A button to go back and change what was asked for. */
  back?: ReactNode;
  /** It was executed; or deleted, and the stack with it or not. */
  executed(): Promise<void> | void;
  discarded(isThere: boolean): Promise<void> | void;
  /** Left as it is. */
  close(): void;
}

/** What a change set changes and breaks, before it is executed. */
export function ChangeSetPage({ set, back, executed, discarded, close }: Props) {
  const w = useWords(words);
  const client = useCloudFormation();
  const known = useConsole();
  const { facts, notify } = known;
  const [deleting, setDeleting] = useState(false);
  const [error, setError] = useState<string>();
  const stack = set.StackName!;
  const title = w.title(set.ChangeSetName!, stack);
  const execute = async () => {
    const status = await executeChangeSet(client, set);
    if (isMoving(status)) notify('success', `${w.begun}: ${set.ChangeSetName}`);
    else if (/FAILED|ROLLBACK/.test(status)) notify('error', `${w.ended}: ${set.ChangeSetName}`);
    else notify('success', `${w.executed}: ${set.ChangeSetName}`);
    await executed();
  };
  const discard = async () => {
    setDeleting(true);
    setError(undefined);
    try {
      const isThere = await discardChangeSet(client, set);
      notify('success', `${w.removed}: ${set.ChangeSetName}`);
      await discarded(isThere);
    } catch (refusal) {
      setError(failureText(refusal));
      setDeleting(false);
    }
  };
  const instead = (
    <SpaceBetween direction="horizontal" size="xs">
      {back}
      {!set.ParentChangeSetId && <Button loading={deleting} onClick={discard}>{w.remove}</Button>}
    </SpaceBetween>
  );
  const content = (
    <SpaceBetween size="m">
      {set.Description}
      {set.Status !== 'FAILED' && <Changes planned={set.planned} />}
      {set.ExecutionStatus === 'AVAILABLE' && !set.ParentChangeSetId && <ShowAs cli={cliCommand('cloudformation', 'ExecuteChangeSet', { StackName: stack, ChangeSetName: set.ChangeSetName }, facts.endpoint)} />}
      {error && <Alert type="error" header={w.refused}>{error}</Alert>}
    </SpaceBetween>
  );
  if (set.ExecutionStatus !== 'AVAILABLE' || set.ParentChangeSetId) {
    return (
      <SubPage title={title} buttons={<SpaceBetween direction="horizontal" size="xs"><Button variant="link" onClick={close}>{w.close}</Button>{instead}</SpaceBetween>}>
        <SpaceBetween size="m">
          <Failure of={set} />
          {set.ParentChangeSetId && <Alert>{w.nested}</Alert>}
          {content}
        </SpaceBetween>
      </SubPage>
    );
  }
  const isHarm = flat(set.planned).some(isHarmful);
  return (
    <Confirm title={title} names={[stack]} action={w.execute} warning={isHarm ? w.harm : undefined} impact={isHarm ? () => changesImpact(known, set.planned) : undefined} instead={instead} leave={w.keep} confirm={execute} close={close}>
      {content}
    </Confirm>
  );
}

/** Why a change set failed, in its own sentence. */
export function Failure({ of }: { of: Pick<Described, 'Status' | 'StatusReason'> }) {
  const w = useWords(words);
  if (changesNothing(of)) return <Alert type="info">{w.nothing}</Alert>;
  return of.Status === 'FAILED' && <Alert type="error" header={w.failed}>{of.StatusReason}</Alert>;
}
