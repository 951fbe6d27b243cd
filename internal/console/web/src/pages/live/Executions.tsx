import type { Route } from '@aws-sdk/client-apigatewayv2';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { listRoutes } from '../../aws/gatewayLists';
import { Copyable } from '../../elements/Copyable';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { href } from '../../hooks/router';
import { Named } from '../../names/Named';
import { numberText, whenText } from '../../words/format';
import { useLanguage, useWords, type Words } from '../../words/language';
import { Amount } from '../../words/When';
import { executionsOf, phasesOf, routeKeyOf, type Execution, type Phase, type Step } from './timeline';

const en = {
  phases: { gateway: 'Gateway', authorizer: 'Authorizer', request: 'Request template and parameters', backend: 'Backend', response: 'Integration response', client: 'Client', queue: 'Queue' } satisfies Record<Phase, string>,
  none: 'It took too little time to be measured.',
  steps: 'Steps',
  request: 'Request ID',
  route: 'Route',
  integration: 'Integration',
  given: 'Given up',
  letters: 'Dead letters',
};
const es: typeof en = {
  phases: { gateway: 'Pasarela', authorizer: 'Autorizador', request: 'Plantilla y parámetros de la petición', backend: 'Backend', response: 'Respuesta de la integración', client: 'Cliente', queue: 'Cola' },
  none: 'Tardó demasiado poco para medirlo.',
  steps: 'Pasos',
  request: 'ID de la petición',
  route: 'Ruta',
  integration: 'Integración',
  given: 'Se abandonó',
  letters: 'Llamadas abandonadas',
};
const words: Words<typeof en> = { en, es };

/** So many are shown with their steps; the list of all steps below has the others too. */
const SHOWN = 20;

/** Each event of a connection, the newest first: where its time went, and what was done step by step. The newest is open, and so are those that failed. */
export function Executions({ steps, apiId, stage }: { steps: Step[]; apiId: string | undefined; stage: string | undefined }) {
  const { clients } = useConsole();
  const routes = useLoaded(async () => (apiId ? listRoutes(clients, apiId) : []), [clients, apiId]);
  return (
    <SpaceBetween size="s">
      {executionsOf(steps).slice(0, SHOWN).map((one, i) => <OneExecution key={one.requestId} of={one} open={i === 0 || one.failed} apiId={apiId} stage={stage} route={routes.value?.find(({ RouteKey }) => RouteKey === routeKeyOf(one))} />)}
    </SpaceBetween>
  );
}

/** Without a route where none of the API has its key: it was removed, or the event is of another kind. */
function OneExecution({ of, open, apiId, stage, route }: { of: Execution; open: boolean; apiId: string | undefined; stage: string | undefined; route: Route | undefined }) {
  const w = useWords(words);
  const { language } = useLanguage();
  return (
    <ExpandableSection
      variant="footer"
      defaultExpanded={open}
      headerText={<StatusIndicator type={of.failed ? 'error' : 'success'}>{of.name} · <Amount of={of.millis} digits={2} unit="ms" /></StatusIndicator>}
      headerDescription={whenText(language, of.at)}
    >
      <SpaceBetween size="s">
        <KeyValuePairs
          columns={3}
          minColumnWidth={150}
          items={[
            { label: w.request, value: <Copyable text={of.requestId} /> },
            ...(route ? [{ label: w.route, value: <Link href={href('apis', apiId!, 'routes', route.RouteId!)}>{route.RouteKey}</Link> }] : []),
            ...(apiId && stage && of.steps.some((step) => step.deadLetter) ? [{ label: w.given, value: <Link href={href('apis', apiId, 'deadletters', stage)}>{w.letters}</Link> }] : []),
            ...(route?.Target ? [{ label: w.integration, value: <Named kind="integration" id={route.Target.replace(/^integrations\//, '')} api={apiId} /> }] : []),
          ]}
        />
        <Bar of={of} />
        <ol className="steps" aria-label={w.steps}>
          {of.steps.map((step, i) => (
            <li key={i} className={`phase-${step.phase}`}>
              <span className="after">+<Amount of={step.afterMillis} digits={2} unit="ms" /></span>
              <span className="frame-text">{step.level === 'error' ? <StatusIndicator type="error">{step.text}</StatusIndicator> : step.text}</span>
            </li>
          ))}
        </ol>
      </SpaceBetween>
    </ExpandableSection>
  );
}

/** The time of one event from left to right, and a legend that says the same in words. */
function Bar({ of }: { of: Execution }) {
  const w = useWords(words);
  const { language } = useLanguage();
  const phases = phasesOf(of);
  if (phases.length === 0) return <div>{w.none}</div>;
  const text = (phase: Phase, millis: number) => `${w.phases[phase]}: ${numberText(language, millis, 2)} ms`;
  return (
    <div>
      <div className="phases" aria-hidden="true">
        {of.stretches.map(({ phase, from, to }) => <span key={from} className={`phase-${phase}`} style={{ flexGrow: ((to - from) / of.millis) * 100 }} title={text(phase, to - from)} />)}
      </div>
      <ul className="legend">
        {phases.map(([phase, millis]) => <li key={phase} className={`phase-${phase}`}>{text(phase, millis)}</li>)}
      </ul>
    </div>
  );
}
