import { CreateAuthorizerCommand, DeleteAuthorizerCommand, UpdateAuthorizerCommand, type Authorizer, type CreateAuthorizerRequest } from '@aws-sdk/client-apigatewayv2';
import Link from '@cloudscape-design/components/link';
import { gatewayPermits } from '../../aws/permissions';
import { Copyable } from '../../elements/Copyable';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { same, type Field } from '../../form/field';
import { useConsole } from '../../hooks/console';
import { href } from '../../hooks/router';
import { listAuthorizers } from '../../aws/gatewayLists';
import { authorizerImpact } from '../../names/impact';
import { RoleLink } from '../../names/RoleLink';
import { functionName } from '../../names/texts';
import type { Clients } from '../../aws/clients';
import { gatewayRoleOptions } from '../iam/options';

const authorizerFields = (clients: Clients): Field[] => [
  { name: 'Name', kind: 'text', required: true, label: { en: 'Name', es: 'Nombre' } },
  {
    name: 'AuthorizerUri',
    kind: 'text',
    required: true,
    placeholder: 'arn:aws:apigateway:…:lambda:path/2015-03-31/functions/…/invocations',
    label: { en: 'Lambda function or HTTP endpoint', es: 'Función Lambda o endpoint HTTP' },
    hint: { en: 'An http(s):// address works too: pasarela POSTs the same event to it and reads the same answer, with a policyDocument.', es: 'También vale una dirección http(s)://: pasarela le envía el mismo evento por POST y lee la misma respuesta, con un policyDocument.' },
  },
  {
    name: 'IdentitySource',
    kind: 'strings',
    placeholder: 'route.request.querystring.token',
    label: { en: 'Identity sources, one per line', es: 'Orígenes de identidad, uno por línea' },
    hint: { en: 'If one is missing the client gets 401 and the authorizer is not asked.', es: 'Si falta uno, el cliente recibe 401 y no se pregunta al autorizador.' },
  },
  { name: 'AuthorizerCredentialsArn', kind: 'select', free: true, options: () => gatewayRoleOptions(clients), placeholder: 'arn:aws:iam::…:role/…', label: { en: 'Role to invoke it', es: 'Rol para invocarlo' } },
];

/** The function by its name, or the address. */
function Endpoint({ uri }: { uri: string | undefined }) {
  const name = functionName(uri);
  if (name) return <Link href={href('functions', name)}>Lambda {name}</Link>;
  return uri ? <code>{uri}</code> : <>–</>;
}

export default function Authorizers({ apiId }: { apiId: string }) {
  const { clients, facts } = useConsole();
  const resource: Resource<Authorizer> = {
    title: { en: 'Authorizers', es: 'Autorizadores' },
    make: { en: 'Create authorizer', es: 'Crear autorizador' },
    editing: { en: 'Edit authorizer', es: 'Editar autorizador' },
    about: { en: 'They decide who may connect. They are called once, at $connect.', es: 'Deciden quién puede conectarse. Se llaman una vez, en $connect.' },
    empty: { en: 'There is no authorizer yet. Without one, everybody may connect.', es: 'Todavía no hay autorizadores. Sin ellos puede conectarse cualquiera.' },
    columns: [
      { id: 'name', header: { en: 'Name', es: 'Nombre' }, cell: (authorizer) => authorizer.Name, sort: 'Name' },
      { id: 'uri', minWidth: 150, header: { en: 'Endpoint', es: 'Endpoint' }, cell: (authorizer) => <Endpoint uri={authorizer.AuthorizerUri} /> },
      { id: 'role', header: { en: 'Role', es: 'Rol' }, cell: (authorizer) => <RoleLink arn={authorizer.AuthorizerCredentialsArn} /> },
      { id: 'sources', minWidth: 150, header: { en: 'Identity sources', es: 'Orígenes de identidad' }, cell: (authorizer) => (authorizer.IdentitySource?.length ? <code>{authorizer.IdentitySource.join(', ')}</code> : '–') },
      { id: 'id', minWidth: 120, header: same('ID'), cell: (authorizer) => <Copyable text={authorizer.AuthorizerId} /> },
    ],
    fields: authorizerFields(clients),
    keys: [clients, apiId],
    permits: gatewayPermits(facts.region, `apis/${apiId}/authorizers`, (authorizer) => authorizer.AuthorizerId!),
    id: (authorizer) => authorizer.AuthorizerId!,
    name: (authorizer) => authorizer.Name!,
    list: () => listAuthorizers(clients, apiId),
    create: (input) =>
      clients.gateway.send(new CreateAuthorizerCommand({ AuthorizerType: 'REQUEST', IdentitySource: [], ...input, ApiId: apiId } as unknown as CreateAuthorizerRequest)),
    update: (authorizer, input) => clients.gateway.send(new UpdateAuthorizerCommand({ ...input, ApiId: apiId, AuthorizerId: authorizer.AuthorizerId })),
    remove: (authorizer) => clients.gateway.send(new DeleteAuthorizerCommand({ ApiId: apiId, AuthorizerId: authorizer.AuthorizerId })),
    impact: authorizerImpact(clients, apiId),
    removeWarning: { en: 'Once this is deployed, routes that use it refuse every client with 500.', es: 'En cuanto se despliegue, las rutas que lo usan rechazarán a todos los clientes con 500.' },
    call: { service: 'apigatewayv2', operation: 'CreateAuthorizer', fixed: { ApiId: apiId, AuthorizerType: 'REQUEST' }, type: 'AWS::ApiGatewayV2::Authorizer', change: (authorizer, input) => ({ operation: 'UpdateAuthorizer', input: { ApiId: apiId, AuthorizerId: authorizer.AuthorizerId, ...input } }) },
  };
  return <Collection resource={resource} />;
}
