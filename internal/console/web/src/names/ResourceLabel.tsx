import { useLanguage } from '../words/language';
import { useName } from './Named';
import { sentence } from './texts';

/** What a preview speaks of, "Response 201 of integration abc1234", with the name of the integration: AWS gives it an id alone, and the server names all else. */
export function ResourceLabel({ api, resource }: { api: string; resource: string }) {
  const [whole = '', word = '', id] = /(integration|integración) ([a-z0-9]{6,10})$/i.exec(resource) ?? [];
  const name = useName(id ? 'integration' : undefined, id, api);
  return <>{id ? resource.slice(0, -whole.length) + `${word} ${name}` : resource}</>;
}

/** A sentence of the server as it stands alone. */
export function Sentence({ text }: { text: string }) {
  const { language } = useLanguage();
  return <>{sentence(language, text)}</>;
}
