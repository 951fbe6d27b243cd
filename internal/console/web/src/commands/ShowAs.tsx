import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { CopyButton } from '../elements/Copyable';
import { useWords, type Words } from '../words/language';

const en = { title: 'Show as commands' };
const es: typeof en = { title: 'Ver como comandos' };
const words: Words<typeof en> = { en, es };

/** The same change as AWS CLI commands and as a CloudFormation template. */
export function ShowAs({ cli, template }: { cli: string; template?: string }) {
  const w = useWords(words);
  const tabs = [{ id: 'cli', label: 'AWS CLI', content: <CopyBlock text={cli} /> }];
  if (template) tabs.push({ id: 'template', label: 'CloudFormation', content: <CopyBlock text={template} /> });
  return (
    <ExpandableSection headerText={w.title}>
      <Tabs tabs={tabs} />
    </ExpandableSection>
  );
}

/** Text to copy whole. */
export function CopyBlock({ text }: { text: string }) {
  return (
    <SpaceBetween size="xs">
      <CopyButton text={text} />
      <Box variant="code"><pre className="frame-text">{text}</pre></Box>
    </SpaceBetween>
  );
}
