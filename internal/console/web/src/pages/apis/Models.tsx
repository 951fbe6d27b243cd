import { CreateModelCommand, DeleteModelCommand, UpdateModelCommand, type CreateModelRequest, type Model } from '@aws-sdk/client-apigatewayv2';
import { gatewayPermits } from '../../aws/permissions';
import { Copyable } from '../../elements/Copyable';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { same, type Field } from '../../form/field';
import { useConsole } from '../../hooks/console';
import { listModels } from '../../aws/gatewayLists';
import { modelImpact } from '../../names/impact';

const fields: Field[] = [
  { name: 'Name', kind: 'text', required: true, label: { en: 'Name', es: 'Nombre' }, hint: { en: 'Letters and digits only.', es: 'Solo letras y cifras.' } },
  { name: 'ContentType', kind: 'text', placeholder: 'application/json', label: { en: 'Content type', es: 'Tipo de contenido' } },
  { name: 'Schema', kind: 'code', syntax: 'json', required: true, label: { en: 'JSON Schema (draft 4)', es: 'JSON Schema (draft 4)' } },
  { name: 'Description', kind: 'text', label: { en: 'Description', es: 'Descripción' } },
];

export default function Models({ apiId }: { apiId: string }) {
  const { clients, facts } = useConsole();
  const resource: Resource<Model> = {
    title: { en: 'Models', es: 'Modelos' },
    make: { en: 'Create model', es: 'Crear modelo' },
    editing: { en: 'Edit model', es: 'Editar modelo' },
    about: {
      en: 'JSON Schemas that messages must match. A route chooses them with its model selection expression.',
      es: 'Esquemas JSON que deben cumplir los mensajes. Cada ruta los elige con su expresión de selección de modelo.',
    },
    empty: { en: 'There is no model yet. Without one, every message is accepted.', es: 'Todavía no hay modelos. Sin ellos se acepta todo mensaje.' },
    columns: [
      { id: 'name', header: { en: 'Name', es: 'Nombre' }, cell: (model) => model.Name, sort: 'Name' },
      { id: 'type', header: { en: 'Content type', es: 'Tipo de contenido' }, cell: (model) => model.ContentType ?? '–' },
      { id: 'description', header: { en: 'Description', es: 'Descripción' }, cell: (model) => model.Description ?? '–' },
      { id: 'id', minWidth: 120, header: same('ID'), cell: (model) => <Copyable text={model.ModelId} /> },
    ],
    fields,
    keys: [clients, apiId],
    permits: gatewayPermits(facts.region, `apis/${apiId}/models`, (model) => model.ModelId!),
    id: (model) => model.ModelId!,
    name: (model) => model.Name!,
    list: () => listModels(clients, apiId),
    initial: { ContentType: 'application/json', Schema: '{\n  "$schema": "http://json-schema.org/draft-04/schema#",\n  "type": "object",\n  "required": ["action"]\n}\n' },
    create: (input) => clients.gateway.send(new CreateModelCommand({ ...input, ApiId: apiId } as CreateModelRequest)),
    update: (model, input) => clients.gateway.send(new UpdateModelCommand({ ...input, ApiId: apiId, ModelId: model.ModelId })),
    remove: (model) => clients.gateway.send(new DeleteModelCommand({ ApiId: apiId, ModelId: model.ModelId })),
    impact: modelImpact(clients, apiId),
    undo: 'create',
    removeWarning: { en: 'Routes that validate with it can no longer be deployed.', es: 'Las rutas que validan con él ya no se podrán desplegar.' },
    call: { service: 'apigatewayv2', operation: 'CreateModel', fixed: { ApiId: apiId }, type: 'AWS::ApiGatewayV2::Model', change: (model, input) => ({ operation: 'UpdateModel', input: { ApiId: apiId, ModelId: model.ModelId, ...input } }) },
  };
  return <Collection resource={resource} />;
}
