import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { Fragment, useEffect, useState } from 'react';
import { failureText } from '../../aws/failure';
import { listApis, listStages } from '../../aws/gatewayLists';
import { useConsole } from '../../hooks/console';
import { useLoaded, useRefreshed } from '../../hooks/loading';
import { useNewest } from '../../hooks/newest';
import { useWords, type Words } from '../../words/language';
import { KEPT, LogView, type Line } from './LogView';
import { logForm, writesLog } from './stageLogs';

const en = {
  title: 'Logs',
  about: (zone: string) => `The logs of all stages and functions, on all nodes, as they are written. Times are of ${zone}.`,
  off: 'No stage writes an execution log: “Execution log” is off at all of them. Set it to INFO or ERROR at the stage whose connections and messages you want to see here:',
  empty: 'There are no lines yet. Stages write them when their execution log is INFO or ERROR or they have an access log format; functions write what they print.',
};
const es: typeof en = {
  title: 'Registros',
  about: (zone) => `Los registros de todas las etapas y funciones, en todos los nodos, a medida que se escriben. Las horas son de ${zone}.`,
  off: 'Ninguna etapa escribe un registro de ejecución: «Registro de ejecución» está desactivado en todas. Ponlo en INFO o ERROR en la etapa cuyas conexiones y mensajes quieras ver aquí:',
  empty: 'Todavía no hay líneas. Las escriben las etapas cuyo registro de ejecución es INFO o ERROR o que tienen un formato de registro de acceso, y las funciones con todo lo que imprimen.',
};
const words: Words<typeof en> = { en, es };

/** How long to wait before a log is followed again whose server went away, in milliseconds. */
const AGAIN = 2000;

/** How often it is looked whether stages write logs, in milliseconds, and of how many of them the form is offered. */
const LOOKED = 10_000;
const OFFERED = 5;

/** Says that the execution log is off at every stage, and leads to where it is switched on. */
function Off({ apis }: { apis: ReadonlyMap<string, string> }) {
  const w = useWords(words);
  const { clients } = useConsole();
  const ofApi = async (apiId: string, name: string) => (await listStages(clients, apiId)).map((stage) => ({ apiId, name, stage }));
  const stages = useLoaded(async () => (await Promise.all([...apis].map(([apiId, name]) => ofApi(apiId, name)))).flat(), [clients, apis]);
  useRefreshed(stages, LOOKED);
  if (!stages.value?.length || stages.value.some(({ stage }) => writesLog(stage, 'execution'))) return null;
  return (
    <Alert type="info">
      {w.off}{' '}
      {stages.value.slice(0, OFFERED).map(({ apiId, name, stage }, i) => <Fragment key={`${apiId}/${stage.StageName}`}>{i > 0 && ', '}<Link href={logForm(apiId, stage.StageName!, 'execution')}>{name}/{stage.StageName}</Link></Fragment>)}
      {stages.value.length > OFFERED && ' …'}
    </Alert>
  );
}

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
      <SpaceBetween size="m">
        {apis.value && <Off apis={apis.value} />}
        <LogView key={search} name={w.title} search={search} lines={lines} apiNames={apis.value} error={error} empty={w.empty} />
      </SpaceBetween>
    </Container>
  );
}
