import type { Clients } from '../../aws/clients';
import { GATEWAY, readable, trustsService } from '../../aws/documents';
import { listPolicies, listRoles } from '../../aws/iamLists';
import { same, type Option } from '../../form/field';

/** Every role, those first that the service may take; what is wrong with the others is said. */
export async function roleOptions(clients: Clients, service: string): Promise<Option[]> {
  const distrusts = { en: `It does not trust ${service}: its use is refused`, es: `No confía en ${service}: se rechazará su uso` };
  const roles = (await listRoles(clients)).map((role) => ({ value: role.Arn!, trusts: trustsService(readable(role.AssumeRolePolicyDocument), service) }));
  return roles.sort((a, b) => Number(b.trusts) - Number(a.trusts)).map(({ value, trusts }) => ({ value, description: trusts ? undefined : distrusts }));
}

export const gatewayRoleOptions = (clients: Clients) => roleOptions(clients, GATEWAY);

/** Every policy that can be attached, the account's own first. */
export async function policyOptions(clients: Clients): Promise<Option[]> {
  const [own, aws] = await Promise.all([listPolicies(clients, 'Local'), listPolicies(clients, 'AWS')]);
  return [...own, ...aws].map((policy) => ({ value: policy.Arn!, label: same(policy.PolicyName!) }));
}
