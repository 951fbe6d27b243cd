import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useState } from 'react';
import { failureText } from '../../aws/failure';
import type { Permission } from '../../aws/permissions';
import { listStages } from '../../aws/gatewayLists';
import { gatewayArn } from '../../aws/tagging';
import { Copyable } from '../../elements/Copyable';
import { Collection } from '../../form/Collection';
import { Confirm } from '../../form/Confirm';
import type { Resource } from '../../form/resource';
import { Sentence } from '../../names/ResourceLabel';
import { useConsole } from '../../hooks/console';
import { useLoaded, useRefreshed } from '../../hooks/loading';
import { useDenied } from '../../hooks/permissions';
import { go, href } from '../../hooks/router';
import { numberText } from '../../words/format';
import { useLanguage, useWords, type Words } from '../../words/language';
import { When } from '../../words/When';
import { StageHeader } from './StageHeader';

const en = {
  title: 'Dead letters',
  about: 'Calls that an asynchronous stage gave up: when, why, and a way to try them again.',
  none: 'There is nothing to show yet: the API has no stage.',
  stages: 'Stages',
  off: 'This stage calls its backends at once, without a queue. With the tag pasarela:async=true a backend may be away while clients connect and send.',
  tags: 'Stage settings',
  replay: 'Replay',
  replayAll: 'Replay all',
  replayed: (n: string) => `${n} in the queue again`,
  again: 'The backend is called again with each of them, in their order. It may have handled some of them already: their request IDs stay the same.',
  letters: (n: string) => `${n} dead letters`,
  more: (n: string) => `There are more: these are the oldest ${n}. Replay or delete some to see the others.`,
};
const es: typeof en = {
  title: 'Llamadas abandonadas',
  about: 'Llamadas que una etapa asíncrona abandonó: cuándo, por qué y cómo intentarlas otra vez.',
  none: 'Todavía no hay nada que mostrar: la API no tiene etapas.',
  stages: 'Etapas',
  off: 'Esta etapa llama a sus backends al momento, sin cola. Con la etiqueta pasarela:async=true el backend puede estar caído mientras los clientes se conectan y envían.',
  tags: 'Ajustes de la etapa',
  replay: 'Repetir',
  replayAll: 'Repetir todas',
  replayed: (n) => `Otra vez en la cola: ${n}`,
  again: 'Se vuelve a llamar al backend con cada una, en su orden. Puede que ya hubiera atendido algunas: su ID de petición no cambia.',
  letters: (n) => `${n} llamadas abandonadas`,
  more: (n) => `Hay más: estas son las ${n} más antiguas. Repite o elimina algunas para ver las demás.`,
};
const words: Words<typeof en> = { en, es };

/** A call from the queue of an asynchronous stage that was given up (async.md). */
interface DeadLetter {
  id: string;
  routeKey?: string;
  eventType?: string;
  connectionId?: string;
  requestId?: string;
  message?: string;
  queuedAt?: string;
  failedAt: string;
  reason: string;
}

/** How often the stage and its dead letters are read again, in milliseconds. */
const EVERY = 5000;
/** So many are read and shown at most. */
const MOST = 1000;
/** Characters of a message that a row shows. */
const SHOWN = 120;

/** The calls of the stages of an API that were given up. */
export default function DeadLettersPage({ apiId, stage }: { apiId: string; stage: string | undefined }) {
  const w = useWords(words);
  const { clients } = useConsole();
  const stages = useLoaded(() => listStages(clients, apiId), [clients, apiId]);
  useRefreshed(stages, EVERY);
  if (stages.error !== undefined) return <Alert type="error">{failureText(stages.error)}</Alert>;
  if (!stages.value) return <Spinner />;
  const chosen = stages.value.find((one) => one.StageName === stage) ?? stages.value[0];
  if (!chosen) return <Alert type="info" action={<Button onClick={() => go('apis', apiId, 'stages')}>{w.stages}</Button>}>{w.none}</Alert>;
  const name = chosen.StageName!;
  return (
    <SpaceBetween size="m">
      <StageHeader title={w.title} about={w.about} apiId={apiId} page="deadletters" stage={name} stages={stages.value.map((one) => one.StageName!)} />
      {chosen.Tags?.['pasarela:async'] !== 'true' && <Alert type="info" action={<Button onClick={() => go('apis', apiId, 'stages', name)}>{w.tags}</Button>}>{w.off}</Alert>}
      <DeadLetters apiId={apiId} stage={name} />
    </SpaceBetween>
  );
}

