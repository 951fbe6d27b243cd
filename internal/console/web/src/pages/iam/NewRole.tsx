import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { CreateHere } from '../../form/CreateHere';
import { useWords, type Words } from '../../words/language';

const en = { title: 'No role yet? Create one here', name: 'Name of the new role', existing: 'A role of this name that exists already is used as it is.', make: 'Create and choose the role', chosen: 'Created and chosen' };
const es: typeof en = { title: '¿No hay rol todavía? Créalo aquí', name: 'Nombre del rol nuevo', existing: 'Si ya existe un rol con este nombre, se usa tal como está.', make: 'Crear el rol y elegirlo', chosen: 'Creado y elegido' };
const words: Words<typeof en> = { en, es };

interface Props {
  /** The name that is offered. */
  first: string;
  /** Whom it trusts and what it may do. */
  hint: Words<string>;
  /** Makes the role of that name, or finds it; its ARN. */
  make(name: string): Promise<string>;
  choose(arn: string): void;
}

/** Makes a role without leaving the form that needs it. */
export function NewRole({ first, hint, make, choose }: Props) {
  const w = useWords(words);
  const about = useWords(hint);
  const [name, setName] = useState(first);
  const create = async () => {
    choose(await make(name.trim()));
    return true;
  };
  return (
    <CreateHere title={w.title} make={w.make} chosen={w.chosen} disabled={!name.trim()} create={create}>
      <FormField label={w.name} description={`${about} ${w.existing}`} stretch><Input value={name} spellcheck={false} onChange={({ detail }) => setName(detail.value)} /></FormField>
    </CreateHere>
  );
}
