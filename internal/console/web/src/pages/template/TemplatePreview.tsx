import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Textarea from '@cloudscape-design/components/textarea';
import { useEffect, useState } from 'react';
import { gatewayArn } from '../../aws/tagging';
import { useDenied } from '../../hooks/permissions';
import { failureText } from '../../aws/failure';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { useWords, type Words } from '../../words/language';
import type { Rendered } from './check';
import { asEvent, guideSample, newestSample, samples, type Sent } from './samples';

const en = {
  template: (type: string) => `Template for ${type}`,
  result: 'Output: the body for',
  sample: 'Input: sample event',
  guide: 'From the guide',
  made: 'A message for this route',
  sent: 'Sent by the test client',
  captured: 'Sent by a client to the route',
  own: 'Custom',
  query: 'Query string',
  body: 'Body (empty for $connect)',
  line: 'Line',
  column: 'column',
  validJson: 'Valid JSON',
  notJson: 'This is not JSON. A backend that expects JSON will refuse it.',
};
const es: typeof en = {
  template: (type) => `Plantilla para ${type}`,
  result: 'Salida: el cuerpo con',
  sample: 'Entrada: evento de muestra',
  guide: 'De la guía',
  made: 'Un mensaje para esta ruta',
  sent: 'Enviado por el cliente de prueba',
  captured: 'Enviado por un cliente a la ruta',
  own: 'Personalizado',
  query: 'Parámetros de la URL',
  body: 'Cuerpo (vacío en $connect)',
  line: 'Línea',
  column: 'columna',
  validJson: 'JSON válido',
  notJson: 'Esto no es JSON. Un backend que espere JSON lo rechazará.',
};
const words: Words<typeof en> = { en, es };

interface Of {
  apiId: string;
  /** The route whose events the template gets, where it is known. */
  routeKey?: string;
  template: string;
}

/** What a template that is being written renders for a sample event: beside the editor the choice of it and the output, below the editor what is wrong. */
export function TemplateTrial({ apiId, routeKey, template }: Of) {
  const [sample, setSample] = useState(() => newestSample(routeKey));
  const state = useRendered(template, sample);
  return (
    <>
      <div className="trial-output">
        <SpaceBetween size="s">
          <SampleChoice apiId={apiId} sample={sample} choose={setSample} narrow />
          <Output of={state} sample={sample} />
        </SpaceBetween>
      </div>
      <Faults of={state} />
    </>
  );
}

/** A template beside what it renders for a sample event, by the server's own engine. */
export function TemplatePreview({ apiId, routeKey, title, template }: Of & { title: string }) {
  const w = useWords(words);
  const [sample, setSample] = useState(() => newestSample(routeKey));
  return (
    <SpaceBetween size="s">
      <SampleChoice apiId={apiId} sample={sample} choose={setSample} />
      <ColumnLayout columns={2} borders="vertical">
        <div>
          <Box variant="awsui-key-label">{w.template(title)}</Box>
          <pre className="frame-text">{template}</pre>
        </div>
        <RenderedTemplate template={template} sample={sample} />
      </ColumnLayout>
    </SpaceBetween>
  );
}

interface Captured {
  messages: { routeKey: string; body: string }[];
}

