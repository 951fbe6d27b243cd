import { CreateVpcLinkCommand, DeleteVpcLinkCommand, UpdateVpcLinkCommand, type CreateVpcLinkRequest, type VpcLink } from '@aws-sdk/client-apigatewayv2';
import { gatewayPermits } from '../../aws/permissions';
import { gatewayArn, gatewayTags } from '../../aws/tagging';
import { Copyable } from '../../elements/Copyable';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { same, type Field } from '../../form/field';
import { vpcLinkImpact } from '../../names/impact';
import { useConsole } from '../../hooks/console';
import { When } from '../../words/When';
import { listVpcLinks } from '../../aws/gatewayLists';
import { Status } from '../../names/Status';

const fields: Field[] = [
  { name: 'Name', kind: 'text', required: true, label: { en: 'Name', es: 'Nombre' } },
  { name: 'SubnetIds', kind: 'strings', required: true, fixed: true, placeholder: 'subnet-0a1b2c3d', label: { en: 'Subnets, one per line', es: 'Subredes, una por línea' }, hint: { en: 'Kept for your templates; this server reaches private addresses by itself.', es: 'Se guardan para tus plantillas; este servidor llega por sí solo a las direcciones privadas.' } },
  { name: 'SecurityGroupIds', kind: 'strings', fixed: true, placeholder: 'sg-0a1b2c3d', label: { en: 'Security groups, one per line', es: 'Grupos de seguridad, uno por línea' } },
];

/** VPC links, by which integrations reach private backends on AWS. */
export default function VpcLinks() {
  const { clients, facts } = useConsole();
  const resource: Resource<VpcLink> = {
    title: { en: 'VPC links', es: 'Enlaces de VPC' },
    make: { en: 'Create VPC link', es: 'Crear enlace de VPC' },
    about: { en: 'Integrations with a VPC link call a private backend.', es: 'Las integraciones con un enlace de VPC llaman a un backend privado.' },
    empty: { en: 'There is no VPC link yet.', es: 'Todavía no hay enlaces de VPC.' },
    columns: [
      { id: 'name', header: { en: 'Name', es: 'Nombre' }, cell: (link) => link.Name, sort: 'Name' },
      { id: 'status', header: { en: 'Status', es: 'Estado' }, cell: (link) => <Status of={link.VpcLinkStatus} /> },
      { id: 'subnets', header: { en: 'Subnets', es: 'Subredes' }, cell: (link) => link.SubnetIds?.join(', ') || '–' },
      { id: 'created', header: { en: 'Created', es: 'Creado' }, cell: (link) => <When at={link.CreatedDate} />, sort: 'CreatedDate' },
      { id: 'id', minWidth: 120, header: same('ID'), cell: (link) => <Copyable text={link.VpcLinkId} /> },
    ],
    fields,
    keys: [clients],
    permits: gatewayPermits(facts.region, 'vpclinks', (link) => link.VpcLinkId!),
    id: (link) => link.VpcLinkId!,
    name: (link) => link.Name!,
    list: () => listVpcLinks(clients),
    create: (input) => clients.gateway.send(new CreateVpcLinkCommand(input as unknown as CreateVpcLinkRequest)),
    update: (link, input) => clients.gateway.send(new UpdateVpcLinkCommand({ ...input, VpcLinkId: link.VpcLinkId })),
    remove: (link) => clients.gateway.send(new DeleteVpcLinkCommand({ VpcLinkId: link.VpcLinkId })),
    impact: vpcLinkImpact(clients),
    removeWarning: { en: 'Integrations that use it fail with 500.', es: 'Las integraciones que lo usan fallarán con 500.' },
    call: { service: 'apigatewayv2', operation: 'CreateVpcLink', fixed: {}, type: 'AWS::ApiGatewayV2::VpcLink', change: (link, input) => ({ operation: 'UpdateVpcLink', input: { VpcLinkId: link.VpcLinkId, ...input } }) },
    tagging: (link) => gatewayTags(clients, gatewayArn(facts.region, `vpclinks/${link.VpcLinkId}`)),
  };
  return <Collection resource={resource} />;
}
