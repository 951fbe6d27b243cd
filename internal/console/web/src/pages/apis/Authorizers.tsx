import { CreateAuthorizerCommand, DeleteAuthorizerCommand, UpdateAuthorizerCommand, type Authorizer, type CreateAuthorizerRequest } from '@aws-sdk/client-apigatewayv2';
import Link from '@cloudscape-design/components/link';
import { GATEWAY } from '../../aws/documents';
import { failureText } from '../../aws/failure';
import type { Lambda } from '../../aws/lambda';
import { gatewayPermits } from '../../aws/permissions';
import type { ServerFacts } from '../../aws/session';
import { Copyable } from '../../elements/Copyable';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { same, type Field, type Option, type Value } from '../../form/field';
import { useConsole } from '../../hooks/console';
import { useLambda } from '../../hooks/lambda';
import { formHref, href } from '../../hooks/router';
import { listAuthorizers } from '../../aws/gatewayLists';
import { authorizerImpact } from '../../names/impact';
import { RoleLink } from '../../names/RoleLink';
import { functionName } from '../../names/texts';
import type { Clients } from '../../aws/clients';
import { ensureRole } from '../iam/invokeRole';
import { NewRole } from '../iam/NewRole';
import { gatewayRoleOptions } from '../iam/options';
import { useWords, type Words } from '../../words/language';
import { AuthorizerAnswer } from './AuthorizerAnswer';
import { authorizerUri, functionHere } from './authorizerUri';

const en = { notPermitted: 'The authorizer is there, but API Gateway may not invoke its function yet' };
const es: typeof en = { notPermitted: 'El autorizador ya está, pero API Gateway todavía no puede invocar su función' };
const words: Words<typeof en> = { en, es };

const authorizerFields = (clients: Clients, lambda: Lambda, facts: ServerFacts): Field[] => [
  { name: 'Name', kind: 'text', required: true, label: { en: 'Name', es: 'Nombre' } },
  {
    name: 'AuthorizerUri',
    kind: 'select',
    free: true,
    required: true,
    placeholder: 'http://backend:8080/authorize',
    label: { en: 'Lambda function or HTTP endpoint', es: 'Función Lambda o endpoint HTTP' },
    hint: { en: 'Choose a function of this server, or type its name, its ARN or an http(s):// address.', es: 'Elige una función de este servidor o escribe su nombre, su ARN o una dirección http(s)://.' },
    options: () => functionOptions(lambda),
    shortcut: (_, { AuthorizerUri }) => <AuthorizerAnswer open={/^https?:/.test(String(AuthorizerUri))} />,
  },
  {
    name: 'Permission',
    kind: 'toggle',
    beside: true,
    when: ({ AuthorizerId, AuthorizerUri, AuthorizerCredentialsArn }) => !AuthorizerId && !AuthorizerCredentialsArn && !!functionHere(AuthorizerUri, facts),
    label: { en: 'Let API Gateway invoke this function', es: 'Permitir que API Gateway invoque esta función' },
    hint: { en: "Adds a statement to the function's resource policy. Without it, or a role, every client is refused.", es: 'Añade una sentencia a la política de la función. Sin ella y sin rol se rechaza a todos los clientes.' },
  },
  {
    name: 'IdentitySource',
    kind: 'strings',
    placeholder: 'route.request.querystring.token',
    label: { en: 'Identity sources, one per line', es: 'Orígenes de identidad, uno por línea' },
    hint: { en: 'If one is missing the client gets 401 and the authorizer is not asked.', es: 'Si falta uno, el cliente recibe 401 y no se pregunta al autorizador.' },
  },
  {
    name: 'AuthorizerCredentialsArn',
    kind: 'select',
    free: true,
    placeholder: 'arn:aws:iam::…:role/…',
    label: { en: 'Role to invoke it', es: 'Rol para invocarlo' },
    hint: { en: 'The role must trust apigateway.amazonaws.com and allow lambda:InvokeFunction.', es: 'El rol debe confiar en apigateway.amazonaws.com y permitir lambda:InvokeFunction.' },
    options: () => gatewayRoleOptions(clients),
    shortcut: (choose, { AuthorizerUri }) => <NewFunctionInvokeRole name={functionHere(AuthorizerUri, facts)} choose={choose} />,
  },
];

