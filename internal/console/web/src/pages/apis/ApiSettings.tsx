import { GetApiCommand, UpdateApiCommand, type GetApiResponse } from '@aws-sdk/client-apigatewayv2';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { GatewayButton } from '../../form/PermittedButton';
import { gatewayArn, gatewayTags } from '../../aws/tagging';
import { AsCommands } from '../../form/AsCommands';
import { Copyable } from '../../elements/Copyable';
import { createInput, type Value } from '../../form/field';
import { ResourceForm } from '../../form/ResourceForm';
import { useSaved } from '../../form/undoable';
import { TagsDialog } from '../../form/Tags';
import { useConsole } from '../../hooks/console';
import { href, useOpenForm } from '../../hooks/router';
import { commonWords } from '../../words/common';
import { useLanguage, useWords, type Words } from '../../words/language';
import { apiFields, keySources } from './Apis';
import { YesNo } from '../../names/Status';
import { When } from '../../words/When';

const en = { edit: 'Edit', editing: 'Edit API', tags: 'Tags', tag: 'Tag', name: 'Name', endpoint: 'API endpoint', expression: 'Route selection expression', keySource: 'API key source', onlyDomain: 'Only through a custom domain name', description: 'Description', created: 'Created' };
const es: typeof en = { edit: 'Editar', editing: 'Editar la API', tags: 'Etiquetas', tag: 'Etiqueta', name: 'Nombre', endpoint: 'Endpoint de la API', expression: 'Expresión de selección de ruta', keySource: 'Origen de la clave de API', onlyDomain: 'Solo por un dominio propio', description: 'Descripción', created: 'Creada' };
const words: Words<typeof en> = { en, es };

export default function ApiSettings({ api, reload }: { api: GetApiResponse; reload(): Promise<void> }) {
  const w = useWords(words);
  const shell = useWords(commonWords);
  const { clients, facts } = useConsole();
  const { form, open, close } = useOpenForm();
  const { language } = useLanguage();
  const keySource = keySources.find((one) => one.value === api.ApiKeySelectionExpression);
  const arn = gatewayArn(facts.region, `apis/${api.ApiId}`);
  const before = { ...api } as Value;
  const submit = useSaved({
    name: api.Name!,
    about: href('apis', api.ApiId!, 'routes'), // as in the list of APIs
    fields: apiFields,
    before,
    read: async (): Promise<Value> => ({ ...(await clients.gateway.send(new GetApiCommand({ ApiId: api.ApiId }))) }),
    put: (_, input) => clients.gateway.send(new UpdateApiCommand({ ...input, ApiId: api.ApiId })),
    reload,
  });
  const actions = (
    <SpaceBetween direction="horizontal" size="xs">
      <Button onClick={() => open('tags')}>{w.tags}</Button>
      <GatewayButton verb="PATCH" path={`apis/${api.ApiId}`} onClick={() => open('api')}>{w.edit}</GatewayButton>
    </SpaceBetween>
  );
  return (
    <Container header={<Header variant="h1" actions={actions}>{shell.apiSettings}</Header>}>
      <SpaceBetween size="m">
        <KeyValuePairs
          columns={2}
          items={[
            { label: w.name, value: api.Name },
            { label: 'ID', value: <Copyable text={api.ApiId} /> },
            { label: w.endpoint, value: <Copyable text={api.ApiEndpoint} /> },
            { label: 'ARN', value: <Copyable text={arn} /> },
            { label: w.expression, value: <code>{api.RouteSelectionExpression}</code> },
            { label: w.keySource, value: keySource?.label?.[language] ?? <code>{api.ApiKeySelectionExpression ?? '–'}</code> },
            { label: w.onlyDomain, value: <YesNo of={api.DisableExecuteApiEndpoint} /> },
            { label: w.description, value: api.Description || '–' },
            { label: w.created, value: <When at={api.CreatedDate} /> },
            ...Object.entries(api.Tags ?? {}).map(([key, text]) => ({ label: `${w.tag} ${key}`, value: text })),
          ]}
        />
        <AsCommands call={{ service: 'apigatewayv2', operation: 'CreateApi', fixed: { ProtocolType: 'WEBSOCKET' }, type: 'AWS::ApiGatewayV2::Api' }} input={createInput(apiFields, before)} />
      </SpaceBetween>
      {form === 'api' && <ResourceForm title={`${w.editing} ${api.Name}`} fields={apiFields} before={before} submit={submit} close={close} />}
      {form === 'tags' && (
        <TagsDialog
          name={api.Name!}
          tagging={gatewayTags(clients, arn)}
          close={() => {
            close();
            void reload();
          }}
        />
      )}
    </Container>
  );
}
