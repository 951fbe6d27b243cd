import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useEffect, useState } from 'react';
import type { Clients } from '../../aws/clients';
import type { ServerFacts } from '../../aws/session';
import { type Field, type Value } from '../../form/field';
import { useConsole } from '../../hooks/console';
import { useDenied } from '../../hooks/permissions';
import { ensureRole } from '../iam/invokeRole';
import { NewRole } from '../iam/NewRole';
import { pushPolicy } from '../iam/offered';
import { roleOptions } from '../iam/options';
import { codeFields, firstCode } from './CodeFields';
import { languageOf } from './code';

const LAMBDA = 'lambda.amazonaws.com';

/** What is offered where the server runs no functions; they can be created there too. */
const usual = ['nodejs24.x', 'nodejs22.x', 'python3.13', 'java21', 'provided.al2023'];

/** How a function runs. */
export const configurationFields = (clients: Clients, facts: ServerFacts): Field[] => [
  { name: 'Runtime', kind: 'select', required: true, half: true, label: { en: 'Runtime', es: 'Entorno de ejecución' }, options: (facts.runtimes ?? usual).map((value) => ({ value })) },
  {
    name: 'Handler',
    kind: 'text',
    required: true,
    half: true,
    placeholder: 'index.handler',
    when: (value) => !String(value.Runtime).startsWith('provided'),
    label: { en: 'Handler: file and function', es: 'Controlador: archivo y función' },
  },
  {
    name: 'Role',
    kind: 'select',
    free: true,
    required: true,
    placeholder: 'arn:aws:iam::…:role/…',
    label: { en: 'Role', es: 'Rol' },
    hint: { en: 'What the function may do at AWS and at this server. It must trust lambda.amazonaws.com.', es: 'Lo que la función puede hacer en AWS y en este servidor. Debe confiar en lambda.amazonaws.com.' },
    options: () => roleOptions(clients, LAMBDA),
    shortcut: (choose) => <NewFunctionRole choose={choose} />,
  },
];

const seldomFields: Field[] = [
  { name: 'Timeout', kind: 'number', rare: true, half: true, defaultValue: 3, emptied: 3, label: { en: 'Timeout (seconds, 1 to 900)', es: 'Tiempo límite (segundos, de 1 a 900)' } },
  { name: 'MemorySize', kind: 'number', rare: true, half: true, defaultValue: 128, emptied: 128, label: { en: 'Memory (MB)', es: 'Memoria (MB)' } },
  { name: 'Variables', kind: 'map', rare: true, placeholder: 'TABLE', label: { en: 'Environment variables', es: 'Variables de entorno' } },
  { name: 'Description', kind: 'text', rare: true, label: { en: 'Description', es: 'Descripción' } },
];

/** A function as its form has it. */
export const functionFields = (clients: Clients, facts: ServerFacts): Field[] => [
  { name: 'FunctionName', kind: 'text', required: true, fixed: true, placeholder: 'chat', label: { en: 'Function name', es: 'Nombre de la función' }, shortcut: (_, { FunctionName }) => <MayCreate name={String(FunctionName ?? '')} /> },
  ...configurationFields(clients, facts),
  ...codeFields,
  ...seldomFields,
];

/** What a new function begins as: in a language that the console has an editor for, where the server has one. */
export function firstFunction(facts: ServerFacts): Value {
  const runtimes = facts.runtimes ?? usual;
  return { Runtime: runtimes.find((runtime) => languageOf(runtime)) ?? runtimes[0], Handler: 'index.handler', Timeout: 3, MemorySize: 128, ...firstCode };
}

/** How long nothing is typed before it is asked whether a function of that name may be made, in milliseconds. */
const TYPED = 300;

/** Says so where the signed-in key may not create a function of that name: policies may depend on it, so it is not known before. */
function MayCreate({ name }: { name: string }) {
  const { facts } = useConsole();
  const [asked, setAsked] = useState(name);
  useEffect(() => {
    const wait = setTimeout(() => setAsked(name), TYPED);
    return () => clearTimeout(wait);
  }, [name]);
  const denied = useDenied(asked ? [{ action: 'lambda:CreateFunction', resource: `arn:aws:lambda:${facts.region}:${facts.accountId}:function:${asked}` }] : []);
  return denied ? <StatusIndicator type="warning">{denied}</StatusIndicator> : null;
}

/** Makes the role that a function needs without leaving its form. */
function NewFunctionRole({ choose }: { choose(arn: string): void }) {
  const { clients, facts } = useConsole();
  const hint = { en: `It trusts ${LAMBDA} and may push to clients (execute-api:ManageConnections).`, es: `Confía en ${LAMBDA} y puede enviar a los clientes (execute-api:ManageConnections).` };
  return <NewRole first="LambdaFunctionRole" hint={hint} make={(name) => ensureRole(clients, name, LAMBDA, 'push', pushPolicy(facts.region, facts.accountId))} choose={choose} />;
}
