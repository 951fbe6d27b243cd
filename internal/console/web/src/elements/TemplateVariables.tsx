import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import { useLanguage, useWords, type Words } from '../words/language';
import { exampleTemplate, templateVariables } from './templateVariables';

const en = { insert: 'Insert', example: 'A template to begin with' };
const es: typeof en = { insert: 'Insertar', example: 'Una plantilla para empezar' };
const words: Words<typeof en> = { en, es };

/** Puts variables into a template where the cursor is; a whole one where there is none yet. */
export function TemplateVariables({ empty, insert }: { empty: boolean; insert(text: string): void }) {
  const w = useWords(words);
  const { language } = useLanguage();
  const groups = templateVariables.map(({ title, items }) => ({ id: title, text: title, items: items.map(({ text, what }) => ({ id: text, text, secondaryText: what[language] })) }));
  return (
    <div className="insert">
      <ButtonDropdown expandableGroups items={[...(empty ? [{ id: exampleTemplate, text: w.example }] : []), ...groups]} onItemClick={({ detail }) => insert(detail.id)}>{w.insert}</ButtonDropdown>
    </div>
  );
}
