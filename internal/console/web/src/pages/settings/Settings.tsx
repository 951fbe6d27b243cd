import { GetAccountCommand, UpdateAccountCommand } from '@aws-sdk/client-api-gateway';
import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { GatewayButton } from '../../form/PermittedButton';
import { failureText } from '../../aws/failure';
import { Copyable } from '../../elements/Copyable';
import type { Field } from '../../form/field';
import { ResourceForm } from '../../form/ResourceForm';
import { useSaved } from '../../form/undoable';
import { useCallerArn } from '../../hooks/caller';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { useOpenForm } from '../../hooks/router';
import { RoleLink } from '../../names/RoleLink';
import { useWords, type Words } from '../../words/language';
import { Amount } from '../../words/When';

const en = { title: 'Settings', server: 'Server', version: 'Version', endpoint: 'Endpoint (--endpoint-url)', region: 'Region', account: 'Account', you: 'Session', arn: 'Signed in as', limits: 'Account limits', rate: 'Requests per second', burst: 'Burst', role: 'CloudWatch role', edit: 'Edit' };
const es: typeof en = { title: 'Ajustes', server: 'Servidor', version: 'Versión', endpoint: 'Endpoint (--endpoint-url)', region: 'Región', account: 'Cuenta', you: 'Sesión', arn: 'Sesión iniciada como', limits: 'Límites de la cuenta', rate: 'Peticiones por segundo', burst: 'Ráfaga', role: 'Rol de CloudWatch', edit: 'Editar' };
const words: Words<typeof en> = { en, es };

const fields: Field[] = [{ name: 'cloudwatchRoleArn', kind: 'text', placeholder: 'arn:aws:iam::…:role/…', label: { en: en.role, es: es.role }, hint: { en: 'Stages with logs need this role, as on AWS.', es: 'Las etapas con registros necesitan este rol, como en AWS.' } }];

export default function Settings() {
  const w = useWords(words);
  const { clients, facts } = useConsole();
  const you = useCallerArn();
  const account = useLoaded(() => clients.keys.send(new GetAccountCommand({})), [clients]);
  const { form, open, close } = useOpenForm();
  const before = { cloudwatchRoleArn: account.value?.cloudwatchRoleArn };
  const submit = useSaved({
    name: w.limits,
    fields,
    before,
    read: async () => ({ cloudwatchRoleArn: (await clients.keys.send(new GetAccountCommand({}))).cloudwatchRoleArn }),
    put: (_, input) => clients.keys.send(new UpdateAccountCommand({ patchOperations: [{ op: 'replace', path: '/cloudwatchRoleArn', value: String(input.cloudwatchRoleArn) }] })),
    reload: account.reload,
  });
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h1">{w.title}</Header>}>
        <KeyValuePairs
          columns={4}
          minColumnWidth={200}
          items={[
            { label: w.version, value: facts.version },
            { label: w.endpoint, value: facts.endpoint },
            { label: w.region, value: facts.region },
            { label: w.account, value: facts.accountId },
          ]}
        />
      </Container>
      <Container header={<Header variant="h2">{w.you}</Header>}>
        <KeyValuePairs items={[{ label: w.arn, value: you.value ? <Copyable text={you.value} /> : you.error ? failureText(you.error) : '…' }]} />
      </Container>
      <Container header={<Header variant="h2" actions={<GatewayButton verb="PATCH" path="account" disabled={!account.value} onClick={() => open('limits')}>{w.edit}</GatewayButton>}>{w.limits}</Header>}>
        {account.error !== undefined && <Alert type="error">{failureText(account.error)}</Alert>}
        <KeyValuePairs
          columns={3}
          items={[
            { label: w.rate, value: account.value?.throttleSettings ? <Amount of={account.value.throttleSettings.rateLimit ?? 0} /> : '–' },
            { label: w.burst, value: account.value?.throttleSettings ? <Amount of={account.value.throttleSettings.burstLimit ?? 0} /> : '–' },
            { label: w.role, value: <RoleLink arn={account.value?.cloudwatchRoleArn} /> },
          ]}
        />
        {form === 'limits' && account.value && (
          <ResourceForm
            title={w.limits}
            fields={fields}
            before={before}
            submit={submit}
            close={close}
          />
        )}
      </Container>
    </SpaceBetween>
  );
}
