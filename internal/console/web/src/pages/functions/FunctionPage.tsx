import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { failureText } from '../../aws/failure';
import type { Invocation, LambdaFunction } from '../../aws/lambda';
import { cliCommand, shellQuote } from '../../commands/cli';
import { ShowAs } from '../../commands/ShowAs';
import { Copyable } from '../../elements/Copyable';
import { useConsole } from '../../hooks/console';
import { useLambda } from '../../hooks/lambda';
import { useLoaded } from '../../hooks/loading';
import { useDenied } from '../../hooks/permissions';
import { formHref, href, useOpenForm } from '../../hooks/router';
import { RoleLink } from '../../names/RoleLink';
import { commonWords } from '../../words/common';
import { useWords, type Words } from '../../words/language';
import { Amount, When } from '../../words/When';
import { FunctionState } from './FunctionState';
import { NotRun } from './NotRun';
import { UpdateCode } from './UpdateCode';

const en = {
  state: 'Status', runtime: 'Runtime', handler: 'Handler', role: 'Role', timeout: 'Timeout', memory: 'Memory', code: 'Size of the code', changed: 'Last changed', variables: 'Environment variables',
  test: 'Invoke', about: 'Runs the function once with this event. It may really send messages and write data.', event: 'Event (JSON)', invalid: 'This is not valid JSON',
  returned: 'The function returned', raised: 'The function failed', refused: 'It was not invoked', log: 'What it printed', logs: 'View log', edit: 'Edit', update: 'Update code', none: 'It printed nothing.',
};
const es: typeof en = {
  state: 'Estado', runtime: 'Entorno de ejecución', handler: 'Controlador', role: 'Rol', timeout: 'Tiempo límite', memory: 'Memoria', code: 'Tamaño del código', changed: 'Último cambio', variables: 'Variables de entorno',
  test: 'Invocar', about: 'Ejecuta la función una vez con este evento. Puede enviar mensajes y escribir datos de verdad.', event: 'Evento (JSON)', invalid: 'No es JSON válido',
  returned: 'La función devolvió', raised: 'La función falló', refused: 'No se invocó', log: 'Lo que imprimió', logs: 'Ver el registro', edit: 'Editar', update: 'Actualizar el código', none: 'No imprimió nada.',
};
const words: Words<typeof en> = { en, es };

/** One function: how it is set up, and a place to invoke it. */
export function FunctionPage({ name }: { name: string }) {
  const w = useWords(words);
  const shell = useWords(commonWords);
  const lambda = useLambda();
  const { form, open, close } = useOpenForm();
  const { value: found, error, reload } = useLoaded(() => lambda.get(name), [lambda, name]);
  if (error !== undefined) return <Alert type="error" header={shell.failed}>{failureText(error)}</Alert>;
  if (!found) return <Spinner />;
  return (
    <SpaceBetween size="l">
      <NotRun />
      <Container header={<Header variant="h1" description={found.Description} actions={<Actions of={found} update={() => open('code')} />}>{name}</Header>}>
        <KeyValuePairs
          columns={3}
          items={[
            { label: w.state, value: <FunctionState of={found} /> },
            { label: w.runtime, value: found.Runtime ?? '–' },
            { label: w.handler, value: found.Handler ?? '–' },
            { label: 'ARN', value: <Copyable text={found.FunctionArn} /> },
            { label: w.role, value: <RoleLink arn={found.Role} /> },
            { label: w.timeout, value: <Amount of={found.Timeout} unit="s" /> },
            { label: w.memory, value: <Amount of={found.MemorySize} unit="MB" /> },
            { label: w.code, value: <Amount of={found.CodeSize} unit="bytes" /> },
            { label: w.changed, value: <When at={found.LastModified} /> },
            { label: w.variables, value: Object.keys(found.Environment?.Variables ?? {}).join(', ') || '–' },
          ]}
        />
      </Container>
      <Invoke name={name} arn={found.FunctionArn} />
      {form === 'code' && <UpdateCode of={found} reload={reload} close={close} />}
    </SpaceBetween>
  );
}

function Actions({ of: { FunctionName, FunctionArn }, update }: { of: LambdaFunction; update(): void }) {
  const w = useWords(words);
  const denied = useDenied([{ action: 'lambda:UpdateFunctionCode', resource: FunctionArn }]);
  const denies = useDenied([{ action: 'lambda:UpdateFunctionConfiguration', resource: FunctionArn }]);
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button href={href('logs', `/aws/lambda/${FunctionName}`)}>{w.logs}</Button>
      <Button disabled={!!denies} disabledReason={denies} href={formHref(['functions'], { form: 'functions-edit', of: FunctionName })}>{w.edit}</Button>
      <Button disabled={!!denied} disabledReason={denied} onClick={update}>{w.update}</Button>
    </SpaceBetween>
  );
}

function Invoke({ name, arn }: { name: string; arn: string }) {
  const w = useWords(words);
  const { facts } = useConsole();
  const lambda = useLambda();
  const denied = useDenied([{ action: 'lambda:InvokeFunction', resource: arn }]);
  const [event, setEvent] = useState('{}');
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string>();
  const [result, setResult] = useState<Invocation>();
  const valid = isJSON(event);
  const run = async () => {
    setBusy(true);
    setRefused(undefined);
    setResult(undefined);
    try {
      setResult(await lambda.invoke(name, event));
    } catch (refusal) {
      setRefused(failureText(refusal));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Container header={<Header variant="h2" description={w.about}>{w.test}</Header>}>
      <SpaceBetween size="m">
        <FormField label={w.event} errorText={valid ? undefined : w.invalid} stretch>
          <Textarea value={event} rows={6} spellcheck={false} onChange={({ detail }) => setEvent(detail.value)} />
        </FormField>
        <Button variant="primary" loading={busy} disabled={!valid || !!denied} disabledReason={denied} onClick={run}>{w.test}</Button>
        <ShowAs cli={`printf '%s' ${shellQuote(event)} | ${cliCommand('lambda', 'Invoke', { FunctionName: name, Payload: 'fileb:///dev/stdin' }, facts.endpoint)} /dev/stdout`} />
        {refused && <Alert type="error" header={w.refused}>{refused}</Alert>}
        {result && (
          <SpaceBetween size="s">
            <StatusIndicator type={result.functionError ? 'error' : 'success'}>{result.functionError ? w.raised : w.returned} · <Amount of={result.millis} digits={1} unit="ms" /></StatusIndicator>
            <pre className="frame-text">{result.payload}</pre>
            <Box variant="awsui-key-label">{w.log}</Box>
            {result.log ? <pre className="frame-text log" tabIndex={0} aria-label={w.log}>{result.log}</pre> : <Box color="text-body-secondary">{w.none}</Box>}
          </SpaceBetween>
        )}
      </SpaceBetween>
    </Container>
  );
}

function isJSON(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
