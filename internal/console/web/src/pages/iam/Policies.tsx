import { CreatePolicyCommand, CreatePolicyVersionCommand, DeletePolicyCommand, DeletePolicyVersionCommand, GetPolicyVersionCommand, ListPolicyVersionsCommand, type CreatePolicyRequest, type Policy } from '@aws-sdk/client-iam';
import { iamPermits } from '../../aws/permissions';
import type { Clients } from '../../aws/clients';
import { policyTags } from '../../aws/tagging';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { Copyable } from '../../elements/Copyable';
import { same, type Field } from '../../form/field';
import { useConsole } from '../../hooks/console';
import { href } from '../../hooks/router';
import { usePolicyCheck } from './documents';
import { guidePolicy } from './offered';
import { readable } from '../../aws/documents';
import { listPolicies } from '../../aws/iamLists';
import { policyImpact } from '../../names/impact';

type Shown = Policy & { PolicyDocument?: string };

const fields: Field[] = [
  { name: 'PolicyName', kind: 'text', required: true, fixed: true, placeholder: 'APIGatewayInvokeHTTPPolicy', label: { en: 'Policy name', es: 'Nombre de la política' } },
  { name: 'PolicyDocument', kind: 'code', syntax: 'policy', required: true, label: { en: 'Policy document', es: 'Documento de la política' } },
  { name: 'Description', kind: 'text', fixed: true, label: { en: 'Description', es: 'Descripción' } },
];

const MAX_VERSIONS = 5;

/** A managed policy keeps five versions; the oldest one that is not in force makes room. */
async function putVersion({ iam }: Clients, PolicyArn: string, PolicyDocument: string): Promise<void> {
  const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
  if (Versions.length >= MAX_VERSIONS) {
    const oldest = Versions.filter((version) => !version.IsDefaultVersion).sort((a, b) => Number(a.CreateDate) - Number(b.CreateDate))[0]!;
    await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: oldest.VersionId }));
  }
  await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));
}

async function withDocument({ iam }: Clients, policy: Policy): Promise<Shown> {
  const answer = await iam.send(new GetPolicyVersionCommand({ PolicyArn: policy.Arn, VersionId: policy.DefaultVersionId }));
  return { ...policy, PolicyDocument: readable(answer.PolicyVersion?.Document) };
}

export default function Policies() {
  const { clients } = useConsole();
  const check = usePolicyCheck('identity');
  const resource: Resource<Shown> = {
    title: { en: 'Policies', es: 'Políticas' },
    make: { en: 'Create policy', es: 'Crear política' },
    about: { en: 'Your own managed policies. AWS managed policies appear when you attach a policy.', es: 'Tus políticas administradas. Las de AWS se ofrecen al asociar una.' },
    empty: { en: 'There is no policy of your own yet.', es: 'Todavía no hay ninguna política tuya.' },
    columns: [
      { id: 'name', minWidth: 230, header: { en: 'Policy name', es: 'Nombre' }, cell: (policy) => policy.PolicyName, sort: 'PolicyName' },
      { id: 'attached', header: { en: 'Attached to', es: 'Asociada a' }, cell: (policy) => policy.AttachmentCount, sort: 'AttachmentCount' },
      { id: 'version', header: { en: 'Version', es: 'Versión' }, cell: (policy) => policy.DefaultVersionId },
      { id: 'arn', header: same('ARN'), minWidth: 260, cell: (policy) => <Copyable text={policy.Arn} /> },
    ],
    fields,
    check,
    keys: [clients],
    permits: iamPermits('Policy', (policy) => policy.Arn!),
    id: (policy) => policy.Arn!,
    name: (policy) => policy.PolicyName!,
    open: (policy) => href('iam', 'policies', policy.Arn!),
    list: async () => Promise.all((await listPolicies(clients, 'Local')).map((policy) => withDocument(clients, policy))),
    initial: { PolicyDocument: guidePolicy },
    create: (input) => clients.iam.send(new CreatePolicyCommand(input as unknown as CreatePolicyRequest)),
    update: (policy, input) => putVersion(clients, policy.Arn!, String(input.PolicyDocument)),
    remove: async (policy) => {
      const { Versions = [] } = await clients.iam.send(new ListPolicyVersionsCommand({ PolicyArn: policy.Arn }));
      for (const version of Versions.filter((one) => !one.IsDefaultVersion)) {
        await clients.iam.send(new DeletePolicyVersionCommand({ PolicyArn: policy.Arn, VersionId: version.VersionId }));
      }
      await clients.iam.send(new DeletePolicyCommand({ PolicyArn: policy.Arn }));
    },
    call: { service: 'iam', operation: 'CreatePolicy', fixed: {}, type: 'AWS::IAM::ManagedPolicy', change: (policy, input) => ({ operation: 'CreatePolicyVersion', input: { PolicyArn: policy.Arn, ...input, SetAsDefault: true } }) },
    impact: policyImpact(clients),
    removeWarning: { en: 'It must be detached from every user, group and role first.', es: 'Antes hay que desasociarla de todos los usuarios, grupos y roles.' },
    tagging: (policy) => policyTags(clients, policy.Arn!),
  };
  return <Collection resource={resource} />;
}