/** The event to try with: written by hand, sent by the test client, or a message that a client of the API sent. */
function SampleChoice({ apiId, sample, choose, narrow = false }: { apiId: string; sample: Sent; choose(sample: Sent): void; narrow?: boolean }) {
  const w = useWords(words);
  const { extension } = useConsole();
  const [first] = useState(sample);
  const captured = useLoaded(() => extension.get<Captured>(`/pasarela/apis/${apiId}/samples`), [extension, apiId]);
  const known = [
    { sent: guideSample, description: w.guide },
    ...(samples().some((sent) => isSame(sent, first)) || isSame(first, guideSample) ? [] : [{ sent: first, description: w.made }]),
    ...samples().map((sent) => ({ sent, description: w.sent })),
    ...(captured.value?.messages ?? []).map(({ routeKey, body }) => ({ sent: { eventType: 'MESSAGE' as const, query: '', body }, description: `${w.captured} ${routeKey}` })),
  ];
  const options = known.map(({ sent, description }, at) => ({ value: String(at), label: sampleText(sent) || sent.eventType, description: `${sent.eventType}: ${description}`, sent }));
  const choice = (
    <FormField label={w.sample} stretch>
      <Select
        selectedOption={options.find((option) => isSame(option.sent, sample)) ?? { value: '', label: w.own }}
        options={options}
        onChange={({ detail }) => choose(options[Number(detail.selectedOption.value)]!.sent)}
      />
    </FormField>
  );
  const query = <FormField label={w.query} stretch><Input value={sample.query} spellcheck={false} onChange={({ detail }) => choose({ ...sample, query: detail.value })} /></FormField>;
  const body = <FormField label={w.body} stretch><Textarea rows={1} value={sample.body} spellcheck={false} onChange={({ detail }) => choose({ ...sample, body: detail.value, eventType: detail.value ? 'MESSAGE' : 'CONNECT' })} /></FormField>;
  if (!narrow) return <ColumnLayout columns={3}>{choice}{query}{body}</ColumnLayout>;
  return (
    <SpaceBetween size="xs">
      {choice}
      <div className="pair">{query}{body}</div>
    </SpaceBetween>
  );
}

interface State {
  rendered?: Rendered;
  /** Why the signed-in key may not ask. */
  denied?: string;
  error?: string;
}

/** What a template renders for an event, asked for once nothing has been typed for a moment. */
function useRendered(template: string, sample: Sent): State {
  const { extension, facts } = useConsole();
  const denied = useDenied([{ action: 'pasarela:POST', resource: gatewayArn(facts.region, 'pasarela/render') }]);
  const [state, setState] = useState<State>({});
  useEffect(() => {
    const stop = new AbortController();
    const wait = setTimeout(() => {
      extension
        .post<Rendered>('/pasarela/render', { template, event: asEvent(sample) }, stop.signal)
        .then((rendered) => setState({ rendered }))
        .catch((error: unknown) => !stop.signal.aborted && setState({ error: failureText(error) }));
    }, 250);
    return () => {
      clearTimeout(wait);
      stop.abort();
    };
  }, [extension, template, sample]);
  return denied ? { denied } : state;
}

export function RenderedTemplate({ template, sample }: { template: string; sample: Sent }) {
  const state = useRendered(template, sample);
  return (
    <div>
      <Output of={state} sample={sample} />
      <Faults of={state} />
    </div>
  );
}

function Output({ of: { rendered, denied, error }, sample }: { of: State; sample: Sent }) {
  const w = useWords(words);
  const failed = rendered?.faults?.some((fault) => fault.severity !== 'warning');
  return (
    <div aria-live="polite">
      <Box variant="awsui-key-label">{w.result} <code>{sample.eventType} {shortened(sampleText(sample))}</code></Box>
      {denied && <StatusIndicator type="info">{denied}</StatusIndicator>}
      {error && <StatusIndicator type="error">{error}</StatusIndicator>}
      {rendered && <pre className="frame-text rendered" tabIndex={0} data-testid="rendered">{rendered.output}</pre>}
      {rendered && !failed && (isJson(rendered.output) ? <StatusIndicator type={rendered.faults?.length ? 'info' : 'success'}>{w.validJson}</StatusIndicator> : <StatusIndicator type="warning">{w.notJson}</StatusIndicator>)}
    </div>
  );
}

function Faults({ of: { rendered } }: { of: State }) {
  const w = useWords(words);
  return (
    <div aria-live="polite">
      {rendered?.faults?.map((fault, at) => (
        <StatusIndicator key={at} type={fault.severity === 'warning' ? 'warning' : 'error'}>
          {w.line} {fault.line}, {w.column} {fault.column}: {fault.message}
        </StatusIndicator>
      ))}
    </div>
  );
}

/** What an event brings: its query string, else its body. */
const sampleText = ({ query, body }: Sent) => (query ? `?${query}` : body);

/** Characters of an event that a label shows. */
const SHOWN = 60;
const shortened = (text: string) => (text.length > SHOWN ? text.slice(0, SHOWN) + '…' : text);

const isSame = (one: Sent, other: Sent) => JSON.stringify(one) === JSON.stringify(other);

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
