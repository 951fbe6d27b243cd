import Link from '@cloudscape-design/components/link';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { useConsole } from '../../hooks/console';
import { useLambda } from '../../hooks/lambda';
import { go, href } from '../../hooks/router';
import { functionImpact } from '../../names/impact';
import { Amount, When } from '../../words/When';
import type { LambdaFunction } from '../../aws/lambda';
import { configurationOf, forgetCode, keepCode, templateCode, ZIP, zipCommands, zipFileOf } from './code';
import { firstFunction, functionFields } from './fields';
import { FunctionState } from './FunctionState';
import { NotRun } from './NotRun';

// With the list, so that what both share is in one file.
export { FunctionPage } from './FunctionPage';

/** A function as its form has it: AWS nests its variables. */
type FlatFunction = LambdaFunction & { Variables?: Record<string, string> };

const flat = (one: LambdaFunction): FlatFunction => ({ ...one, Variables: one.Environment?.Variables });

/** The Lambda functions of this server. */
export default function Functions() {
  const lambda = useLambda();
  const { clients, facts } = useConsole();
  const resource: Resource<FlatFunction> = {
    title: { en: 'Functions', es: 'Funciones' },
    make: { en: 'Create function', es: 'Crear función' },
    about: {
      en: 'Lambda functions that integrations and authorizers can call. Open one to invoke it and read what it prints.',
      es: 'Funciones Lambda a las que pueden llamar las integraciones y los autorizadores. Abre una para invocarla y leer lo que imprime.',
    },
    empty: {
      en: <>There are no functions yet. Create one here, or with a <Link href={href('stacks')}>stack</Link>.</>,
      es: <>Todavía no hay funciones. Crea una aquí o con una <Link href={href('stacks')}>pila</Link>.</>,
    },
    columns: [
      { id: 'name', header: { en: 'Name', es: 'Nombre' }, cell: (one) => one.FunctionName, sort: 'FunctionName' },
      { id: 'state', header: { en: 'Status', es: 'Estado' }, cell: (one) => <FunctionState of={one} /> },
      { id: 'runtime', header: { en: 'Runtime', es: 'Entorno de ejecución' }, cell: (one) => one.Runtime ?? '–', sort: 'Runtime' },
      { id: 'handler', header: { en: 'Handler', es: 'Controlador' }, cell: (one) => one.Handler ?? '–' },
      { id: 'timeout', header: { en: 'Timeout', es: 'Tiempo límite' }, cell: (one) => <Amount of={one.Timeout} unit="s" /> },
      { id: 'changed', header: { en: 'Last changed', es: 'Último cambio' }, cell: (one) => <When at={one.LastModified} />, sort: 'LastModified' },
    ],
    fields: functionFields(clients, facts),
    keys: [lambda],
    initial: firstFunction(facts),
    create: async (input) => {
      keepCode(await lambda.create({ ...configurationOf(input), Code: { ZipFile: await zipFileOf(input) } }), input);
      go('functions', String(input.FunctionName));
    },
    update: (one, input) => lambda.updateConfiguration(one.FunctionName, configurationOf(input)),
    permits: { create: { action: 'lambda:CreateFunction', resource: '*' }, update: (one) => ({ action: 'lambda:UpdateFunctionConfiguration', resource: one.FunctionArn }), remove: (one) => ({ action: 'lambda:DeleteFunction', resource: one.FunctionArn }) },
    id: (one) => one.FunctionName,
    name: (one) => one.FunctionName,
    open: (one) => href('functions', one.FunctionName),
    list: async () => (await lambda.list()).map(flat),
    remove: async (one) => {
      await lambda.remove(one.FunctionName);
      forgetCode(one);
    },
    impact: functionImpact(clients),
    removeWarning: { en: 'Its code and all its versions are deleted. Routes that call it answer with an error.', es: 'Se eliminan su código y todas sus versiones. Las rutas que la llaman responderán con un error.' },
    call: {
      service: 'lambda',
      operation: 'CreateFunction',
      fixed: {},
      type: 'AWS::Lambda::Function',
      shape: (input) => ({ ...configurationOf(input), ZipFile: ZIP }),
      before: zipCommands,
      properties: ({ ZipFile: _, ...rest }, input) => ({ ...rest, Code: templateCode(input) }),
      change: (one, input) => ({ operation: 'UpdateFunctionConfiguration', input: { FunctionName: one.FunctionName, ...configurationOf(input) } }),
    },
  };
  return (
    <>
      <NotRun />
      <Collection resource={resource} />
    </>
  );
}
