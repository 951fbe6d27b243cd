import { CreateIntegrationCommand, type CreateIntegrationRequest } from '@aws-sdk/client-apigatewayv2';
import { useMemo, useState } from 'react';
import { CreateHere } from '../../form/CreateHere';
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
  const [tried, setTried] = useState(false);
  const fields = useMemo(() => integrationFields(clients, apiId, routeKey), [clients, apiId, routeKey]);
  const lacking = missing(fields, value);
  const create = async () => {
    setTried(true);
    if (lacking.length > 0) return false;
    const { IntegrationId } = await clients.gateway.send(new CreateIntegrationCommand({ ...withConnection(createInput(fields, value)), ApiId: apiId } as CreateIntegrationRequest));
    choose(`integrations/${IntegrationId}`);
    return true;
  };
  return (
    <CreateHere title={w.title} make={w.make} chosen={w.chosen} once create={create}>
      {sectionsOf(applicable(fields, value)).unfolded.map((field) => (
        <FieldInput key={field.name} field={field} value={value} check={check} error={tried && lacking.includes(field.name) ? w.needed : undefined} onChange={(member) => setValue((old) => ({ ...old, [field.name]: member }))} />
      ))}
    </CreateHere>
  );
}
