import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Table from '@cloudscape-design/components/table';
import type { Stage } from '@aws-sdk/client-apigatewayv2';
import { useConsole } from '../../hooks/console';
import { useLanguage, useWords, type Words } from '../../words/language';
import { settingHint, settingLabel, settingsTitle, settingTag, settingText } from './stageSettings';

const en = { about: 'What AWS has no setting for: resume, asynchronous calls, connection tags, idle time, sizes. Each is a tag of the stage and acts at once.', set: (n: number) => (n === 1 ? '1 set' : `${n} set`), name: 'Setting', value: 'Value', does: 'What it does', usual: 'default', edit: 'Edit settings' };
const es: typeof en = { about: 'Lo que AWS no tiene: reanudación, llamadas asíncronas, etiquetas de conexión, inactividad, tamaños. Cada ajuste es una etiqueta de la etapa y tiene efecto al momento.', set: (n: number) => (n === 1 ? '1 fijado' : `${n} fijados`), name: 'Ajuste', value: 'Valor', does: 'Qué hace', usual: 'por defecto', edit: 'Editar los ajustes' };
const words: Words<typeof en> = { en, es };

/** The settings of a stage that AWS does not have, and where they are edited: nothing on a server that offers only what AWS has. */
export function SettingsOfStage({ stage, edit }: { stage: Stage; edit: string }) {
  const w = useWords(words);
  const title = useWords(settingsTitle);
  const { language } = useLanguage();
  const { stageSettings = [] } = useConsole().facts;
  if (stageSettings.length === 0) return null;
  const tags = stage.Tags ?? {};
  const set = stageSettings.filter((one) => settingTag(one) in tags).length;
  return (
    <ExpandableSection variant="container" defaultExpanded={set > 0} headerText={title} headerCounter={`(${w.set(set)})`} headerDescription={w.about} headerActions={<Button href={edit}>{w.edit}</Button>}>
      <Table
        variant="embedded"
        wrapLines
        items={stageSettings}
        ariaLabels={{ tableLabel: title }}
        columnDefinitions={[
          { id: 'name', header: w.name, isRowHeader: true, minWidth: 200, cell: (one) => settingLabel(one)[language] },
          { id: 'value', header: w.value, minWidth: 140, cell: (one) => <SettingValue text={tags[settingTag(one)]} shown={(text) => settingText(one, text)[language]} usual={one.default ?? ''} word={w.usual} /> },
          { id: 'does', header: w.does, minWidth: 240, cell: (one) => <Box color="text-body-secondary">{settingHint(one)[language]}</Box> },
        ]}
      />
    </ExpandableSection>
  );
}

/** What holds: the tag's value, which stands out, or the default. */
function SettingValue({ text, shown, usual, word }: { text: string | undefined; shown(text: string): string; usual: string; word: string }) {
  return text === undefined ? <Box color="text-body-secondary">{shown(usual)} ({word})</Box> : <Badge color="blue">{shown(text)}</Badge>;
}