/** Those of one stage: why, and a way to try them again. */
function DeadLetters({ apiId, stage }: { apiId: string; stage: string }) {
  const w = useWords(words);
  const { language } = useLanguage();
  const { extension, facts } = useConsole();
  const [more, setMore] = useState(false);
  const path = `/pasarela/apis/${apiId}/stages/${stage}/dead-letters`;
  const on = (verb: string, id: string): Permission => ({ action: `pasarela:${verb}`, resource: gatewayArn(facts.region, `${path.slice(1)}/${id}`) });
  const resource: Resource<DeadLetter> = {
    title: { en: 'Calls of this stage', es: 'Llamadas de esta etapa' },
    about: { en: 'They are not tried again by themselves. The oldest first; they are kept for 14 days.', es: 'No se vuelven a intentar solas. Primero las más antiguas; se guardan 14 días.' },
    empty: { en: 'There are no dead letters. A call comes here when the backend refuses it or does not take it in time.', es: 'No hay llamadas abandonadas. Aquí aparecen las que el backend rechaza o no atiende a tiempo.' },
    columns: [
      { id: 'failed', header: { en: 'Given up at', es: 'Abandonada el' }, cell: (one) => <When at={one.failedAt} /> },
      { id: 'queued', header: { en: 'Queued at', es: 'Puesta en cola el' }, cell: (one) => <When at={one.queuedAt} /> },
      { id: 'event', minWidth: 140, header: { en: 'Event and route', es: 'Evento y ruta' }, cell: (one) => [one.eventType, one.routeKey].filter(Boolean).join(' ') || '–', below: (one) => one.connectionId && <Link href={href('explain', one.connectionId)}>{one.connectionId}</Link> },
      { id: 'reason', minWidth: 170, header: { en: 'Cause', es: 'Causa' }, cell: (one) => <Sentence text={one.reason} /> },
      { id: 'message', minWidth: 130, header: { en: 'Message', es: 'Mensaje' }, cell: (one) => (one.message ? <Copyable text={one.message} shown={shortened(one.message)} /> : '–') },
      { id: 'id', minWidth: 60, header: { en: 'ID', es: 'ID' }, cell: (one) => one.id },
    ],
    fields: [],
    keys: [extension, apiId, stage],
    id: (one) => one.id,
    name: (one) => one.id,
    permits: { remove: (one) => on('DELETE', one.id) },
    list: async () => {
      const { deadLetters, next } = await extension.get<{ deadLetters: DeadLetter[]; next?: string }>(path, { limit: String(MOST) });
      setMore(!!next);
      return deadLetters;
    },
    every: EVERY,
    remove: (one) => extension.remove(`${path}/${one.id}`),
    removeWarning: { en: 'The backend will never get these calls.', es: 'El backend no recibirá nunca estas llamadas.' },
    actions: (_, reload, chosen, all) => <Replay path={path} chosen={chosen} all={all} permission={(one) => on('POST', `${one.id}/replay`)} reload={reload} />,
  };
  return (
    <SpaceBetween size="m">
      {more && <Alert type="info">{w.more(numberText(language, MOST))}</Alert>}
      <Collection resource={resource} section />
    </SpaceBetween>
  );
}

interface ReplayProps {
  path: string;
  chosen: DeadLetter[];
  all: DeadLetter[];
  permission(one: DeadLetter): Permission;
  reload(): Promise<void>;
}

/** Puts calls back into the queue: those that are selected at once, all of them after a question. */
function Replay({ path, chosen, all, permission, reload }: ReplayProps) {
  const w = useWords(words);
  const { language } = useLanguage();
  const { extension, notify } = useConsole();
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const denied = useDenied(all.slice(0, 1).map(permission));
  const replay = async (letters: DeadLetter[]) => {
    // One after the other: the queue keeps the order of a connection's calls.
    let done = 0;
    try {
      for (const one of [...letters].sort((a, b) => Number(a.id) - Number(b.id))) {
        await extension.post(`${path}/${one.id}/replay`, undefined);
        done++;
      }
    } finally {
      if (done > 0) notify('success', w.replayed(numberText(language, done)));
      await reload();
    }
  };
  const now = async () => {
    setBusy(true);
    try {
      await replay(chosen);
    } catch (refusal) {
      notify('error', failureText(refusal));
    } finally {
      setBusy(false);
    }
  };
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button disabled={chosen.length === 0 || !!denied} disabledReason={denied} loading={busy} onClick={now}>{w.replay}</Button>
      <Button disabled={all.length === 0 || !!denied} disabledReason={denied} onClick={() => setAsking(true)}>{w.replayAll}</Button>
      {asking && <Confirm names={[w.letters(numberText(language, all.length))]} action={w.replayAll} warning={w.again} confirm={() => replay(all)} close={() => setAsking(false)} />}
    </SpaceBetween>
  );
}

function shortened(text: string): string {
  return text.length > SHOWN ? text.slice(0, SHOWN) + '…' : text;
}
