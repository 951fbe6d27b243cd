import { iamSome } from '../../aws/permissions';
import { listApis } from '../../aws/gatewayLists';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import type { Field } from '../../form/field';
import { apiAtHand } from '../../hooks/apiAtHand';
import { useConsole } from '../../hooks/console';
import { formHref, useAddress } from '../../hooks/router';
import { useLoaded } from '../../hooks/loading';
import { useName } from '../../names/Named';
import { usePolicyCheck } from './documents';
import { pushPolicy } from './offered';
import type { InlinePolicy } from '../../aws/iamLists';

const fields: Field[] = [
  { name: 'PolicyName', kind: 'text', required: true, fixed: true, placeholder: 'push', label: { en: 'Policy name', es: 'Nombre de la política' } },
  { name: 'PolicyDocument', kind: 'code', syntax: 'policy', required: true, label: { en: 'Policy document', es: 'Documento de la política' } },
];

interface Props {
  /** Whose they are: { operation: "PutUserPolicy", fixed: { UserName } } */
  call: { operation: string; fixed: Record<string, string> };
  list(): Promise<InlinePolicy[]>;
  put(policy: InlinePolicy): Promise<unknown>;
  remove(name: string): Promise<unknown>;
}

/** Inline policies: they are part of one user, role or group and are deleted with it. */
export function Inline({ call, list, put, remove }: Props) {
  const { clients, facts } = useConsole();
  const { path } = useAddress();
  const check = usePolicyCheck('identity');
  const owner = Object.values(call.fixed)[0]!;
  // Who may not list APIs is offered a policy for all of them.
  const api = apiAtHand(useLoaded(() => listApis(clients), [clients]).value ?? []);
  const apiName = useName('api', api?.ApiId);
  const resource: Resource<InlinePolicy> = {
    title: { en: 'Inline policies', es: 'Políticas insertadas' },
    make: { en: 'Create inline policy', es: 'Crear política insertada' },
    about: {
      en: `Policies that belong to ${owner} alone.${api ? ` A new one is offered that lets it push to clients of ${apiName}.` : ''}`,
      es: `Políticas que son solo de ${owner}.${api ? ` Se propone una que permite enviar a los clientes de ${apiName}.` : ''}`,
    },
    empty: { en: 'None. To let a backend push to clients, create one that allows execute-api:ManageConnections.', es: 'Ninguna. Para que un backend envíe a los clientes, crea una que permita execute-api:ManageConnections.' },
    columns: [{ id: 'name', header: { en: 'Policy name', es: 'Nombre' }, cell: (policy) => policy.PolicyName, sort: 'PolicyName' }],
    fields,
    check,
    keys: [clients, owner],
    id: (policy) => policy.PolicyName,
    name: (policy) => policy.PolicyName,
    open: (policy) => formHref(path, { form: 'inline-policies-edit', of: policy.PolicyName }),
    list,
    initial: { PolicyDocument: pushPolicy(facts.region, facts.accountId, api?.ApiId) },
    create: (input) => put(input as unknown as InlinePolicy),
    update: (policy, input) => put({ ...policy, ...input }),
    remove: (policy) => remove(policy.PolicyName),
    undo: 'create',
    removeWarning: { en: `${owner} loses what only this policy allows.`, es: `${owner} pierde lo que solo esta política le permite.` },
    permits: { create: iamSome(call.operation), update: () => iamSome(call.operation), remove: () => iamSome(call.operation.replace('Put', 'Delete')) },
    call: { service: 'iam', operation: call.operation, fixed: call.fixed, type: `AWS::IAM::${call.operation.slice('Put'.length)}`, change: (policy, input) => ({ operation: call.operation, input: { ...call.fixed, PolicyName: policy.PolicyName, ...input } }) },
  };
  return <Collection resource={resource} section />;
}
