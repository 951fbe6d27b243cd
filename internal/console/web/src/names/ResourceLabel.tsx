import { useName, type Kind } from './Named';

const kinds: Record<string, Kind | undefined> = { integration: 'integration', 'integración': 'integration', route: 'route', ruta: 'route', authorizer: 'authorizer', autorizador: 'authorizer' };

/** What a preview speaks of, "Response 201 of integration abc1234", by its name where AWS gives it an id. */
export function ResourceLabel({ api, resource }: { api: string; resource: string }) {
  const [whole = '', word = '', id] = /(integration|integración|route|ruta|authorizer|autorizador) ([a-z0-9]{6,10})$/i.exec(resource) ?? [];
  const name = useName(kinds[word.toLowerCase()], id, api);
  return <>{id ? resource.slice(0, -whole.length) + `${word} ${name}` : resource}</>;
}

/** A sentence of the server as it stands alone: with a capital letter and a full stop. */
export function sentence(text: string): string {
  const full = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?:…]$/.test(full) ? full : full + '.';
}
