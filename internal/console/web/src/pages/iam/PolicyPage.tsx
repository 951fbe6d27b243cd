import { DeletePolicyVersionCommand, GetPolicyCommand, GetPolicyVersionCommand, ListEntitiesForPolicyCommand, ListPolicyVersionsCommand, SetDefaultPolicyVersionCommand, type PolicyVersion } from '@aws-sdk/client-iam';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useState } from 'react';
import { failureText } from '../../aws/failure';
import { AsCommands } from '../../form/AsCommands';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { Confirm } from '../../form/Confirm';
import { Copyable } from '../../elements/Copyable';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { href } from '../../hooks/router';
import { useWords, type Words } from '../../words/language';
import { readable } from '../../aws/documents';
import { YesNo } from '../../names/Status';
import { When } from '../../words/When';

const en = { attached: 'Attached to', none: 'nothing', force: 'Set as default', forceWarning: 'It takes effect at once for everyone the policy is attached to.' };
const es: typeof en = { attached: 'Asociada a', none: 'nada', force: 'Usar como predeterminada', forceWarning: 'Tiene efecto al momento para todos los que tienen la política asociada.' };
const words: Words<typeof en> = { en, es };

type Version = PolicyVersion & { text: string };

/** One managed policy: to whom it is attached, and its versions, of which one is in force. */
export default function PolicyPage({ arn }: { arn: string }) {
  const w = useWords(words);
  const { clients, notify } = useConsole();
  const [forced, setForced] = useState<{ id: string; reload(): Promise<void> }>();
  const ids = { PolicyArn: arn };
  const policy = useLoaded(async () => {
    const { Policy } = await clients.iam.send(new GetPolicyCommand(ids));
    const entities = await clients.iam.send(new ListEntitiesForPolicyCommand(ids));
    return { ...Policy!, text: await textOf(Policy!.DefaultVersionId!), entities };
  }, [clients, arn]);
  const textOf = async (VersionId: string) => readable((await clients.iam.send(new GetPolicyVersionCommand({ ...ids, VersionId }))).PolicyVersion?.Document);
  if (policy.error) return <Alert type="error">{failureText(policy.error)}</Alert>;
  if (!policy.value) return <Spinner />;
  const { PolicyName, text, entities } = policy.value;
  const holders = [
    ...(entities.PolicyRoles ?? []).map((one) => ['roles', one.RoleName!] as const),
    ...(entities.PolicyUsers ?? []).map((one) => ['users', one.UserName!] as const),
    ...(entities.PolicyGroups ?? []).map((one) => ['groups', one.GroupName!] as const),
  ];
  const versions: Resource<Version> = {
    title: { en: 'Versions', es: 'Versiones' },
    about: { en: 'At most five; editing the policy creates a new one.', es: 'Cinco como mucho; editar la política crea una nueva.' },
    empty: { en: 'There is no version.', es: 'No hay versiones.' },
    columns: [
      { id: 'id', header: { en: 'Version', es: 'Versión' }, cell: (one) => one.VersionId, sort: 'VersionId' },
      { id: 'force', header: { en: 'Default', es: 'Predeterminada' }, cell: (one) => <YesNo of={one.IsDefaultVersion} /> },
      { id: 'created', header: { en: 'Created', es: 'Creada' }, cell: (one) => <When at={one.CreateDate} />, sort: 'CreateDate' },
      { id: 'text', minWidth: 260, header: { en: 'Document', es: 'Documento' }, cell: (one) => <code className="frame-text">{JSON.stringify(JSON.parse(one.text))}</code> },
    ],
    fields: [],
    keys: [clients, arn],
    id: (one) => one.VersionId!,
    name: (one) => one.VersionId!,
    list: async () => {
      const { Versions = [] } = await clients.iam.send(new ListPolicyVersionsCommand(ids));
      return Promise.all(Versions.map(async (one) => ({ ...one, text: await textOf(one.VersionId!) })));
    },
    remove: (one) => clients.iam.send(new DeletePolicyVersionCommand({ ...ids, VersionId: one.VersionId })),
    removeWarning: { en: 'Its document is gone for good. The default version cannot be deleted.', es: 'Su documento se pierde para siempre. La versión predeterminada no se puede eliminar.' },
    actions: (selected, reload) => (
      <Button disabled={!selected || selected.IsDefaultVersion} onClick={() => setForced({ id: selected!.VersionId!, reload })}>{w.force}</Button>
    ),
  };
  const force = async ({ id, reload }: NonNullable<typeof forced>) => {
    await clients.iam.send(new SetDefaultPolicyVersionCommand({ ...ids, VersionId: id }));
    notify('success', `${w.force}: ${id}`);
    await Promise.all([reload(), policy.reload()]);
  };
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h1" description={<Copyable text={arn} />}>{PolicyName}</Header>}>
        <SpaceBetween size="s">
          <Box>
            {w.attached}: {holders.length === 0 ? w.none : holders.map(([kind, name]) => <span key={kind + name}><Link href={href('iam', kind, name)}>{name}</Link> </span>)}
          </Box>
          <pre className="frame-text">{text}</pre>
          <AsCommands call={{ service: 'iam', operation: 'CreatePolicy', fixed: { PolicyName }, type: 'AWS::IAM::ManagedPolicy' }} input={{ PolicyDocument: text }} />
        </SpaceBetween>
      </Container>
      <Collection resource={versions} section />
      {forced && <Confirm names={[forced.id]} action={w.force} warning={w.forceWarning} confirm={() => force(forced)} close={() => setForced(undefined)} />}
    </SpaceBetween>
  );
}
