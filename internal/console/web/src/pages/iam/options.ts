import type { Clients } from '../../aws/clients';
import { readable, trustsGateway } from '../../aws/documents';
import { listPolicies, listRoles } from '../../aws/iamLists';
import { same, type Option } from '../../form/field';

const distrusts = { en: 'It does not trust apigateway.amazonaws.com: its use is refused', es: 'No confía en apigateway.amazonaws.com: se rechazará su uso' };

/** Every role by its name, those first that the gateway may take; what is wrong with the others is said. */
export async function gatewayRoleOptions(clients: Clients): Promise<Option[]> {
  const roles = (await listRoles(clients)).map((role) => ({ value: role.Arn!, label: same(role.RoleName!), trusts: trustsGateway(readable(role.AssumeRolePolicyDocument)) }));
  return roles.sort((a, b) => Number(b.trusts) - Number(a.trusts)).map(({ value, label, trusts }) => ({ value, label, description: trusts ? same(value) : distrusts }));
}

/** Every policy that can be attached, the account's own first. */
export async function policyOptions(clients: Clients): Promise<Option[]> {
  const [own, aws] = await Promise.all([listPolicies(clients, 'Local'), listPolicies(clients, 'AWS')]);
  return [...own, ...aws].map((policy) => ({ value: policy.Arn!, label: same(policy.PolicyName!) }));
}
