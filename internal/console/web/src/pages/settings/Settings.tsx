import { GetAccountCommand } from '@aws-sdk/client-api-gateway';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { failureText } from '../../aws/failure';
import { useConsole } from '../../shell/console';
import { useLoaded } from '../../shell/loading';
import { useWords, type Words } from '../../words/language';

const en = { title: 'Settings', server: 'Server', version: 'Version', endpoint: 'Endpoint (--endpoint-url)', region: 'Region', account: 'Account', you: 'You', arn: 'You are', limits: 'Account limits', rate: 'Requests a second', burst: 'Burst', role: 'CloudWatch role' };
const es: typeof en = { title: 'Ajustes', server: 'Servidor', version: 'Versión', endpoint: 'Endpoint (--endpoint-url)', region: 'Región', account: 'Cuenta', you: 'Tú', arn: 'Eres', limits: 'Límites de la cuenta', rate: 'Peticiones por segundo', burst: 'Ráfaga', role: 'Rol de CloudWatch' };
const words: Words<typeof en> = { en, es };

export function Settings() {
  const w = useWords(words);
  const { clients, facts } = useConsole();
  const you = useLoaded(() => clients.sts.send(new GetCallerIdentityCommand({})), [clients]);
  const account = useLoaded(() => clients.keys.send(new GetAccountCommand({})), [clients]);
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h1">{w.title}</Header>}>
        <KeyValuePairs
          columns={4}
          items={[
            { label: w.version, value: facts.version },
            { label: w.endpoint, value: facts.endpoint },
            { label: w.region, value: facts.region },
            { label: w.account, value: facts.accountId },
          ]}
        />
      </Container>
      <Container header={<Header variant="h2">{w.you}</Header>}>
        <KeyValuePairs items={[{ label: w.arn, value: you.value?.Arn ?? (you.error ? failureText(you.error) : '…') }]} />
      </Container>
      <Container header={<Header variant="h2">{w.limits}</Header>}>
        {account.error !== undefined && <Alert type="error">{failureText(account.error)}</Alert>}
        <KeyValuePairs
          columns={3}
          items={[
            { label: w.rate, value: account.value?.throttleSettings?.rateLimit ?? '–' },
            { label: w.burst, value: account.value?.throttleSettings?.burstLimit ?? '–' },
            { label: w.role, value: account.value?.cloudwatchRoleArn ?? '–' },
          ]}
        />
      </Container>
    </SpaceBetween>
  );
}
