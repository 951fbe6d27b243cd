import { AddUserToGroupCommand, RemoveUserFromGroupCommand, type Group } from '@aws-sdk/client-iam';
import { iamSome } from '../../aws/permissions';
import { Copyable } from '../../elements/Copyable';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { same } from '../../form/field';
import { useConsole } from '../../hooks/console';
import { href } from '../../hooks/router';
import { listGroups, listGroupsOf } from '../../aws/iamLists';

/** The groups that a user is in. */
export function Memberships({ user: UserName }: { user: string }) {
  const { clients } = useConsole();
  const resource: Resource<Group> = {
    title: { en: 'Groups', es: 'Grupos' },
    make: { en: 'Add to group', es: 'Añadir a un grupo' },
    madeLabel: { en: 'added', es: 'se añadió' },
    removeLabel: { en: 'Remove', es: 'Quitar' },
    removedLabel: { en: ['removed', 'removed'], es: ['se quitó', 'se quitaron'] },
    about: { en: 'The user has the policies of these groups besides its own. Ten groups at most.', es: 'El usuario tiene las políticas de estos grupos además de las suyas. Diez grupos como mucho.' },
    empty: { en: 'This user is in no group: only its own policies count.', es: 'Este usuario no está en ningún grupo: solo cuentan sus propias políticas.' },
    columns: [
      { id: 'name', header: { en: 'Group name', es: 'Nombre' }, cell: (group) => group.GroupName, sort: 'GroupName' },
      { id: 'arn', header: same('ARN'), minWidth: 260, cell: (group) => <Copyable text={group.Arn} /> },
    ],
    fields: [
      {
        name: 'GroupName',
        kind: 'select',
        required: true,
        label: { en: 'Group', es: 'Grupo' },
        options: async () => (await listGroups(clients)).map((group) => ({ value: group.GroupName! })),
      },
    ],
    keys: [clients, UserName],
    id: (group) => group.GroupId!,
    name: (group) => group.GroupName!,
    open: (group) => href('iam', 'groups', group.GroupName!),
    list: () => listGroupsOf(clients, UserName),
    create: (input) => clients.iam.send(new AddUserToGroupCommand({ UserName, GroupName: String(input.GroupName) })),
    remove: (group) => clients.iam.send(new RemoveUserFromGroupCommand({ UserName, GroupName: group.GroupName })),
    undo: 'create',
    removeWarning: { en: `${UserName} loses what only this group allows, and what the group denies is no longer denied.`, es: `${UserName} pierde lo que solo este grupo le permite, y lo que el grupo deniega deja de estar denegado.` },
    permits: { create: iamSome('AddUserToGroup'), remove: () => iamSome('RemoveUserFromGroup') },
    call: { service: 'iam', operation: 'AddUserToGroup', fixed: { UserName }, type: 'AWS::IAM::UserToGroupAddition', properties: ({ GroupName, UserName }) => ({ GroupName, Users: [UserName] }) },
  };
  return <Collection resource={resource} section />;
}
