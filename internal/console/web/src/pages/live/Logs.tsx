import type { Stage } from '@aws-sdk/client-apigatewayv2';
import Link from '@cloudscape-design/components/link';
import { useEffect, useState } from 'react';
import { failureText } from '../../aws/failure';
import { useConsole } from '../../hooks/console';
import { useWords, type Words } from '../../words/language';
import { KEPT, LogView } from './LogView';
import { useMissing, type OfNodes } from './Missing';
import { logForm, writesLog, type LogKind } from './stageLogs';

const en = {
  empty: 'There are no lines yet. They appear here as they are written.',
  off: { execution: 'The stage writes no execution log: its “Execution log” is off. Set it to INFO or ERROR.', access: 'The stage writes no access log: it needs an “Access log format” and an “Access log destination”.' },
  edit: (stage: string) => `Edit stage ${stage}`,
  execution: 'Execution log',
  access: 'Access log',
};
const es: typeof en = {
  empty: 'Todavía no hay líneas. Aparecen aquí a medida que se escriben.',
  off: { execution: 'La etapa no escribe registro de ejecución: su «Registro de ejecución» está desactivado. Ponlo en INFO o ERROR.', access: 'La etapa no escribe registro de acceso: necesita «Formato del registro de acceso» y «Destino del registro de acceso».' },
  edit: (stage) => `Editar la etapa ${stage}`,
  execution: 'Registro de ejecución',
  access: 'Registro de acceso',
};
const words: Words<typeof en> = { en, es };

interface LogPage extends OfNodes {
  lines: { sequence: number; text: string; node: string }[];
  /** Where to go on in the log of each node: the next question is for lines after it. */
  next: string;
}

/** How long there is from one question to the next at least, in milliseconds: a busy stage has a line at every moment. */
const PAUSE = 250;

/** Follows a log of a stage: each question waits at the server until there is a line to answer with. */
export function Logs({ apiId, stage, kind, of }: { apiId: string; stage: string; kind: LogKind; of: Stage | undefined }) {
  const w = useWords(words);
  const { extension } = useConsole();
  const [lines, setLines] = useState<LogPage['lines']>([]);
  const [error, setError] = useState<string>();
  const [missing, take] = useMissing();
  useEffect(() => {
    const stop = new AbortController();
    const follow = async () => {
      let after = '-1';
      while (!stop.signal.aborted) {
        const pause = new Promise((resolve) => setTimeout(resolve, PAUSE));
        const page = await extension.get<LogPage>(`/pasarela/apis/${apiId}/stages/${stage}/logs`, { kind, after, wait: '20' }, stop.signal);
        take(page);
        after = page.next;
        if (page.lines.length) setLines((old) => [...old, ...page.lines].slice(-KEPT));
        await pause;
      }
    };
    follow().catch((refusal: unknown) => !stop.signal.aborted && setError(failureText(refusal)));
    return () => stop.abort();
  }, [extension, apiId, stage, kind, take]);
  const several = new Set(lines.map((line) => line.node)).size > 1;
  const shown = lines.map(({ node, sequence, text }) => ({ key: `${node}:${sequence}`, text: several ? `${node} | ${text}` : text }));
  return <LogView name={w[kind]} lines={shown} error={error} missing={missing} empty={of && !writesLog(of, kind) ? <>{w.off[kind]} <Link href={logForm(apiId, stage, kind)}>{w.edit(stage)}</Link></> : w.empty} />;
}
