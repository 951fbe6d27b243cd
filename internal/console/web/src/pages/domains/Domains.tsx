import { CreateApiMappingCommand, CreateDomainNameCommand, DeleteApiMappingCommand, DeleteDomainNameCommand, GetApiMappingsCommand, GetDomainNameCommand, GetDomainNamesCommand, UpdateApiMappingCommand, UpdateDomainNameCommand, type Api, type ApiMapping, type DomainName } from '@aws-sdk/client-apigatewayv2';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { failureText } from '../../aws/failure';
import { gatewayPermits } from '../../aws/permissions';
import { gatewayArn, gatewayTags } from '../../aws/tagging';
import { Copyable } from '../../elements/Copyable';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { same, type Value } from '../../form/field';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { allPages } from '../../aws/allPages';
import { href } from '../../hooks/router';
import { listApis, listStages } from '../../aws/gatewayLists';
import { domainImpact } from '../../names/impact';
import { Named } from '../../names/Named';
import { Status } from '../../names/Status';
import { useWords, type Words } from '../../words/language';

const en = { status: 'Status', target: 'DNS target', certificate: 'Certificate', trustStore: 'Mutual TLS: trust store', dns: 'Point the DNS of the domain at this server, not here: this name is there for tools made for AWS.' };
const es: typeof en = { status: 'Estado', target: 'Destino del DNS', certificate: 'Certificado', trustStore: 'TLS mutuo: almacén de confianza', dns: 'El DNS del dominio debe apuntar a este servidor y no aquí: este nombre está para las herramientas hechas para AWS.' };
const words: Words<typeof en> = { en, es };

type FlatDomain = DomainName & Value;

/** The form shows a certificate and a trust store flat; AWS nests them. */
function unfold(domain: DomainName): FlatDomain {
  return { ...domain, CertificateArn: domain.DomainNameConfigurations?.[0]?.CertificateArn, TruststoreUri: domain.MutualTlsAuthentication?.TruststoreUri, TruststoreVersion: domain.MutualTlsAuthentication?.TruststoreVersion };
}

function fold(input: Value) {
  const { CertificateArn, TruststoreUri, TruststoreVersion } = input as Record<string, string | undefined>;
  const mutual = TruststoreUri !== undefined || TruststoreVersion !== undefined;
  return {
    DomainNameConfigurations: [{ CertificateArn, EndpointType: 'REGIONAL' as const, SecurityPolicy: 'TLS_1_2' as const }],
    ...(mutual ? { MutualTlsAuthentication: { TruststoreUri, TruststoreVersion } } : {}),
  };
}

