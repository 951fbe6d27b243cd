import Box from '@cloudscape-design/components/box';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useWords, type Words } from '../words/language';

const en = { title: 'Show as commands', copy: 'Copy', copied: 'Copied', failed: 'The browser did not let it be copied' };
const es: typeof en = { title: 'Ver como comandos', copy: 'Copiar', copied: 'Copiado', failed: 'El navegador no dejó copiarlo' };
const words: Words<typeof en> = { en, es };

/** The same change as AWS CLI commands and as a CloudFormation template. */
export function ShowAs({ cli, template }: { cli: string; template?: string }) {
  const w = useWords(words);
  const tabs = [{ id: 'cli', label: 'AWS CLI', content: <Copyable text={cli} /> }];
  if (template) tabs.push({ id: 'template', label: 'CloudFormation', content: <Copyable text={template} /> });
  return (
    <ExpandableSection headerText={w.title}>
      <Tabs tabs={tabs} />
    </ExpandableSection>
  );
}

function Copyable({ text }: { text: string }) {
  const w = useWords(words);
  return (
    <SpaceBetween size="xs">
      <CopyToClipboard copyButtonText={w.copy} copySuccessText={w.copied} copyErrorText={w.failed} textToCopy={text} />
      <Box variant="code"><pre className="frame-text">{text}</pre></Box>
    </SpaceBetween>
  );
}
