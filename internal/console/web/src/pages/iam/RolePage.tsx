import { AttachRolePolicyCommand, DetachRolePolicyCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { failureText } from '../../aws/failure';
import { useConsole } from '../../shell/console';
import { useLoaded } from '../../shell/loading';
import { useWords, type Words } from '../../words/language';
import { Attached } from './Attached';
import { readable } from './documents';
import { listRolePolicies } from './lists';

const en = { trust: 'Trust relationship', trusts: 'Integrations may use this role', doubts: 'Integrations cannot use this role: it does not trust apigateway.amazonaws.com' };
const es: typeof en = { trust: 'Relación de confianza', trusts: 'Las integraciones pueden usar este rol', doubts: 'Las integraciones no pueden usar este rol: no confía en apigateway.amazonaws.com' };
const words: Words<typeof en> = { en, es };

export function RolePage({ name }: { name: string }) {
  const w = useWords(words);
  const { clients } = useConsole();
  const role = useLoaded(() => clients.iam.send(new GetRoleCommand({ RoleName: name })), [clients, name]);
  if (role.error) return <Alert type="error">{failureText(role.error)}</Alert>;
  if (!role.value) return <Spinner />;
  const trust = readable(role.value.Role?.AssumeRolePolicyDocument);
  const trusts = trust.includes('apigateway.amazonaws.com');
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h1" description={role.value.Role?.Arn}>{name}</Header>}>
        <SpaceBetween size="s">
          <StatusIndicator type={trusts ? 'success' : 'warning'}>{trusts ? w.trusts : w.doubts}</StatusIndicator>
          <Header variant="h3">{w.trust}</Header>
          <pre className="frame-text">{trust}</pre>
        </SpaceBetween>
      </Container>
      <Attached
        owner={name}
        list={() => listRolePolicies(clients, name)}
        attach={(PolicyArn) => clients.iam.send(new AttachRolePolicyCommand({ RoleName: name, PolicyArn }))}
        detach={(PolicyArn) => clients.iam.send(new DetachRolePolicyCommand({ RoleName: name, PolicyArn }))}
      />
    </SpaceBetween>
  );
}
