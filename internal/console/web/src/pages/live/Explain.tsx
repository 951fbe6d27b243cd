import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useEffect } from 'react';
import { failureText, isNotFound } from '../../aws/failure';
import { CopyButton } from '../../elements/Copyable';
import { Sentence } from '../../names/ResourceLabel';
import { href } from '../../hooks/router';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { commonWords } from '../../words/common';
import { useWords, type Words } from '../../words/language';
import { Executions } from './Executions';
import { Place, Withheld } from './Place';
import type { Timeline } from './timeline';

const en = { title: 'Explain', link: 'Copy link', nodes: 'Nodes:' };
const es: typeof en = { title: 'Explicación', link: 'Copiar el enlace', nodes: 'Nodos:' };
const words: Words<typeof en> = { en, es };

/** The timeline of a connection or of a refused handshake: its first line names the cause. It is read again when news grows. */
export function Explain({ id, news = 0 }: { id: string; news?: number }) {
  const w = useWords(words);
  const shell = useWords(commonWords);
  const { extension } = useConsole();
  const timeline = useLoaded(() => extension.get<Timeline>(`/pasarela/explain/${encodeURIComponent(id)}`), [extension, id]);
  const { reload } = timeline;
  useEffect(() => {
    if (news > 0) void reload();
  }, [news, reload]);
  return (
    <Container header={<Header variant="h2" actions={<SpaceBetween direction="horizontal" size="xs"><CopyButton text={location.origin + location.pathname + href('explain', id)} label={w.link} /><Button iconName="refresh" ariaLabel={shell.reload} onClick={timeline.reload} /></SpaceBetween>}>{w.title}</Header>}>
      {timeline.error !== undefined && <Alert type="warning">{isNotFound(timeline.error) ? <Sentence text={(timeline.error as Error).message} /> : failureText(timeline.error)}</Alert>}
      {timeline.loading && <Spinner />}
      {timeline.value && (
        <SpaceBetween size="m">
          <Alert type={timeline.value.failed ? 'error' : 'success'}><Sentence text={timeline.value.summary} /></Alert>
          <Withheld of={timeline.value} />
          <Place of={timeline.value} />
          {timeline.value.olderStages?.map((one) => <Alert key={`${one.apiId}/${one.stage}`} type="warning"><Sentence text={one.summary} /></Alert>)}
          {timeline.value.missing?.map((one) => <Alert key={one.node} type="warning">{one.text}.</Alert>)}
          <Executions steps={timeline.value.steps} apiId={timeline.value.apiId} stage={timeline.value.stage} />
          {timeline.value.nodes?.some(Boolean) && <Box color="text-body-secondary">{w.nodes} {timeline.value.nodes.join(', ')}</Box>}
        </SpaceBetween>
      )}
    </Container>
  );
}
