import { AttachUserPolicyCommand, CreateAccessKeyCommand, DeleteAccessKeyCommand, DeleteUserPolicyCommand, DetachUserPolicyCommand, GetUserCommand, PutUserPolicyCommand, UpdateAccessKeyCommand, type AccessKey, type AccessKeyMetadata } from '@aws-sdk/client-iam';
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { iamSome } from '../../aws/permissions';
import { failureText } from '../../aws/failure';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { Copyable } from '../../elements/Copyable';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { useWords, type Words } from '../../words/language';
import { Attached } from './Attached';
import { Inline } from './Inline';
import { listAccessKeys, listInlineUserPolicies, listUserPolicies } from '../../aws/iamLists';
import { NewAccessKey } from './NewAccessKey';
import { Memberships } from './Memberships';
import { When } from '../../words/When';
import { accessKeyImpact } from '../../names/impact';
import { Status } from '../../names/Status';

const en = { activate: 'Activate', deactivate: 'Deactivate' };
const es: typeof en = { activate: 'Activar', deactivate: 'Desactivar' };
const words: Words<typeof en> = { en, es };

export default function UserPage({ name }: { name: string }) {
  const w = useWords(words);
  const { clients, notify } = useConsole();
  const user = useLoaded(() => clients.iam.send(new GetUserCommand({ UserName: name })), [clients, name]);
  const [made, setMade] = useState<AccessKey>();
  const turn = async (key: AccessKeyMetadata, reload: () => Promise<void>) => {
    try {
      await clients.iam.send(new UpdateAccessKeyCommand({ UserName: name, AccessKeyId: key.AccessKeyId, Status: key.Status === 'Active' ? 'Inactive' : 'Active' }));
    } catch (error) {
      notify('error', failureText(error));
    }
    await reload();
  };
  const keys: Resource<AccessKeyMetadata> = {
    title: { en: 'Access keys', es: 'Claves de acceso' },
    make: { en: 'Create access key', es: 'Crear clave de acceso' },
    about: { en: 'A user can have two at most.', es: 'Un usuario puede tener dos como mucho.' },
    empty: { en: 'This user has no key and cannot sign anything.', es: 'Este usuario no tiene claves y no puede firmar nada.' },
    columns: [
      { id: 'id', header: { en: 'Access key ID', es: 'Identificador' }, cell: (key) => <Copyable text={key.AccessKeyId} /> },
      { id: 'status', header: { en: 'Status', es: 'Estado' }, cell: (key) => <Status of={key.Status} /> },
      { id: 'created', header: { en: 'Created', es: 'Creada' }, cell: (key) => <When at={key.CreateDate} /> },
    ],
    fields: [],
    keys: [clients, name],
    id: (key) => key.AccessKeyId!,
    name: (key) => key.AccessKeyId!,
    permits: { create: iamSome('CreateAccessKey'), remove: () => iamSome('DeleteAccessKey') },
    list: () => listAccessKeys(clients, name),
    create: async () => {
      const answer = await clients.iam.send(new CreateAccessKeyCommand({ UserName: name }));
      setMade(answer.AccessKey);
    },
    remove: (key) => clients.iam.send(new DeleteAccessKeyCommand({ UserName: name, AccessKeyId: key.AccessKeyId })),
    impact: accessKeyImpact(clients),
    removeWarning: { en: 'Programs that sign with it are refused from now on.', es: 'Se rechazará a los programas que firmen con ella.' },
    actions: (selected, reload) => (
      <Button disabled={!selected} onClick={() => turn(selected!, reload)}>{selected?.Status === 'Inactive' ? w.activate : w.deactivate}</Button>
    ),
  };
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={<Copyable text={user.value?.User?.Arn} />}>{name}</Header>
      {user.error !== undefined && <Alert type="error">{failureText(user.error)}</Alert>}
      {made && <NewAccessKey made={made} close={() => setMade(undefined)} />}
      <Collection resource={keys} section />
      <Attached
        call={{ operation: 'AttachUserPolicy', fixed: { UserName: name } }}
        list={() => listUserPolicies(clients, name)}
        attach={(PolicyArn) => clients.iam.send(new AttachUserPolicyCommand({ UserName: name, PolicyArn }))}
        detach={(PolicyArn) => clients.iam.send(new DetachUserPolicyCommand({ UserName: name, PolicyArn }))}
      />
      <Inline
        call={{ operation: 'PutUserPolicy', fixed: { UserName: name } }}
        list={() => listInlineUserPolicies(clients, name)}
        put={(policy) => clients.iam.send(new PutUserPolicyCommand({ UserName: name, ...policy }))}
        remove={(PolicyName) => clients.iam.send(new DeleteUserPolicyCommand({ UserName: name, PolicyName }))}
      />
      <Memberships user={name} />
    </SpaceBetween>
  );
}
