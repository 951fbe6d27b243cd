// Why a stack's last operation failed, and what its status means.

import type { StackEvent } from '@aws-sdk/client-cloudformation';
import type { Words } from '../../words/language';

const STACK = 'AWS::CloudFormation::Stack';

/** What a status asks of people, where its word does not say it; AWS's words are on the page too. */
export const meanings: Record<string, Words<string>> = {
  CREATE_FAILED: { en: 'It could not be created. What was made is still there: delete the stack.', es: 'No se pudo crear. Lo que llegó a crearse sigue ahí: elimina la pila.' },
  ROLLBACK_IN_PROGRESS: { en: 'It could not be created; what was made is being removed.', es: 'No se pudo crear; se está eliminando lo que llegó a crearse.' },
  ROLLBACK_COMPLETE: { en: 'It could not be created, and what was made was removed. Delete the stack and create it again with another template.', es: 'No se pudo crear y se eliminó lo que llegó a crearse. Elimina la pila y créala de nuevo con otra plantilla.' },
  ROLLBACK_FAILED: { en: 'It could not be created, and not all that was made could be removed: delete the stack.', es: 'No se pudo crear ni eliminar todo lo que llegó a crearse: elimina la pila.' },
  UPDATE_ROLLBACK_IN_PROGRESS: { en: 'The update failed; it is being taken back.', es: 'La actualización falló; se está deshaciendo.' },
  UPDATE_ROLLBACK_COMPLETE: { en: 'The last update failed and was taken back: everything is as it was before.', es: 'La última actualización falló y se deshizo: todo está como antes.' },
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: { en: 'The update failed and was taken back; what it made is being removed.', es: 'La actualización falló y se deshizo; se está eliminando lo que creó.' },
  UPDATE_ROLLBACK_FAILED: { en: 'The update failed, and not all of it could be taken back.', es: 'La actualización falló y no se pudo deshacer del todo.' },
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: { en: 'It is updated; what is not needed any more is being removed.', es: 'Está actualizada; se está eliminando lo que ya no hace falta.' },
  DELETE_FAILED: { en: 'Not everything could be deleted. The reason stands beside what is left.', es: 'No se pudo eliminar todo. El motivo está junto a lo que queda.' },
  REVIEW_IN_PROGRESS: { en: 'It has a change set that was not executed yet.', es: 'Tiene un conjunto de cambios que aún no se ha ejecutado.' },
};

/** The resource that failed first in the last operation: others were cancelled for it. Events come newest first. */
export function firstFailure(events: StackEvent[], stackName: string): StackEvent | undefined {
  const isBegin = (one: StackEvent) => one.ResourceType === STACK && one.LogicalResourceId === stackName && /^(CREATE|UPDATE|DELETE|IMPORT)_IN_PROGRESS$/.test(one.ResourceStatus ?? '');
  const began = events.findIndex(isBegin);
  return events
    .slice(0, began < 0 ? undefined : began)
    .findLast((one) => one.LogicalResourceId !== stackName && one.ResourceStatus?.endsWith('_FAILED') && !/cancelled$/i.test(one.ResourceStatusReason ?? ''));
}
