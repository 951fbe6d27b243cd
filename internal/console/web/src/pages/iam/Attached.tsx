import type { AttachedPolicy } from '@aws-sdk/client-iam';
import { Collection, type Resource } from '../../form/Collection';
import { same } from '../../form/field';
import { useConsole } from '../../shell/console';
import { listPolicies } from './lists';

interface Given {
  /** The role or user: what the list depends on. */
  owner: string;
  list(): Promise<AttachedPolicy[]>;
  attach(policyArn: string): Promise<unknown>;
  detach(policyArn: string): Promise<unknown>;
}

/** The managed policies of a role or a user. */
export function Attached({ owner, list, attach, detach }: Given) {
  const { clients } = useConsole();
  const resource: Resource<AttachedPolicy> = {
    title: { en: 'Attached policies', es: 'Políticas adjuntas' },
    make: { en: 'Attach policy', es: 'Adjuntar política' },
    removeLabel: { en: 'Detach', es: 'Separar' },
    about: { en: `What ${owner} may do.`, es: `Qué puede hacer ${owner}.` },
    empty: { en: 'No policy is attached: nothing is allowed.', es: 'No hay políticas adjuntas: no se permite nada.' },
    columns: [
      { id: 'name', header: { en: 'Policy', es: 'Política' }, cell: (policy) => policy.PolicyName, sort: 'PolicyName' },
      { id: 'arn', header: same('ARN'), minWidth: 320, cell: (policy) => policy.PolicyArn },
    ],
    fields: [
      {
        name: 'PolicyArn',
        kind: 'select',
        required: true,
        label: { en: 'Policy', es: 'Política' },
        options: async () => (await listPolicies(clients, 'All')).map((policy) => ({ value: policy.Arn!, label: same(policy.PolicyName!) })),
      },
    ],
    keys: [clients, owner],
    id: (policy) => policy.PolicyArn!,
    name: (policy) => policy.PolicyName!,
    list,
    create: (input) => attach(String(input.PolicyArn)),
    remove: (policy) => detach(policy.PolicyArn!),
    removeWarning: { en: 'The policy is detached; it is not deleted.', es: 'La política se separa; no se elimina.' },
  };
  return <Collection resource={resource} section />;
}
