import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { CreateIntegrationCommand, type CreateIntegrationRequest } from '@aws-sdk/client-apigatewayv2';
import { useMemo, useState } from 'react';
import { failureText } from '../../aws/failure';
import { applicable, createInput, missing, sectionsOf, type Value } from '../../form/field';
import { FieldInput } from '../../form/FieldInput';
import { useConsole } from '../../hooks/console';
import { useWords, type Words } from '../../words/language';
import { useTemplateCheck } from '../template/check';
import { firstIntegration, integrationFields, withConnection } from './Integrations';

const en = { title: 'No integration for it yet? Create one here', make: 'Create the integration and choose it', chosen: 'Created and chosen', needed: 'This field is required' };
const es: typeof en = { title: '¿No hay integración todavía? Créala aquí', make: 'Crear la integración y elegirla', chosen: 'Creada y elegida', needed: 'Este campo es obligatorio' };
const words: Words<typeof en> = { en, es };

interface Props {
  apiId: string;
  /** The key of the route that it is for, once it is typed. */
  routeKey?: string;
  choose(target: string): void;
}

/** Makes the integration that a route needs without leaving its form. What is seldom needed is on the integration's own page. */
export function NewIntegration({ apiId, routeKey, choose }: Props) {
  const w = useWords(words);
  const { clients } = useConsole();
  const check = useTemplateCheck();
  const [value, setValue] = useState<Value>(firstIntegration);
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const [made, setMade] = useState(false);
  const [error, setError] = useState<string>();
  const fields = useMemo(() => integrationFields(clients, apiId, routeKey), [clients, apiId, routeKey]);
  const lacking = missing(fields, value);
  const make = async () => {
    setTried(true);
    if (lacking.length > 0) return;
    setBusy(true);
    setError(undefined);
    try {
      const { IntegrationId } = await clients.gateway.send(new CreateIntegrationCommand({ ...withConnection(createInput(fields, value)), ApiId: apiId } as CreateIntegrationRequest));
      choose(`integrations/${IntegrationId}`);
      setMade(true);
    } catch (refusal) {
      setError(failureText(refusal));
    } finally {
      setBusy(false);
    }
  };
  return (
    <ExpandableSection headerText={w.title}>
      <SpaceBetween size="m">
        {sectionsOf(applicable(fields, value)).unfolded.map((field) => (
          <FieldInput key={field.name} field={field} value={value} check={check} error={tried && lacking.includes(field.name) ? w.needed : undefined} onChange={(member) => setValue((old) => ({ ...old, [field.name]: member }))} />
        ))}
        <Button formAction="none" loading={busy} disabled={made} onClick={make}>{w.make}</Button>
        {made && <StatusIndicator>{w.chosen}</StatusIndicator>}
        {error && <Alert type="error">{error}</Alert>}
      </SpaceBetween>
    </ExpandableSection>
  );
}
