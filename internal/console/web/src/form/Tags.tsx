import { tagChanges, type TagMap, type Tagging } from '../aws/tagging';
import { cliCommand } from '../commands/cli';
import { ShowAs } from '../commands/ShowAs';
import { useConsole } from '../hooks/console';
import { useLoaded } from '../hooks/loading';
import { useWords, type Words } from '../words/language';
import type { Field, Value } from './field';
import { ResourceForm } from './ResourceForm';

const en = { tags: 'Tags', saved: 'Saved' };
const es: typeof en = { tags: 'Etiquetas', saved: 'Se guardó' };
const words: Words<typeof en> = { en, es };

const fields: Field[] = [
  {
    name: 'Tags',
    kind: 'map',
    placeholder: 'team',
    label: { en: 'Tags', es: 'Etiquetas' },
    hint: {
      en: 'On a stage, tags that begin with pasarela: change its limits, such as pasarela:idleTimeoutSeconds.',
      es: 'En una etapa, las que empiezan por pasarela: cambian sus límites, como pasarela:idleTimeoutSeconds.',
    },
  },
];

export function TagsDialog({ name, tagging, close }: { name: string; tagging: Tagging; close(): void }) {
  const w = useWords(words);
  const { facts, notify } = useConsole();
  const before = useLoaded(tagging.read, [name]);
  if (before.loading) return null;
  const submit = async (value: Value) => {
    if (before.error) throw before.error;
    const { added, gone } = tagChanges(before.value!, value.Tags as TagMap);
    if (Object.keys(added).length > 0) await tagging.put(added);
    if (gone.length > 0) await tagging.drop(gone);
    notify('success', `${w.saved}: ${name}`);
  };
  const commands = (value: Value) => {
    const { added, gone } = tagChanges(before.value ?? {}, (value.Tags ?? {}) as TagMap);
    const calls = tagging.calls(added, gone);
    return calls.length > 0 && <ShowAs cli={calls.map(({ operation, input }) => cliCommand(tagging.service, operation, input, facts.endpoint)).join('\n\n')} />;
  };
  return <ResourceForm title={`${w.tags} · ${name}`} fields={fields} before={{ Tags: before.value ?? {} }} submit={submit} close={close} aside={commands} />;
}
