import { CreateGroupCommand, UpdateGroupCommand, type CreateGroupRequest, type Group } from '@aws-sdk/client-iam';
import { iamPermits } from '../../aws/permissions';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { Copyable } from '../../elements/Copyable';
import { same } from '../../form/field';
import { useConsole } from '../../hooks/console';
import { href } from '../../hooks/router';
import { listGroups } from '../../aws/iamLists';
import { groupImpact } from '../../names/impact';
import { When } from '../../words/When';
import { removeGroup } from './removal';

export default function Groups() {
  const { clients } = useConsole();
  const resource: Resource<Group> = {
    title: { en: 'Groups', es: 'Grupos' },
    make: { en: 'Create group', es: 'Crear grupo' },
    about: { en: 'Policies that several users have in common.', es: 'Políticas que varios usuarios tienen en común.' },
    empty: { en: 'There is no group yet: each user has only its own policies.', es: 'Todavía no hay grupos: cada usuario solo tiene sus propias políticas.' },
    columns: [
      { id: 'name', header: { en: 'Group name', es: 'Nombre' }, cell: (group) => group.GroupName, sort: 'GroupName' },
      { id: 'created', header: { en: 'Created', es: 'Creado' }, cell: (group) => <When at={group.CreateDate} />, sort: 'CreateDate' },
      { id: 'arn', header: same('ARN'), minWidth: 260, cell: (group) => <Copyable text={group.Arn} /> },
    ],
    fields: [{ name: 'GroupName', kind: 'text', required: true, label: { en: 'Group name', es: 'Nombre' } }],
    keys: [clients],
    permits: iamPermits('Group', (group) => group.Arn!),
    id: (group) => group.GroupId!,
    name: (group) => group.GroupName!,
    open: (group) => href('iam', 'groups', group.GroupName!),
    list: () => listGroups(clients),
    create: (input) => clients.iam.send(new CreateGroupCommand(input as unknown as CreateGroupRequest)),
    update: (group, input) => clients.iam.send(new UpdateGroupCommand({ GroupName: group.GroupName, NewGroupName: input.GroupName as string | undefined })),
    physicalId: (group) => group.GroupName!,
    remove: (group) => removeGroup(clients, group.GroupName!),
    impact: groupImpact(clients),
    call: { service: 'iam', operation: 'CreateGroup', fixed: {}, type: 'AWS::IAM::Group', change: (group, input) => ({ operation: 'UpdateGroup', input: { GroupName: group.GroupName, NewGroupName: input.GroupName } }) },
    removeWarning: { en: 'Its members stay, but are refused what only this group allowed them; what it denied them is no longer denied.', es: 'Sus miembros se conservan, pero se les rechazará lo que solo este grupo les permitía, y lo que les denegaba deja de estar denegado.' },
  };
  return <Collection resource={resource} />;
}
