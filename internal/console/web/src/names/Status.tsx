import { useWords, type Words } from '../words/language';

const en: Record<string, string> = {
  Active: 'Active',
  Inactive: 'Inactive',
  AVAILABLE: 'Available',
  UPDATING: 'Updating',
  PENDING: 'Pending',
  DELETING: 'Deleting',
  FAILED: 'Failed',
  INACTIVE: 'Inactive',
  DEPLOYED: 'Deployed',
  NONE: 'None',
  CUSTOM: 'Authorizer',
  OFF: 'Off',
};
const es: typeof en = {
  Active: 'Activa',
  Inactive: 'Inactiva',
  AVAILABLE: 'Disponible',
  UPDATING: 'Actualizándose',
  PENDING: 'Pendiente',
  DELETING: 'Eliminándose',
  FAILED: 'Fallido',
  INACTIVE: 'Inactivo',
  DEPLOYED: 'Desplegado',
  NONE: 'Ninguna',
  CUSTOM: 'Autorizador',
  OFF: 'Desactivado',
};
export const statusWords: Words<typeof en> = { en, es };

const answers: Words<{ yes: string; no: string }> = { en: { yes: 'Yes', no: 'No' }, es: { yes: 'Sí', no: 'No' } };

/** A member that is true or false, in words. */
export function YesNo({ of: value }: { of: boolean | undefined }) {
  const w = useWords(answers);
  return <>{value ? w.yes : w.no}</>;
}

/** A state that AWS answers as a word of its own, in the reader's language. */
export function Status({ of: value }: { of: string | undefined }) {
  const w = useWords(statusWords);
  return <>{value === undefined ? '–' : (w[value] ?? value)}</>;
}
