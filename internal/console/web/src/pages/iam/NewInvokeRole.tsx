import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import { failureText } from '../../aws/failure';
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
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState(false);
  const [error, setError] = useState<string>();
  const make = async () => {
    setBusy(true);
    setError(undefined);
    try {
      choose(await ensureInvokeRole(clients, name.trim(), 'APIGatewayInvokeHTTPPolicy', facts.accountId));
      setMade(true);
    } catch (refusal) {
      setError(failureText(refusal));
    } finally {
      setBusy(false);
    }
  };
  return (
    <ExpandableSection headerText={w.title}>
      <SpaceBetween size="xs">
        <FormField label={w.name} description={w.hint} stretch><Input value={name} spellcheck={false} onChange={({ detail }) => setName(detail.value)} /></FormField>
        <Button formAction="none" loading={busy} disabled={!name.trim()} onClick={make}>{w.make}</Button>
        {made && <StatusIndicator>{w.chosen}</StatusIndicator>}
        {error && <Alert type="error">{error}</Alert>}
      </SpaceBetween>
    </ExpandableSection>
  );
}
