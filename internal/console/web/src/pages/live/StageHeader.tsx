import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { go } from '../../hooks/router';
import { useWords, type Words } from '../../words/language';

const en = { stage: 'Stage' };
const es: typeof en = { stage: 'Etapa' };
const words: Words<typeof en> = { en, es };

interface Props {
  title: string;
  about?: string;
  apiId: string;
  /** The page's own part of the address, before the stage. */
  page: string;
  stage: string;
  stages: string[];
}

/** The head of a page about one stage of an API, with a choice of the stage. */
export function StageHeader({ title, about, apiId, page, stage, stages }: Props) {
  const w = useWords(words);
  return (
    <Header
      variant="h1"
      description={about}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Box padding={{ top: 'xxs' }}>{w.stage}</Box>
          <Select ariaLabel={w.stage} selectedOption={{ value: stage }} options={stages.map((value) => ({ value }))} onChange={({ detail }) => go('apis', apiId, page, detail.selectedOption.value!)} />
        </SpaceBetween>
      }
    >
      {title}
    </Header>
  );
}
