// The places of a file in words: "apis[7j3z7zhcvd]" is an API, known by its name.

import type { Words } from '../../words/language';

/** The lists of an export, and what one entry of each is. Other places stand as the file has them. */
const kinds: Record<string, Words<string>> = {
  account: { en: 'Account', es: 'Cuenta' },
  apis: { en: 'API', es: 'API' },
  clientCertificates: { en: 'Client certificate', es: 'Certificado de cliente' },
  vpcLinks: { en: 'VPC link', es: 'Enlace de VPC' },
  domainNames: { en: 'Domain name', es: 'Dominio' },
  apiKeys: { en: 'API key', es: 'Clave de API' },
  usagePlans: { en: 'Usage plan', es: 'Plan de uso' },
  'identity.account': { en: 'Account of the identities', es: 'Cuenta de las identidades' },
  'identity.policies': { en: 'Policy', es: 'Política' },
  'identity.roles': { en: 'Role', es: 'Rol' },
  'identity.groups': { en: 'Group', es: 'Grupo' },
  'identity.users': { en: 'User', es: 'Usuario' },
  'identity.instanceProfiles': { en: 'Instance profile', es: 'Perfil de instancia' },
  parameters: { en: 'Parameter', es: 'Parámetro' },
  buckets: { en: 'Bucket', es: 'Bucket' },
  functions: { en: 'Function', es: 'Función' },
  stacks: { en: 'Stack', es: 'Pila' },
  // Within an API.
  routes: { en: 'Route', es: 'Ruta' },
  routeResponses: { en: 'Route response', es: 'Respuesta de la ruta' },
  integrations: { en: 'Integration', es: 'Integración' },
  integrationResponses: { en: 'Integration response', es: 'Respuesta de la integración' },
  authorizers: { en: 'Authorizer', es: 'Autorizador' },
  models: { en: 'Model', es: 'Modelo' },
  stages: { en: 'Stage', es: 'Etapa' },
  deployments: { en: 'Deployment', es: 'Despliegue' },
  apiMappings: { en: 'API mapping', es: 'Asignación de API' },
};

/** A place in words: what it is, what it is called, its id where that is not its name, and the member. */
export interface Place {
  /** It is of what that deployment froze. */
  deployment?: string;
  kind?: Words<string>;
  name: string;
  id?: string;
  member?: string;
}

/** "apis[7j3z7zhcvd]" or "integrations[abc1234].timeoutInMillis", with the name that the server has for it. */
export function placeOf(path: string, name: string | undefined): Place {
  const [, deployment, below = path] = /^definitions\.([^.]+)\.(.*)$/.exec(path) ?? [];
  const [, list = below, id, member = ''] = /^(.*)\[([^\]]*)\]\.?([^[\]]*)$/.exec(below) ?? [];
  const kind = kinds[list] ?? kinds[list.slice(list.lastIndexOf('.') + 1)];
  const of = deployment ? { deployment } : {};
  if (!kind) return { ...of, name: below.replace(/^api\./, '') };
  if (id === undefined) return { ...of, kind, name: '' };
  return { ...of, kind, name: name ?? id, ...(name ? { id } : {}), ...(member ? { member } : {}) };
}
