import { SignatureV4 } from '@smithy/signature-v4';
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { failureText } from '../../aws/failure';
import { signedFetch } from '../../aws/signedFetch';
import { useConsole } from '../../hooks/console';
import { numberText } from '../../words/format';
import { useLanguage, useWords, type Words } from '../../words/language';

type Count = (n: string) => string;

const en = {
  title: 'Post to all connections with a tag', about: 'One call reaches every connection of this stage that has the tag, on all nodes.', tag: 'Tag', hint: 'A tag of a connection: those that it has stand below its ID.', hello: '{"hello":"everyone"}', message: 'Message', post: 'Post to all', refused: 'Nothing was posted',
  sent: ((n) => `${n} sent`) as Count, queued: ((n) => `${n} in the mailbox of a client that is away`) as Count, gone: ((n) => `${n} ended meanwhile`) as Count, refusedOf: ((n) => `${n} refused: too many messages wait for them`) as Count,
  none: 'No connection has this tag.', missing: 'Nodes that did not answer:',
};
const es: typeof en = {
  title: 'Enviar a todas las conexiones con una etiqueta', about: 'Una sola llamada llega a toda conexión de esta etapa que tenga la etiqueta, en todos los nodos.', tag: 'Etiqueta', hint: 'Una etiqueta de una conexión: las que tiene están bajo su ID.', hello: '{"hola":"a todos"}', message: 'Mensaje', post: 'Enviar a todas', refused: 'No se envió nada',
  sent: (n) => `Enviados: ${n}`, queued: (n) => `En el buzón de un cliente ausente: ${n}`, gone: (n) => `Se cerraron mientras tanto: ${n}`, refusedOf: (n) => `Rechazados porque ya tienen demasiados mensajes pendientes: ${n}`,
  none: 'Ninguna conexión tiene esta etiqueta.', missing: 'Nodos que no respondieron:',
};
const words: Words<typeof en> = { en, es };

/** What one post to many did (fanout.md). */
interface Posted {
  sent: number;
  queued: number;
  gone: number;
  refused: number;
  missingNodes?: string[];
}

/** Posts to every connection that has a tag: shown where the stage has pasarela:connectionTags. */
export function FanOut({ apiId, stage }: { apiId: string; stage: string }) {
  const w = useWords(words);
  const { language } = useLanguage();
  const { session } = useConsole();
  const [tag, setTag] = useState('');
  const [text, setText] = useState(w.hello);
  const [busy, setBusy] = useState(false);
  const [posted, setPosted] = useState<Posted>();
  const [refused, setRefused] = useState<string>();
  const post = async () => {
    setBusy(true);
    setRefused(undefined);
    setPosted(undefined);
    try {
      const signer = new SignatureV4({ service: 'execute-api', region: session.region, credentials: session, sha256: session.sha256 });
      const response = await signedFetch(signer, { method: 'POST', path: `/${apiId}/${stage}/@connections`, query: { tag: tag.trim() }, body: { type: 'application/octet-stream', text } });
      setPosted((await response.json()) as Posted);
    } catch (refusal) {
      setRefused(failureText(refusal));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Container header={<Header variant="h2" description={w.about}>{w.title}</Header>}>
      <SpaceBetween size="s">
        <FormField label={w.tag} description={w.hint} stretch><Input value={tag} spellcheck={false} autoComplete={false} onChange={({ detail }) => setTag(detail.value)} /></FormField>
        <FormField label={w.message} stretch><Input value={text} spellcheck={false} autoComplete={false} onChange={({ detail }) => setText(detail.value)} /></FormField>
        <Button loading={busy} disabled={!tag.trim()} onClick={post}>{w.post}</Button>
        {refused && <Alert type="error" header={w.refused}>{refused}</Alert>}
        {posted && <Alert type={posted.refused > 0 || posted.missingNodes?.length ? 'warning' : 'success'}>{summary(posted, w, (n) => numberText(language, n))}</Alert>}
      </SpaceBetween>
    </Container>
  );
}

/** What became of the message, without what is zero. */
function summary({ sent, queued, gone, refused, missingNodes = [] }: Posted, w: typeof en, count: (n: number) => string): string {
  const parts = [sent > 0 && w.sent(count(sent)), queued > 0 && w.queued(count(queued)), gone > 0 && w.gone(count(gone)), refused > 0 && w.refusedOf(count(refused))].filter(Boolean);
  if (missingNodes.length > 0) parts.push(`${w.missing} ${missingNodes.join(', ')}`);
  return parts.join(' · ') || w.none;
}
