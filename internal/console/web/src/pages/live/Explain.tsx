import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useEffect } from 'react';
import { failureText } from '../../aws/failure';
import { sentence } from '../../names/ResourceLabel';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { commonWords } from '../../words/common';
import { useWords, type Words } from '../../words/language';
import { Executions } from './Executions';
import type { Timeline } from './timeline';
import { Amount, When } from '../../words/When';

const en = { title: 'Explain', when: 'Time', after: 'Elapsed', step: 'Step', what: 'What happened', node: 'Node', empty: 'Nothing is remembered about it.' };
const es: typeof en = { title: 'Explicación', when: 'Hora', after: 'Transcurrido', step: 'Paso', what: 'Qué pasó', node: 'Nodo', empty: 'No se recuerda nada de ella.' };
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
    <Container header={<Header variant="h2" description={id} actions={<Button iconName="refresh" ariaLabel={shell.reload} onClick={timeline.reload} />}>{w.title}</Header>}>
      {timeline.error !== undefined && <Alert type="warning">{failureText(timeline.error)}</Alert>}
      {timeline.loading && <Spinner />}
      {timeline.value && (
        <SpaceBetween size="m">
          <Alert type={timeline.value.failed ? 'error' : 'success'}>{sentence(timeline.value.summary)}</Alert>
          {timeline.value.missing?.map((one) => <Alert key={one.node} type="warning">{one.text}.</Alert>)}
          <Executions steps={timeline.value.steps} />
          <Table
            variant="embedded"
            items={timeline.value.steps}
            empty={<Box>{w.empty}</Box>}
            ariaLabels={{ tableLabel: w.title }}
            columnDefinitions={[
              { id: 'at', header: w.when, cell: (step) => <When at={step.at} part="millis" />, width: 130 },
              { id: 'after', header: w.after, cell: (step) => <>+<Amount of={step.afterMillis} digits={1} unit="ms" /></>, width: 110 },
              { id: 'name', header: w.step, cell: (step) => <StatusIndicator type={step.level}>{step.name}</StatusIndicator>, width: 220 },
              { id: 'node', header: w.node, cell: (step) => step.node, width: 110 },
              { id: 'text', header: w.what, cell: (step) => <span className="frame-text">{step.text}</span> },
            ]}
          />
        </SpaceBetween>
      )}
    </Container>
  );
}