export default function Domains() {
  const { clients, facts } = useConsole();
  const resource: Resource<FlatDomain> = {
    title: { en: 'Custom domain names', es: 'Dominios propios' },
    make: { en: 'Create domain name', es: 'Crear dominio' },
    about: { en: 'Your own host names for the stages of your APIs. Point their DNS at this server; the DNS target is there for tools made for AWS.', es: 'Nombres de host propios para las etapas de tus APIs. Apunta su DNS a este servidor; el destino del DNS está para las herramientas hechas para AWS.' },
    empty: { en: 'There is no custom domain name yet.', es: 'Todavía no hay dominios propios.' },
    columns: [
      { id: 'name', minWidth: 170, header: { en: 'Domain name', es: 'Dominio' }, cell: (domain) => domain.DomainName, sort: 'DomainName' },
      { id: 'target', header: { en: 'DNS target', es: 'Destino del DNS' }, cell: (domain) => domain.DomainNameConfigurations?.[0]?.ApiGatewayDomainName ?? '–' },
      { id: 'status', header: { en: 'Status', es: 'Estado' }, cell: (domain) => <Status of={domain.DomainNameConfigurations?.[0]?.DomainNameStatus} /> },
    ],
    fields: [
      { name: 'DomainName', kind: 'text', required: true, fixed: true, placeholder: 'ws.example.com', label: { en: 'Domain name', es: 'Dominio' } },
      { name: 'CertificateArn', kind: 'text', placeholder: 'arn:aws:acm:…:certificate/…', label: { en: 'Certificate ARN', es: 'ARN del certificado' }, hint: { en: 'Kept for tools made for AWS. Clients get the certificate that the server is started with.', es: 'Se guarda para las herramientas hechas para AWS. A los clientes se les presenta el certificado con el que se inicia el servidor.' } },
      { name: 'TruststoreUri', kind: 'text', placeholder: 's3://bucket/truststore.pem', label: { en: 'Mutual TLS: trust store', es: 'TLS mutuo: almacén de confianza' }, hint: { en: 'Clients must present a certificate issued by one of these authorities. Leave it empty to ask for none.', es: 'Los clientes deben presentar un certificado emitido por una de estas autoridades. Déjalo vacío para no pedir ninguno.' } },
      { name: 'TruststoreVersion', kind: 'text', when: (value) => !!value.TruststoreUri, label: { en: 'Trust store version', es: 'Versión del almacén' } },
    ],
    keys: [clients],
    permits: gatewayPermits(facts.region, 'domainnames', (domain) => domain.DomainName!),
    id: (domain) => domain.DomainName!,
    name: (domain) => domain.DomainName!,
    open: (domain) => href('domains', domain.DomainName!),
    list: async () =>
      (
        await allPages(async (NextToken) => {
          const answer = await clients.gateway.send(new GetDomainNamesCommand({ NextToken }));
          return { items: answer.Items, next: answer.NextToken };
        })
      ).map(unfold),
    create: (input) => clients.gateway.send(new CreateDomainNameCommand({ DomainName: String(input.DomainName), ...fold(input) })),
    update: (domain, input) => clients.gateway.send(new UpdateDomainNameCommand({ DomainName: domain.DomainName, ...fold(input) })),
    remove: (domain) => clients.gateway.send(new DeleteDomainNameCommand({ DomainName: domain.DomainName })),
    impact: domainImpact(clients),
    removeWarning: { en: 'Its API mappings go with it; clients that use the name are refused.', es: 'Con él se eliminan sus asignaciones; se rechaza a los clientes que usen el nombre.' },
    call: { service: 'apigatewayv2', operation: 'CreateDomainName', fixed: {}, type: 'AWS::ApiGatewayV2::DomainName', shape: ({ DomainName: name, ...input }) => ({ DomainName: name, ...fold(input) }), change: (domain, input) => ({ operation: 'UpdateDomainName', input: { DomainName: domain.DomainName, ...fold(input) } }) },
    tagging: (domain) => gatewayTags(clients, gatewayArn(facts.region, `domainnames/${domain.DomainName}`)),
  };
  return <Collection resource={resource} />;
}

/** What clients of a mapping connect to: its API is served at the same port, by the same protocol. */
function clientUrl(domain: string, mapping: ApiMapping, apis: readonly Api[]): string | undefined {
  const endpoint = apis.find((api) => api.ApiId === mapping.ApiId)?.ApiEndpoint;
  if (!endpoint) return undefined;
  const { protocol, port } = new URL(endpoint);
  return `${protocol}//${domain}${port && ':' + port}/${mapping.ApiMappingKey ?? ''}`;
}

