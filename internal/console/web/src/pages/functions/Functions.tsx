import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { useConsole } from '../../hooks/console';
import { href } from '../../hooks/router';
import { functionImpact } from '../../names/impact';
import { Amount, When } from '../../words/When';
import { useLambda, type LambdaFunction } from './client';
import { FunctionState } from './FunctionState';

/** The Lambda functions of this server. */
export default function Functions() {
  const lambda = useLambda();
  const { clients } = useConsole();
  const resource: Resource<LambdaFunction> = {
    title: { en: 'Functions', es: 'Funciones' },
    about: {
      en: 'Lambda functions that integrations and authorizers can call. Open one to invoke it and read what it prints.',
      es: 'Funciones Lambda a las que pueden llamar las integraciones y los autorizadores. Abre una para invocarla y leer lo que imprime.',
    },
    empty: {
      en: 'There are no functions yet. A stack creates them (see Stacks), or aws lambda create-function.',
      es: 'Todavía no hay funciones. Las crea una pila (página Pilas) o aws lambda create-function.',
    },
    columns: [
      { id: 'name', header: { en: 'Name', es: 'Nombre' }, cell: (one) => one.FunctionName, sort: 'FunctionName' },
      { id: 'state', header: { en: 'Status', es: 'Estado' }, cell: (one) => <FunctionState of={one} /> },
      { id: 'runtime', header: { en: 'Runtime', es: 'Entorno de ejecución' }, cell: (one) => one.Runtime ?? '–', sort: 'Runtime' },
      { id: 'handler', header: { en: 'Handler', es: 'Controlador' }, cell: (one) => one.Handler ?? '–' },
      { id: 'timeout', header: { en: 'Timeout', es: 'Tiempo límite' }, cell: (one) => <Amount of={one.Timeout} unit="s" /> },
      { id: 'changed', header: { en: 'Last changed', es: 'Último cambio' }, cell: (one) => <When at={one.LastModified} />, sort: 'LastModified' },
    ],
    fields: [],
    keys: [lambda],
    permits: { remove: (one) => ({ action: 'lambda:DeleteFunction', resource: one.FunctionArn }) },
    id: (one) => one.FunctionName,
    name: (one) => one.FunctionName,
    open: (one) => href('functions', one.FunctionName),
    list: () => lambda.list(),
    remove: (one) => lambda.remove(one.FunctionName),
    impact: functionImpact(clients),
    removeWarning: { en: 'Its code and all its versions are deleted. Routes that call it answer with an error.', es: 'Se eliminan su código y todas sus versiones. Las rutas que la llaman responderán con un error.' },
  };
  return <Collection resource={resource} />;
}
