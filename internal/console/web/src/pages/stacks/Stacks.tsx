import { DeleteStackCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { useConsole } from '../../hooks/console';
import { go, href } from '../../hooks/router';
import { When } from '../../words/When';
import { listStacks, useCloudFormation } from './client';
import { removeWarning, stackImpact } from './impact';
import { StackForm } from './StackForm';
import { StackStatus } from './StackStatus';

/** The stacks of CloudFormation. */
export function Stacks() {
  const client = useCloudFormation();
  const { clients } = useConsole();
  const resource: Resource<Stack> = {
    title: { en: 'Stacks', es: 'Pilas' },
    make: { en: 'Create stack', es: 'Crear pila' },
    about: { en: 'What CloudFormation creates from a template: resources that are created, changed and deleted together.', es: 'Lo que CloudFormation crea a partir de una plantilla: recursos que se crean, cambian y eliminan juntos.' },
    empty: {
      en: 'There is no stack yet. Create one here, or with aws cloudformation deploy.',
      es: 'Todavía no hay ninguna pila. Crea una aquí o con aws cloudformation deploy.',
    },
    columns: [
      { id: 'name', header: { en: 'Name', es: 'Nombre' }, cell: (stack) => stack.StackName, sort: 'StackName' },
      { id: 'status', minWidth: 195, header: { en: 'Status', es: 'Estado' }, cell: (stack) => <StackStatus of={stack.StackStatus} />, sort: 'StackStatus' },
      { id: 'reason', minWidth: 170, header: { en: 'Reason', es: 'Motivo' }, cell: (stack) => stack.StackStatusReason ?? '–' },
      { id: 'description', header: { en: 'Description', es: 'Descripción' }, cell: (stack) => stack.Description ?? '–' },
      { id: 'changed', header: { en: 'Last changed', es: 'Último cambio' }, cell: (stack) => <When at={stack.LastUpdatedTime ?? stack.CreationTime} /> },
    ],
    fields: [],
    keys: [client],
    permits: { create: { action: 'cloudformation:CreateChangeSet', resource: '*' }, remove: (stack) => ({ action: 'cloudformation:DeleteStack', resource: stack.StackId! }) },
    id: (stack) => stack.StackId!,
    name: (stack) => stack.StackName!,
    open: (stack) => href('stacks', stack.StackName!),
    list: () => listStacks(client),
    every: 5000,
    createForm: (close) => (
      <StackForm
        close={(executed) => {
          if (executed) go('stacks', executed);
          else close();
        }}
      />
    ),
    remove: (stack) => client.send(new DeleteStackCommand({ StackName: stack.StackId })),
    impact: stackImpact(clients, client),
    removeWarning,
    removedLabel: { en: ['deletion began', 'deletions began'], es: ['se empezó a eliminar', 'se empezaron a eliminar'] },
  };
  return <Collection resource={resource} />;
}