/** Which stage each path of a custom domain name serves. */
export function DomainPage({ domain }: { domain: string }) {
  const w = useWords(words);
  const { clients } = useConsole();
  const found = useLoaded(() => clients.gateway.send(new GetDomainNameCommand({ DomainName: domain })), [clients, domain]);
  const apis = useLoaded(() => listApis(clients), [clients]).value ?? [];
  const { CertificateArn, ApiGatewayDomainName, DomainNameStatus } = found.value?.DomainNameConfigurations?.[0] ?? {};
  const resource: Resource<ApiMapping> = {
    title: { en: 'API mappings', es: 'Asignaciones de API' },
    make: { en: 'Create API mapping', es: 'Crear asignación' },
    about: { en: 'Which stage each path of the domain leads to.', es: 'A qué etapa lleva cada ruta de la URL.' },
    empty: { en: 'No API is mapped yet: the domain refuses every client.', es: 'Todavía no hay ninguna API asignada: el dominio rechaza a todos los clientes.' },
    columns: [
      { id: 'key', header: { en: 'Path', es: 'Ruta de la URL' }, cell: (mapping) => `/${mapping.ApiMappingKey ?? ''}` },
      { id: 'api', header: same('API'), cell: (mapping) => <Named kind="api" id={mapping.ApiId} />, below: (mapping) => <Copyable text={mapping.ApiId} /> },
      { id: 'url', minWidth: 200, header: { en: 'URL for clients', es: 'URL para los clientes' }, cell: (mapping) => <Copyable text={clientUrl(domain, mapping, apis)} /> },
      { id: 'stage', header: { en: 'Stage', es: 'Etapa' }, cell: (mapping) => <Link href={href('apis', mapping.ApiId!, 'stages', mapping.Stage!)}>{mapping.Stage}</Link> },
    ],
    fields: [
      {
        name: 'ApiId',
        kind: 'select',
        required: true,
        label: same('API'),
        options: async () => (await listApis(clients)).map((api) => ({ value: api.ApiId!, label: same(api.Name!), description: same(api.ApiId!) })),
      },
      {
        name: 'Stage',
        kind: 'select',
        by: 'ApiId',
        free: true,
        required: true,
        label: { en: 'Stage', es: 'Etapa' },
        options: async (value) => (value.ApiId ? (await listStages(clients, String(value.ApiId))).map((stage) => ({ value: stage.StageName! })) : []),
      },
      { name: 'ApiMappingKey', kind: 'text', label: { en: 'Path (empty: the root)', es: 'Ruta de la URL (vacía: la raíz)' } },
    ],
    keys: [clients, domain],
    id: (mapping) => mapping.ApiMappingId!,
    name: (mapping) => `/${mapping.ApiMappingKey ?? ''}`,
    madeName: async (input) => `${domain}/${String(input.ApiMappingKey ?? '')}`,
    list: async () => (await clients.gateway.send(new GetApiMappingsCommand({ DomainName: domain }))).Items ?? [],
    create: (input) => clients.gateway.send(new CreateApiMappingCommand({ DomainName: domain, ApiId: String(input.ApiId), Stage: String(input.Stage), ApiMappingKey: input.ApiMappingKey as string | undefined })),
    update: (mapping, input) => clients.gateway.send(new UpdateApiMappingCommand({ DomainName: domain, ApiMappingId: mapping.ApiMappingId, ApiId: mapping.ApiId, ...input })),
    undo: 'create',
    removeWarning: { en: 'Clients that use this path of the domain are refused from now on.', es: 'Se rechazará desde ahora a los clientes que usen esta URL del dominio.' },
    remove: (mapping) => clients.gateway.send(new DeleteApiMappingCommand({ DomainName: domain, ApiMappingId: mapping.ApiMappingId })),
    call: { service: 'apigatewayv2', operation: 'CreateApiMapping', fixed: { DomainName: domain }, type: 'AWS::ApiGatewayV2::ApiMapping', change: (mapping, input) => ({ operation: 'UpdateApiMapping', input: { DomainName: domain, ApiMappingId: mapping.ApiMappingId, ApiId: mapping.ApiId, ...input } }) },
  };
  return (
    <SpaceBetween size="l">
      {found.error !== undefined && <Alert type="error">{failureText(found.error)}</Alert>}
      <Container header={<Header variant="h1">{domain}</Header>}>
        <KeyValuePairs
          columns={2}
          minColumnWidth={220}
          items={[
            { label: w.status, value: <Status of={DomainNameStatus} /> },
            { label: w.target, value: <><Copyable text={ApiGatewayDomainName} /><Box variant="small" color="text-body-secondary">{w.dns}</Box></> },
            { label: w.certificate, value: <Copyable text={CertificateArn} /> },
            { label: w.trustStore, value: <Copyable text={found.value?.MutualTlsAuthentication?.TruststoreUri} /> },
          ]}
        />
      </Container>
      <Collection resource={resource} section />
    </SpaceBetween>
  );
}
