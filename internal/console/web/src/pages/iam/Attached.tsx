import type { AttachedPolicy } from '@aws-sdk/client-iam';
import { iamSome } from '../../aws/permissions';
import { Copyable } from '../../elements/Copyable';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { same } from '../../form/field';
import { useConsole } from '../../hooks/console';
import { href } from '../../hooks/router';
import { policyOptions } from './options';

interface Props {
  /** To whom they are attached: { operation: "AttachUserPolicy", fixed: { UserName } } */
  call: { operation: string; fixed: Record<string, string> };
  list(): Promise<AttachedPolicy[]>;
  attach(policyArn: string): Promise<unknown>;
  detach(policyArn: string): Promise<unknown>;
}

/** The managed policies of a role, a user or a group. */
export function Attached({ call, list, attach, detach }: Props) {
  const { clients } = useConsole();
  const owner = Object.values(call.fixed)[0]!;
  const resource: Resource<AttachedPolicy> = {
    title: { en: 'Attached policies', es: 'Políticas asociadas' },
    make: { en: 'Attach policy', es: 'Asociar política' },
    madeLabel: { en: 'attached', es: 'se asoció' },
    removeLabel: { en: 'Detach', es: 'Desasociar' },
    removedLabel: { en: ['detached', 'detached'], es: ['se desasoció', 'se desasociaron'] },
    about: { en: `What ${owner} may do.`, es: `Qué puede hacer ${owner}.` },
    empty: { en: 'No managed policy is attached.', es: 'No hay políticas administradas asociadas.' },
    columns: [
      { id: 'name', header: { en: 'Policy', es: 'Política' }, cell: (policy) => policy.PolicyName, sort: 'PolicyName' },
      { id: 'arn', header: same('ARN'), minWidth: 260, cell: (policy) => <Copyable text={policy.PolicyArn} /> },
    ],
    fields: [
      {
        name: 'PolicyArn',
        kind: 'select',
        required: true,
        label: { en: 'Policy', es: 'Política' },
        options: () => policyOptions(clients),
      },
    ],
    keys: [clients, owner],
    id: (policy) => policy.PolicyArn!,
    name: (policy) => policy.PolicyName!,
    open: (policy) => href('iam', 'policies', policy.PolicyArn!),
    list,
    create: (input) => attach(String(input.PolicyArn)),
    remove: (policy) => detach(policy.PolicyArn!),
    undo: 'create',
    removeWarning: { en: `${owner} loses what only this policy allows; the policy itself stays.`, es: `${owner} pierde lo que solo esta política le permite; la política en sí se conserva.` },
    permits: { create: iamSome(call.operation), remove: () => iamSome(call.operation.replace('Attach', 'Detach')) },
    call: { service: 'iam', ...call },
  };
  return <Collection resource={resource} section />;
}
