import { AttachRolePolicyCommand, CreateRoleCommand, UpdateAssumeRolePolicyCommand, UpdateRoleCommand, type CreateRoleRequest, type Role } from '@aws-sdk/client-iam';
import { iamPermits } from '../../aws/permissions';
import { roleTags } from '../../aws/tagging';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { Copyable } from '../../elements/Copyable';
import { same, type Field, type Value } from '../../form/field';
import { useConsole } from '../../hooks/console';
import { href } from '../../hooks/router';
import { usePolicyCheck } from './documents';
import { guideTrust } from './offered';
import { readable } from '../../aws/documents';
import { listRoles } from '../../aws/iamLists';
import { policyOptions } from './options';
import { roleImpact } from '../../names/impact';
import { removeRole } from './removal';
import type { Clients } from '../../aws/clients';

const roleFields = (clients: Clients): Field[] => [
  { name: 'RoleName', kind: 'text', required: true, fixed: true, placeholder: 'APIGatewayInvokeHTTPRole', label: { en: 'Role name', es: 'Nombre del rol' } },
  {
    name: 'AssumeRolePolicyDocument',
    kind: 'code',
    syntax: 'policy',
    required: true,
    label: { en: 'Trust relationship', es: 'Relación de confianza' },
    hint: { en: 'Who may take the role. Integrations need apigateway.amazonaws.com here.', es: 'Quién puede asumir el rol. Las integraciones necesitan aquí apigateway.amazonaws.com.' },
  },
  { name: 'Description', kind: 'text', label: { en: 'Description', es: 'Descripción' } },
  { name: 'MaxSessionDuration', kind: 'number', emptied: 3600, label: { en: 'Maximum session (seconds, 3,600 to 43,200)', es: 'Sesión máxima (segundos, de 3600 a 43.200)' } },
  { name: 'Policies', kind: 'multi', beside: true, when: (value) => !value.RoleId, label: { en: 'Policies to attach', es: 'Políticas que asociar' }, options: () => policyOptions(clients) },
];

export default function Roles() {
  const { clients } = useConsole();
  const check = usePolicyCheck('trust');
  const resource: Resource<Role> = {
    title: { en: 'Roles', es: 'Roles' },
    make: { en: 'Create role', es: 'Crear rol' },
    about: { en: 'Permissions that are not tied to a user: the gateway assumes a role to call a backend, and programs assume one to call the gateway.', es: 'Permisos que no son de un usuario: la pasarela asume un rol para llamar a un backend, y los programas asumen uno para llamar a la pasarela.' },
    empty: { en: 'There is no role yet.', es: 'Todavía no hay roles.' },
    columns: [
      { id: 'name', minWidth: 230, header: { en: 'Role name', es: 'Nombre del rol' }, cell: (role) => role.RoleName, sort: 'RoleName' },
      { id: 'trusts', header: { en: 'Trusts', es: 'Confía en' }, cell: (role) => trusted(role) },
      { id: 'arn', header: same('ARN'), minWidth: 260, cell: (role) => <Copyable text={role.Arn} /> },
    ],
    fields: roleFields(clients),
    check,
    keys: [clients],
    permits: iamPermits('Role', (role) => role.Arn!),
    id: (role) => role.RoleName!,
    name: (role) => role.RoleName!,
    open: (role) => href('iam', 'roles', role.RoleName!),
    list: async () => (await listRoles(clients)).map((role) => ({ ...role, AssumeRolePolicyDocument: readable(role.AssumeRolePolicyDocument) })),
    initial: { AssumeRolePolicyDocument: guideTrust, MaxSessionDuration: 3600 },
    create: async ({ Policies = [], ...input }) => {
      const RoleName = String(input.RoleName);
      await clients.iam.send(new CreateRoleCommand(input as unknown as CreateRoleRequest));
      for (const PolicyArn of Policies as string[]) await clients.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
    },
    update: async (role, input: Value) => {
      if (input.AssumeRolePolicyDocument !== undefined) {
        await clients.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: role.RoleName, PolicyDocument: String(input.AssumeRolePolicyDocument) }));
      }
      const { AssumeRolePolicyDocument: _, ...rest } = input;
      if (Object.keys(rest).length > 0) await clients.iam.send(new UpdateRoleCommand({ RoleName: role.RoleName, ...rest }));
    },
    remove: (role) => removeRole(clients, role.RoleName!),
    impact: roleImpact(clients),
    removeWarning: { en: 'Integrations that use this role fail with 500. Its inline policies are deleted with it.', es: 'Las integraciones que usan este rol fallarán con 500. Con él se eliminan sus políticas insertadas.' },
    call: { service: 'iam', operation: 'CreateRole', fixed: {}, type: 'AWS::IAM::Role', change: roleChange },
    tagging: (role) => roleTags(clients, role.RoleName!),
  };
  return <Collection resource={resource} />;
}

function roleChange(role: Role, input: Value) {
  const { AssumeRolePolicyDocument: PolicyDocument, ...rest } = input;
  if (PolicyDocument === undefined) return { operation: 'UpdateRole', input: { RoleName: role.RoleName, ...rest } };
  return { operation: 'UpdateAssumeRolePolicy', input: { RoleName: role.RoleName, PolicyDocument } };
}

function trusted(role: Role): string {
  const names = role.AssumeRolePolicyDocument?.match(/[a-z0-9-]+\.amazonaws\.com|arn:aws:[a-z]+::[^"]+/g);
  return [...new Set(names ?? [])].join(', ') || '–';
}
