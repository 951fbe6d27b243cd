import { useLanguage } from '../words/language';
import { useName, type Kind } from './Named';
import { sentence } from './texts';

const kinds: Record<string, Kind | undefined> = { integration: 'integration', 'integración': 'integration', route: 'route', ruta: 'route', authorizer: 'authorizer', autorizador: 'authorizer' };

/** What a preview speaks of, "Response 201 of integration abc1234", by its name where AWS gives it an id. */
export function ResourceLabel({ api, resource }: { api: string; resource: string }) {
  const [whole = '', word = '', id] = /(integration|integración|route|ruta|authorizer|autorizador) ([a-z0-9]{6,10})$/i.exec(resource) ?? [];
  const name = useName(kinds[word.toLowerCase()], id, api);
  return <>{id ? resource.slice(0, -whole.length) + `${word} ${name}` : resource}</>;
}

/** A sentence of the server as it stands alone. */
export function Sentence({ text }: { text: string }) {
  const { language } = useLanguage();
  return <>{sentence(language, text)}</>;
}
