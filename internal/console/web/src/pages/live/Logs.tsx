import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TextFilter from '@cloudscape-design/components/text-filter';
import Link from '@cloudscape-design/components/link';
import Toggle from '@cloudscape-design/components/toggle';
import { useEffect, useRef, useState } from 'react';
import { failureText } from '../../aws/failure';
import { href } from '../../hooks/router';
import { useConsole } from '../../hooks/console';
import { useWords, type Words } from '../../words/language';
import { linked, matching } from './logLines';
import { useMissing, type OfNodes } from './Missing';

const en = {
  filter: 'Find in the log',
  follow: 'Follow',
  count: (n: number, of: number) => `${n} of ${of} lines`,
  empty: 'There are no lines yet. They appear here as they are written.',
  off: 'To see lines, set the execution log of the stage to INFO or ERROR, or give it an access log format.',
};
const es: typeof en = {
  filter: 'Buscar en el registro',
  follow: 'Seguir',
  count: (n: number, of: number) => `${n} de ${of} líneas`,
  empty: 'Todavía no hay líneas. Aparecen aquí a medida que se escriben.',
  off: 'Para ver líneas, pon el registro de ejecución de la etapa en INFO o ERROR, o dale un formato de registro de acceso.',
};
const words: Words<typeof en> = { en, es };

interface LogPage extends OfNodes {
  lines: { sequence: number; text: string; node: string }[];
  /** Where to go on in the log of each node: the next question is for lines after it. */
  next: string;
}

const KEPT = 2000;

/** Follows a log: each question waits at the server until there is a line to answer with. */
export function Logs({ apiId, stage, kind }: { apiId: string; stage: string; kind: 'execution' | 'access' }) {
  const w = useWords(words);
  const { extension } = useConsole();
  const [lines, setLines] = useState<LogPage['lines']>([]);
  const [error, setError] = useState<string>();
  const [missing, take] = useMissing();
  const [filter, setFilter] = useState('');
  useEffect(() => {
    const stop = new AbortController();
    const follow = async () => {
      let after = '-1';
      while (!stop.signal.aborted) {
        const page = await extension.get<LogPage>(`/pasarela/apis/${apiId}/stages/${stage}/logs`, { kind, after, wait: '20' }, stop.signal);
        take(page);
        after = page.next;
        if (page.lines.length) setLines((old) => [...old, ...page.lines].slice(-KEPT));
      }
    };
    follow().catch((refusal: unknown) => !stop.signal.aborted && setError(failureText(refusal)));
    return () => stop.abort();
  }, [extension, apiId, stage, kind, take]);
  const several = new Set(lines.map((line) => line.node)).size > 1;
  const shown = matching(lines, filter);
  const [following, setFollowing] = useState(true);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (following && end.current) end.current.scrollTop = end.current.scrollHeight;
  }, [following, shown.length, lines]);
  return (
    <SpaceBetween size="s">
      {missing}
      {error && <Alert type="error">{error}</Alert>}
      <SpaceBetween direction="horizontal" size="l" alignItems="center">
        <TextFilter
          filteringText={filter}
          filteringPlaceholder={w.filter}
          filteringAriaLabel={w.filter}
          countText={filter ? w.count(shown.length, lines.length) : undefined}
          onChange={({ detail }) => setFilter(detail.filteringText)}
        />
        <Toggle checked={following} onChange={({ detail }) => setFollowing(detail.checked)}>{w.follow}</Toggle>
      </SpaceBetween>
      {shown.length === 0 && <Box color="text-body-secondary">{w.empty} {w.off}</Box>}
      <div ref={end} className="frame-text log" role="log" tabIndex={0} aria-label={kind}>
        {shown.map((line) => <div key={`${line.node}:${line.sequence}`}>{several ? `${line.node} | ` : ''}{linked(line.text).map((part, i) => (part.id ? <Link key={i} fontSize="inherit" href={href('explain', part.id)}>{part.text}</Link> : part.text))}</div>)}
      </div>
    </SpaceBetween>
  );
}
