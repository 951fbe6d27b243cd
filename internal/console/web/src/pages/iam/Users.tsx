import { AddUserToGroupCommand, AttachUserPolicyCommand, CreateAccessKeyCommand, CreateUserCommand, UpdateUserCommand, type AccessKey, type CreateUserRequest, type User } from '@aws-sdk/client-iam';
import { iamPermits } from '../../aws/permissions';
import { userTags } from '../../aws/tagging';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { Copyable } from '../../elements/Copyable';
import { same, type Field, type Value } from '../../form/field';
import { useConsole } from '../../hooks/console';
import { href } from '../../hooks/router';
import { listGroups, listUsers } from '../../aws/iamLists';
import { policyOptions } from './options';
import { When } from '../../words/When';
import { userImpact } from '../../names/impact';
import { useState } from 'react';
import type { Clients } from '../../aws/clients';
import { NewAccessKey } from './NewAccessKey';
import { removeUser } from './removal';

const userFields = (clients: Clients): Field[] => [
  { name: 'UserName', kind: 'text', required: true, label: { en: 'User name', es: 'Nombre' } },
  { name: 'Policies', kind: 'multi', beside: true, when: isNew, label: { en: 'Policies to attach', es: 'Políticas que asociar' }, options: () => policyOptions(clients) },
  { name: 'Groups', kind: 'multi', beside: true, when: isNew, label: { en: 'Groups to join', es: 'Grupos a los que añadirlo' }, options: async () => (await listGroups(clients)).map((group) => ({ value: group.GroupName! })) },
  { name: 'AccessKey', kind: 'toggle', beside: true, when: isNew, label: { en: 'Create an access key too', es: 'Crear también una clave de acceso' } },
];

function isNew(value: Value): boolean {
  return !value.UserId;
}

export default function Users() {
  const { clients } = useConsole();
  const [made, setMade] = useState<AccessKey>();
  const resource: Resource<User> = {
    title: { en: 'Users', es: 'Usuarios' },
    make: { en: 'Create user', es: 'Crear usuario' },
    about: { en: 'People and programs that sign with access keys.', es: 'Personas y programas que firman con claves de acceso.' },
    empty: { en: 'There is no user yet: only the administrator can sign in.', es: 'Todavía no hay usuarios: solo puede entrar el administrador.' },
    columns: [
      { id: 'name', header: { en: 'User name', es: 'Nombre' }, cell: (user) => user.UserName, sort: 'UserName' },
      { id: 'created', header: { en: 'Created', es: 'Creado' }, cell: (user) => <When at={user.CreateDate} />, sort: 'CreateDate' },
      { id: 'arn', header: same('ARN'), minWidth: 260, cell: (user) => <Copyable text={user.Arn} /> },
    ],
    fields: userFields(clients),
    keys: [clients],
    permits: iamPermits('User', (user) => user.Arn!),
    id: (user) => user.UserId!,
    physicalId: (user) => user.UserName!,
    name: (user) => user.UserName!,
    open: (user) => href('iam', 'users', user.UserName!),
    list: () => listUsers(clients),
    create: async ({ Policies = [], Groups = [], AccessKey, ...input }) => {
      const UserName = String(input.UserName);
      await clients.iam.send(new CreateUserCommand(input as unknown as CreateUserRequest));
      for (const PolicyArn of Policies as string[]) await clients.iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
      for (const GroupName of Groups as string[]) await clients.iam.send(new AddUserToGroupCommand({ UserName, GroupName }));
      if (AccessKey) setMade((await clients.iam.send(new CreateAccessKeyCommand({ UserName }))).AccessKey);
    },
    update: (user, input) => clients.iam.send(new UpdateUserCommand({ UserName: user.UserName, NewUserName: input.UserName as string | undefined })),
    remove: (user) => removeUser(clients, user.UserName!),
    call: { service: 'iam', operation: 'CreateUser', fixed: {}, type: 'AWS::IAM::User', change: (user, input) => ({ operation: 'UpdateUser', input: { UserName: user.UserName, NewUserName: input.UserName } }) },
    impact: userImpact(clients),
    removeWarning: { en: 'Its access keys and inline policies are deleted with it; programs that sign as this user are refused.', es: 'Con él se eliminan sus claves de acceso y sus políticas insertadas; se rechazará a los programas que firmen como este usuario.' },
    tagging: (user) => userTags(clients, user.UserName!),
  };
  return (
    <>
      <Collection resource={resource} />
      {made && <NewAccessKey made={made} close={() => setMade(undefined)} />}
    </>
  );
}
