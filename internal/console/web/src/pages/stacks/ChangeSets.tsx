import type { ChangeSetSummary } from '@aws-sdk/client-cloudformation';
import Button from '@cloudscape-design/components/button';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { formHref } from '../../hooks/router';
import { useWords, type Words } from '../../words/language';
import { When } from '../../words/When';
import { changesNothing, discardChangeSet } from './changeSets';
import { useCloudFormation } from './client';
import { StackStatus } from './StackStatus';

const en = { execute: 'Execute', nothing: 'It would change nothing.' };
const es: typeof en = { execute: 'Ejecutar', nothing: 'No cambiaría nada.' };
const words: Words<typeof en> = { en, es };

interface Props {
  /** The stack's name, or its ARN, as the address has it. */
  name: string;
  sets: ChangeSetSummary[];
  /** Opens the page of one. */
  open(set: string): void;
  discarded(isThere: boolean): Promise<void> | void;
}

/** The change sets of a stack that were not executed, also those made with the AWS CLI. */
export function ChangeSets({ name, sets, open, discarded }: Props) {
  const w = useWords(words);
  const client = useCloudFormation();
  const resource: Resource<ChangeSetSummary> = {
    title: { en: 'Change sets', es: 'Conjuntos de cambios' },
    about: { en: 'They were not executed: nothing of them is in the stack. Executing one removes the others, which were made for what the stack is now.', es: 'No se han ejecutado: nada de ellos está en la pila. Ejecutar uno elimina los demás, que se hicieron para la pila como es ahora.' },
    empty: { en: 'No change set waits.', es: 'No hay conjuntos de cambios pendientes.' },
    columns: [
      { id: 'name', minWidth: 150, header: { en: 'Name', es: 'Nombre' }, cell: (one) => one.ChangeSetName, sort: 'ChangeSetName' },
      { id: 'status', minWidth: 195, header: { en: 'Status', es: 'Estado' }, cell: (one) => <StackStatus of={one.Status} /> },
      { id: 'reason', minWidth: 170, header: { en: 'Reason', es: 'Motivo' }, cell: (one) => (changesNothing(one) ? w.nothing : (one.StatusReason ?? '–')) },
      { id: 'description', header: { en: 'Description', es: 'Descripción' }, cell: (one) => one.Description ?? '–' },
      { id: 'created', header: { en: 'Created', es: 'Creado' }, cell: (one) => <When at={one.CreationTime} /> },
    ],
    fields: [],
    keys: [client, name],
    id: (one) => one.ChangeSetId!,
    name: (one) => one.ChangeSetName!,
    open: (one) => formHref(['stacks', name], { form: 'changeset', of: one.ChangeSetName }),
    list: async () => sets,
    actions: (selected) => <Button disabled={selected?.ExecutionStatus !== 'AVAILABLE'} onClick={() => open(selected!.ChangeSetName!)}>{w.execute}</Button>,
    remove: async (one) => discarded(await discardChangeSet(client, one)),
    removeWarning: { en: 'Nothing of the stack changes. A stack that was made for its change sets alone goes with the last of them.', es: 'No cambia nada de la pila. Una pila que se hizo solo para sus conjuntos de cambios se elimina con el último.' },
  };
  return <Collection resource={resource} section />;
}
