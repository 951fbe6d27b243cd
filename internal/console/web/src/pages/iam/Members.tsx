import { AddUserToGroupCommand, RemoveUserFromGroupCommand, type User } from '@aws-sdk/client-iam';
import { iamSome } from '../../aws/permissions';
import { Copyable } from '../../elements/Copyable';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { same } from '../../form/field';
import { useConsole } from '../../hooks/console';
import { href } from '../../hooks/router';
import { listMembers, listUsers } from '../../aws/iamLists';

/** The users of a group. */
export function Members({ group: GroupName }: { group: string }) {
  const { clients } = useConsole();
  const resource: Resource<User> = {
    title: { en: 'Members', es: 'Miembros' },
    make: { en: 'Add user', es: 'Añadir usuario' },
    madeLabel: { en: 'added', es: 'se añadió' },
    removeLabel: { en: 'Remove', es: 'Quitar' },
    removedLabel: { en: ['removed', 'removed'], es: ['se quitó', 'se quitaron'] },
    about: { en: 'Users who have the policies of this group besides their own.', es: 'Usuarios que tienen las políticas de este grupo además de las suyas.' },
    empty: { en: 'This group has no members yet.', es: 'Este grupo todavía no tiene miembros.' },
    columns: [
      { id: 'name', header: { en: 'User name', es: 'Nombre' }, cell: (user) => user.UserName, sort: 'UserName' },
      { id: 'arn', header: same('ARN'), minWidth: 260, cell: (user) => <Copyable text={user.Arn} /> },
    ],
    fields: [
      {
        name: 'UserName',
        kind: 'select',
        required: true,
        label: { en: 'User', es: 'Usuario' },
        options: async () => (await listUsers(clients)).map((user) => ({ value: user.UserName! })),
      },
    ],
    keys: [clients, GroupName],
    id: (user) => user.UserId!,
    name: (user) => user.UserName!,
    open: (user) => href('iam', 'users', user.UserName!),
    list: () => listMembers(clients, GroupName),
    create: (input) => clients.iam.send(new AddUserToGroupCommand({ GroupName, UserName: String(input.UserName) })),
    remove: (user) => clients.iam.send(new RemoveUserFromGroupCommand({ GroupName, UserName: user.UserName })),
    undo: 'create',
    removeWarning: { en: `This user loses what only ${GroupName} allows, and what the group denies is no longer denied.`, es: `Este usuario pierde lo que solo ${GroupName} le permite, y lo que el grupo deniega deja de estar denegado.` },
    permits: { create: iamSome('AddUserToGroup'), remove: () => iamSome('RemoveUserFromGroup') },
    call: { service: 'iam', operation: 'AddUserToGroup', fixed: { GroupName }, type: 'AWS::IAM::UserToGroupAddition', properties: ({ GroupName, UserName }) => ({ GroupName, Users: [UserName] }) },
  };
  return <Collection resource={resource} section />;
}