/** This server's functions by name; none for who may not list them. */
async function functionOptions(lambda: Lambda): Promise<Option[]> {
  const functions = await lambda.list().catch(() => []);
  return functions.map(({ FunctionName, Runtime = '' }) => ({ value: FunctionName, description: same(Runtime) }));
}

/** Makes a role that may invoke the function that is chosen. */
function NewFunctionInvokeRole({ name, choose }: { name: string | undefined; choose(arn: string): void }) {
  const { clients, facts } = useConsole();
  if (!name) return null;
  const hint = { en: `It trusts ${GATEWAY} and may invoke ${name} (lambda:InvokeFunction).`, es: `Confía en ${GATEWAY} y puede invocar ${name} (lambda:InvokeFunction).` };
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: [`arn:aws:lambda:${facts.region}:${facts.accountId}:function:${name}`] }] });
  return <NewRole key={name} first={`APIGatewayInvoke-${name}`.slice(0, 64)} hint={hint} make={(role) => ensureRole(clients, role, GATEWAY, 'invoke', policy)} choose={choose} />;
}

/** The function by its name, or the address. */
function Endpoint({ uri }: { uri: string | undefined }) {
  const name = functionName(uri);
  if (name) return <Link href={href('functions', name)}>Lambda {name}</Link>;
  return uri ? <code>{uri}</code> : <>–</>;
}

export default function Authorizers({ apiId }: { apiId: string }) {
  const w = useWords(words);
  const { clients, facts, notify } = useConsole();
  const lambda = useLambda();
  const called = (input: Value): Value => (typeof input.AuthorizerUri === 'string' ? { ...input, AuthorizerUri: authorizerUri(input.AuthorizerUri, facts) } : input);
  const permit = async (id: string, name: string) => {
    const source = `arn:aws:execute-api:${facts.region}:${facts.accountId}:${apiId}/authorizers/${id}`;
    await lambda.permit(name, `authorizer-${apiId}-${id}`, GATEWAY, source).catch((refusal: unknown) => notify('error', `${w.notPermitted}: ${name}`, failureText(refusal)));
  };
  const create = async ({ Permission, ...input }: Value) => {
    const made = await clients.gateway.send(new CreateAuthorizerCommand({ AuthorizerType: 'REQUEST', IdentitySource: [], ...called(input), ApiId: apiId } as unknown as CreateAuthorizerRequest));
    const name = functionHere(input.AuthorizerUri, facts);
    if (Permission && name) await permit(made.AuthorizerId!, name);
  };
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
    fields: authorizerFields(clients, lambda, facts),
    initial: { Permission: true },
    keys: [clients, apiId],
    permits: gatewayPermits(facts.region, `apis/${apiId}/authorizers`, (authorizer) => authorizer.AuthorizerId!),
    id: (authorizer) => authorizer.AuthorizerId!,
    name: (authorizer) => authorizer.Name!,
    open: (authorizer) => formHref(['apis', apiId, 'authorizers'], { form: 'authorizers-edit', of: authorizer.AuthorizerId }),
    list: () => listAuthorizers(clients, apiId),
    create,
    update: (authorizer, input) => clients.gateway.send(new UpdateAuthorizerCommand({ ...called(input), ApiId: apiId, AuthorizerId: authorizer.AuthorizerId })),
    remove: (authorizer) => clients.gateway.send(new DeleteAuthorizerCommand({ ApiId: apiId, AuthorizerId: authorizer.AuthorizerId })),
    impact: authorizerImpact(clients, apiId),
    removeWarning: { en: 'Once this is deployed, routes that use it refuse every client with 500.', es: 'En cuanto se despliegue, las rutas que lo usan rechazarán a todos los clientes con 500.' },
    call: { service: 'apigatewayv2', operation: 'CreateAuthorizer', fixed: { ApiId: apiId, AuthorizerType: 'REQUEST' }, type: 'AWS::ApiGatewayV2::Authorizer', shape: called, change: (authorizer, input) => ({ operation: 'UpdateAuthorizer', input: { ApiId: apiId, AuthorizerId: authorizer.AuthorizerId, ...called(input) } }) },
  };
  return <Collection resource={resource} />;
}
