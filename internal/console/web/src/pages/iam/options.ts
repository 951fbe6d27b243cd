import type { Clients } from '../../aws/clients';
import { GATEWAY, readable, trustsService } from '../../aws/documents';
import { listPolicies, listRoles } from '../../aws/iamLists';
import { same, type Option } from '../../form/field';

/** Every role by its name, those first that the service may take; what is wrong with the others is said. Service-linked ones are their service's alone. */
export async function roleOptions(clients: Clients, service: string): Promise<Option[]> {
  const distrusts = { en: `It does not trust ${service}: its use is refused`, es: `No confía en ${service}: se rechazará su uso` };
  const roles = (await listRoles(clients))
    .filter((role) => !role.Path?.startsWith('/aws-service-role/'))
    .map((role) => ({ value: role.Arn!, label: same(role.RoleName!), trusts: trustsService(readable(role.AssumeRolePolicyDocument), service) }));
  return roles.sort((a, b) => Number(b.trusts) - Number(a.trusts)).map(({ value, label, trusts }) => ({ value, label, description: trusts ? same(value) : distrusts }));
}

export const gatewayRoleOptions = (clients: Clients) => roleOptions(clients, GATEWAY);

/** Every policy that can be attached, the account's own first. */
export async function policyOptions(clients: Clients): Promise<Option[]> {
  const [own, aws] = await Promise.all([listPolicies(clients, 'Local'), listPolicies(clients, 'AWS')]);
  return [...own, ...aws].map((policy) => ({ value: policy.Arn!, label: same(policy.PolicyName!) }));
}
