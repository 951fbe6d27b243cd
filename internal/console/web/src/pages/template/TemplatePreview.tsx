import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Textarea from '@cloudscape-design/components/textarea';
import { useEffect, useState } from 'react';
import { failureText } from '../../aws/failure';
import { useConsole } from '../../shell/console';
import { useWords, type Words } from '../../words/language';
import { firstSample, type Rendered, type SampleEvent } from './check';

const en = {
  template: 'Template',
  result: 'Rendered',
  query: 'Query string of the sample event',
  body: 'Body of the sample event (empty: $connect)',
  validJson: 'Valid JSON',
  notJson: 'This is not JSON: a backend that expects JSON will refuse it',
};
const es: typeof en = {
  template: 'Plantilla',
  result: 'Resultado',
  query: 'Parámetros del evento de muestra',
  body: 'Cuerpo del evento de muestra (vacío: $connect)',
  validJson: 'JSON válido',
  notJson: 'Esto no es JSON: un servidor que espere JSON lo rechazará',
};
const words: Words<typeof en> = { en, es };

/** A template beside what it renders for a sample event, by the server's own engine. */
export function TemplatePreview({ title, template }: { title?: string; template: string }) {
  const w = useWords(words);
  const [query, setQuery] = useState('reportType=ventas');
  const [body, setBody] = useState('');
  return (
    <SpaceBetween size="s">
      <ColumnLayout columns={2}>
        <FormField label={w.query} stretch><Input value={query} spellcheck={false} onChange={({ detail }) => setQuery(detail.value)} /></FormField>
        <FormField label={w.body} stretch><Textarea rows={1} value={body} spellcheck={false} onChange={({ detail }) => setBody(detail.value)} /></FormField>
      </ColumnLayout>
      <ColumnLayout columns={2} borders="vertical">
        <div>
          <Box variant="awsui-key-label">{w.template} {title}</Box>
          <pre className="frame-text">{template}</pre>
        </div>
        <RenderedTemplate template={template} query={query} body={body} />
      </ColumnLayout>
    </SpaceBetween>
  );
}

export function RenderedTemplate({ template, query, body }: { template: string; query: string; body: string }) {
  const w = useWords(words);
  const { extension } = useConsole();
  const [state, setState] = useState<{ rendered?: Rendered; error?: string }>({});
  useEffect(() => {
    const stop = new AbortController();
    const event: SampleEvent = {
      ...firstSample,
      eventType: body ? 'MESSAGE' : 'CONNECT',
      body,
      querystring: Object.fromEntries(new URLSearchParams(query)),
    };
    const wait = setTimeout(() => {
      extension
        .post<Rendered>('/pasarela/render', { template, event }, stop.signal)
        .then((rendered) => setState({ rendered }))
        .catch((error: unknown) => !stop.signal.aborted && setState({ error: failureText(error) }));
    }, 250);
    return () => {
      clearTimeout(wait);
      stop.abort();
    };
  }, [extension, template, query, body]);
  const rendered = state.rendered;
  return (
    <div aria-live="polite">
      <Box variant="awsui-key-label">{w.result}</Box>
      {state.error && <StatusIndicator type="error">{state.error}</StatusIndicator>}
      {rendered && <pre className="frame-text" data-testid="rendered">{rendered.output}</pre>}
      {rendered?.faults?.map((fault, at) => (
        <StatusIndicator key={at} type={fault.severity === 'warning' ? 'warning' : 'error'}>
          {fault.line}:{fault.column} {fault.message}
        </StatusIndicator>
      ))}
      {rendered && !rendered.faults?.length && (isJson(rendered.output) ? <StatusIndicator>{w.validJson}</StatusIndicator> : <StatusIndicator type="warning">{w.notJson}</StatusIndicator>)}
    </div>
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
