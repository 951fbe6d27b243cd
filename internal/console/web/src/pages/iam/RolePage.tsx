import { AttachRolePolicyCommand, DeleteRolePolicyCommand, DetachRolePolicyCommand, GetRoleCommand, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { PermittedButton } from '../../form/PermittedButton';
import { failureText } from '../../aws/failure';
import { AsCommands } from '../../form/AsCommands';
import { Copyable } from '../../elements/Copyable';
import type { Field } from '../../form/field';
import { ResourceForm } from '../../form/ResourceForm';
import { useSaved } from '../../form/undoable';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { useOpenForm } from '../../hooks/router';
import { roleUses, type Impact } from '../../names/impact';
import { useWords, type Words } from '../../words/language';
import { Attached } from './Attached';
import { usePolicyCheck } from './documents';
import { readable, trustsGateway } from '../../aws/documents';
import { Inline } from './Inline';
import { listInlineRolePolicies, listRolePolicies } from '../../aws/iamLists';

const en = { trust: 'Trust relationship', edit: 'Edit trust policy', trusts: 'Integrations may use this role', doubts: 'Integrations cannot use this role: it does not trust apigateway.amazonaws.com' };
const es: typeof en = { trust: 'Relación de confianza', edit: 'Editar la relación de confianza', trusts: 'Las integraciones pueden usar este rol', doubts: 'Las integraciones no pueden usar este rol: no confía en apigateway.amazonaws.com' };
const words: Words<typeof en> = { en, es };

/** The form says what stops working when the gateway may no longer take the role. */
const trustFields = (uses: Impact['uses']): Field[] => [
  {
    name: 'PolicyDocument',
    kind: 'code',
    syntax: 'policy',
    required: true,
    label: { en: en.trust, es: es.trust },
    warning: ({ PolicyDocument }) => (uses.length === 0 || trustsGateway(String(PolicyDocument ?? '')) ? undefined : { en: `What uses the role fails with 500 from then on: ${uses.map((one) => one.en).join('; ')}`, es: `Lo que usa el rol fallará desde ese momento con 500: ${uses.map((one) => one.es).join('; ')}` }),
  },
];

export default function RolePage({ name }: { name: string }) {
  const w = useWords(words);
  const { clients } = useConsole();
  const check = usePolicyCheck('trust');
  const { form, open, close } = useOpenForm();
  const ids = { RoleName: name };
  const role = useLoaded(() => clients.iam.send(new GetRoleCommand(ids)), [clients, name]);
  const arn = role.value?.Role?.Arn;
  const uses = useLoaded<Impact>(async () => (arn && form === 'trust' ? roleUses(clients, arn) : { uses: [], severe: false }), [clients, arn, form]);
  const fields = trustFields(uses.value?.uses ?? []);
  const submit = useSaved({
    name,
    fields,
    before: { PolicyDocument: readable(role.value?.Role?.AssumeRolePolicyDocument) },
    read: async () => ({ PolicyDocument: readable((await clients.iam.send(new GetRoleCommand(ids))).Role?.AssumeRolePolicyDocument) }),
    put: (_, input) => clients.iam.send(new UpdateAssumeRolePolicyCommand({ ...ids, PolicyDocument: String(input.PolicyDocument) })),
    reload: role.reload,
  });
  if (role.error) return <Alert type="error">{failureText(role.error)}</Alert>;
  if (!role.value) return <Spinner />;
  const { Arn, AssumeRolePolicyDocument } = role.value.Role!;
  const trust = readable(AssumeRolePolicyDocument);
  const trusts = trustsGateway(trust);
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h1" description={<Copyable text={Arn} />} actions={<PermittedButton needs={{ action: 'iam:UpdateAssumeRolePolicy', resource: Arn! }} onClick={() => open('trust')}>{w.edit}</PermittedButton>}>{name}</Header>}>
        <SpaceBetween size="s">
          <StatusIndicator type={trusts ? 'success' : 'warning'}>{trusts ? w.trusts : w.doubts}</StatusIndicator>
          <Header variant="h2">{w.trust}</Header>
          <pre className="frame-text">{trust}</pre>
          <AsCommands call={{ service: 'iam', operation: 'CreateRole', fixed: ids, type: 'AWS::IAM::Role' }} input={{ AssumeRolePolicyDocument: trust }} />
        </SpaceBetween>
      </Container>
      <Attached
        call={{ operation: 'AttachRolePolicy', fixed: ids }}
        list={() => listRolePolicies(clients, name)}
        attach={(PolicyArn) => clients.iam.send(new AttachRolePolicyCommand({ ...ids, PolicyArn }))}
        detach={(PolicyArn) => clients.iam.send(new DetachRolePolicyCommand({ ...ids, PolicyArn }))}
      />
      <Inline
        call={{ operation: 'PutRolePolicy', fixed: ids }}
        list={() => listInlineRolePolicies(clients, name)}
        put={(policy) => clients.iam.send(new PutRolePolicyCommand({ ...ids, ...policy }))}
        remove={(PolicyName) => clients.iam.send(new DeleteRolePolicyCommand({ ...ids, PolicyName }))}
      />
      {form === 'trust' && (
        <ResourceForm
          title={w.edit}
          fields={fields}
          before={{ PolicyDocument: trust }}
          check={check}
          submit={submit}
          close={close}
        />
      )}
    </SpaceBetween>
  );
}
