import { AttachGroupPolicyCommand, DeleteGroupPolicyCommand, DetachGroupPolicyCommand, GetGroupCommand, PutGroupPolicyCommand } from '@aws-sdk/client-iam';
import Alert from '@cloudscape-design/components/alert';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { failureText } from '../../aws/failure';
import { Copyable } from '../../elements/Copyable';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { Attached } from './Attached';
import { Inline } from './Inline';
import { listGroupPolicies, listInlineGroupPolicies } from '../../aws/iamLists';
import { Members } from './Members';

/** One group: who is in it, and what its policies give them. */
export default function GroupPage({ name }: { name: string }) {
  const { clients } = useConsole();
  const group = useLoaded(() => clients.iam.send(new GetGroupCommand({ GroupName: name, MaxItems: 1 })), [clients, name]);
  const ids = { GroupName: name };
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={<Copyable text={group.value?.Group?.Arn} />}>{name}</Header>
      {group.error !== undefined && <Alert type="error">{failureText(group.error)}</Alert>}
      <Members group={name} />
      <Attached
        call={{ operation: 'AttachGroupPolicy', fixed: ids }}
        list={() => listGroupPolicies(clients, name)}
        attach={(PolicyArn) => clients.iam.send(new AttachGroupPolicyCommand({ ...ids, PolicyArn }))}
        detach={(PolicyArn) => clients.iam.send(new DetachGroupPolicyCommand({ ...ids, PolicyArn }))}
      />
      <Inline
        call={{ operation: 'PutGroupPolicy', fixed: ids }}
        list={() => listInlineGroupPolicies(clients, name)}
        put={(policy) => clients.iam.send(new PutGroupPolicyCommand({ ...ids, ...policy }))}
        remove={(PolicyName) => clients.iam.send(new DeleteGroupPolicyCommand({ ...ids, PolicyName }))}
      />
    </SpaceBetween>
  );
}
