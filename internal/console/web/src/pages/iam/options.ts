import type { Clients } from '../../aws/clients';
import { listPolicies } from '../../aws/iamLists';
import { same, type Option } from '../../form/field';

/** Every policy that can be attached, the account's own first. */
export async function policyOptions(clients: Clients): Promise<Option[]> {
  const [own, aws] = await Promise.all([listPolicies(clients, 'Local'), listPolicies(clients, 'AWS')]);
  return [...own, ...aws].map((policy) => ({ value: policy.Arn!, label: same(policy.PolicyName!) }));
}
