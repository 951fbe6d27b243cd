import { DeleteClientCertificateCommand, GenerateClientCertificateCommand, UpdateClientCertificateCommand, type ClientCertificate } from '@aws-sdk/client-api-gateway';
import { gatewayPermits } from '../../aws/permissions';
import { gatewayArn, keyTags } from '../../aws/tagging';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { Copyable } from '../../elements/Copyable';
import { same } from '../../form/field';
import { useConsole } from '../../hooks/console';
import { commonWords } from '../../words/common';
import { listClientCertificates } from '../../aws/gatewayLists';
import { patches } from './patches';
import { When } from '../../words/When';
import { certificateImpact } from '../../names/impact';

/** Certificates that the gateway shows to backends; a stage names the one it uses. */
export default function ClientCertificates() {
  const { clients, facts } = useConsole();
  const resource: Resource<ClientCertificate> = {
    title: { en: commonWords.en.certificates, es: commonWords.es.certificates },
    make: { en: 'Generate client certificate', es: 'Generar certificado de cliente' },
    editing: { en: 'Edit client certificate', es: 'Editar certificado de cliente' },
    about: { en: 'The gateway presents one to backends, so that they can tell who is calling. Each stage chooses its own.', es: 'La pasarela presenta uno a los backends para que sepan quién los llama. Cada etapa elige el suyo.' },
    empty: { en: 'There is no client certificate yet.', es: 'Todavía no hay certificados de cliente.' },
    columns: [
      { id: 'description', header: { en: 'Description', es: 'Descripción' }, cell: (one) => one.description ?? '–' },
      { id: 'id', minWidth: 120, header: same('ID'), cell: (one) => <Copyable text={one.clientCertificateId} /> },
      { id: 'expires', header: { en: 'Expires', es: 'Caduca' }, cell: (one) => <When at={one.expirationDate} part="date" />, sort: 'expirationDate' },
      { id: 'pem', header: { en: 'PEM', es: 'PEM' }, cell: (one) => <Copyable text={one.pemEncodedCertificate} shown="PEM" /> },
    ],
    fields: [{ name: 'description', kind: 'text', label: { en: 'Description', es: 'Descripción' } }],
    keys: [clients],
    permits: gatewayPermits(facts.region, 'clientcertificates', (one) => one.clientCertificateId!),
    id: (one) => one.clientCertificateId!,
    name: (one) => one.description || one.clientCertificateId!,
    list: () => listClientCertificates(clients),
    create: (input) => clients.keys.send(new GenerateClientCertificateCommand(input)),
    update: (one, input) => clients.keys.send(new UpdateClientCertificateCommand({ clientCertificateId: one.clientCertificateId, patchOperations: patches(input) })),
    remove: (one) => clients.keys.send(new DeleteClientCertificateCommand({ clientCertificateId: one.clientCertificateId })),
    impact: certificateImpact(clients),
    removeWarning: { en: 'Backends that ask for it refuse this gateway from now on.', es: 'Los backends que lo exigen rechazarán a esta pasarela desde ahora.' },
    tagging: (one) => keyTags(clients, gatewayArn(facts.region, `clientcertificates/${one.clientCertificateId}`)),
    call: { service: 'apigateway', operation: 'GenerateClientCertificate', fixed: {} },
  };
  return <Collection resource={resource} />;
}
