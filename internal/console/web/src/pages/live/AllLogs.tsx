import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { useEffect, useState } from 'react';
import { failureText } from '../../aws/failure';
import { listApis } from '../../aws/gatewayLists';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { useNewest } from '../../hooks/newest';
import { useWords, type Words } from '../../words/language';
import { KEPT, LogView, type Line } from './LogView';

const en = {
  title: 'Logs',
  about: (zone: string) => `The logs of all stages and functions, on all nodes, as they are written. Times are of ${zone}.`,
  empty: 'There are no lines yet. Stages write them when their execution log is INFO or ERROR or they have an access log format; functions write what they print.',
};
const es: typeof en = {
  title: 'Registros',
  about: (zone) => `Los registros de todas las etapas y funciones, en todos los nodos, a medida que se escriben. Las horas son de ${zone}.`,
  empty: 'Todavía no hay líneas. Las escriben las etapas cuyo registro de ejecución es INFO o ERROR o que tienen un formato de registro de acceso, y las funciones con todo lo que imprimen.',
};
const words: Words<typeof en> = { en, es };

/** How long to wait before a log is followed again whose server went away, in milliseconds. */
const AGAIN = 2000;

/** All that stages and functions log, searched for what the address says. */
export default function AllLogs({ search }: { search: string | undefined }) {
  const w = useWords(words);
  const { clients, extension } = useConsole();
  const apis = useLoaded(async () => new Map((await listApis(clients)).map(({ ApiId = '', Name = '' }) => [ApiId, Name])), [clients]);
  const { items: lines, add } = useNewest<Line>(KEPT);
  const [error, setError] = useState<string>();
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const follow = async () => {
      let key = 0;
      let begun = false;
      try {
        await extension.lines('/pasarela/logs', { follow: 'true' }, stop.signal, (texts) => {
          setError(undefined);
          const more = texts.map((text) => ({ key: String(key++), text }));
          const first = !begun;
          begun = true;
          add(more, first); // a server begins with what it has kept
        });
      } catch (refusal) {
        if (!stop.signal.aborted) setError(failureText(refusal));
      }
      if (!stop.signal.aborted) timer = setTimeout(() => void follow(), AGAIN);
    };
    void follow();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [extension, add]);
  return (
    <Container header={<Header variant="h1" description={w.about(Intl.DateTimeFormat().resolvedOptions().timeZone)}>{w.title}</Header>}>
      <LogView key={search} name={w.title} search={search} lines={lines} apiNames={apis.value} error={error} empty={w.empty} />
    </Container>
  );
}
