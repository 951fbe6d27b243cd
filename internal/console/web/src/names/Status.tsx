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
const words: Words<typeof en> = { en, es };

/** A state that AWS answers as a word of its own, in the reader's language. */
export function Status({ of: value }: { of: string | undefined }) {
  const w = useWords(words);
  return <>{value === undefined ? '–' : (w[value] ?? value)}</>;
}
