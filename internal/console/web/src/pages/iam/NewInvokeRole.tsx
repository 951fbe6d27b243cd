import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { CreateHere } from '../../form/CreateHere';
import { useConsole } from '../../hooks/console';
import { useWords, type Words } from '../../words/language';
import { ensureInvokeRole } from './invokeRole';

const en = { title: 'No role yet? Create one here', name: 'Name of the new role', hint: 'It trusts apigateway.amazonaws.com and may invoke backends (execute-api:Invoke). A role of this name that exists already is used as it is.', make: 'Create and choose the role', chosen: 'Created and chosen' };
const es: typeof en = { title: '¿No hay rol todavía? Créalo aquí', name: 'Nombre del rol nuevo', hint: 'Confía en apigateway.amazonaws.com y puede llamar a backends (execute-api:Invoke). Si ya existe un rol con este nombre, se usa tal como está.', make: 'Crear el rol y elegirlo', chosen: 'Creado y elegido' };
const words: Words<typeof en> = { en, es };

/** Makes the role that an integration needs without leaving its form. */
export function NewInvokeRole({ choose }: { choose(arn: string): void }) {
  const w = useWords(words);
  const { clients, facts } = useConsole();
  const [name, setName] = useState('APIGatewayInvokeHTTPRole');
  const create = async () => {
    choose(await ensureInvokeRole(clients, name.trim(), 'APIGatewayInvokeHTTPPolicy', facts.accountId));
    return true;
  };
  return (
    <CreateHere title={w.title} make={w.make} chosen={w.chosen} disabled={!name.trim()} create={create}>
      <FormField label={w.name} description={w.hint} stretch><Input value={name} spellcheck={false} onChange={({ detail }) => setName(detail.value)} /></FormField>
    </CreateHere>
  );
}
