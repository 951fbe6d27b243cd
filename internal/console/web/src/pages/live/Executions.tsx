import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { Copyable } from '../../elements/Copyable';
import { numberText, whenText } from '../../words/format';
import { useLanguage, useWords, type Words } from '../../words/language';
import { Amount } from '../../words/When';
import { executionsOf, phasesOf, type Execution, type Phase, type Step } from './timeline';

const en = {
  phases: { gateway: 'Gateway', authorizer: 'Authorizer', request: 'Request template and parameters', backend: 'Backend', response: 'Integration response', client: 'Client' } satisfies Record<Phase, string>,
  none: 'It took too little time to be measured.',
  steps: 'Steps',
};
const es: typeof en = {
  phases: { gateway: 'Pasarela', authorizer: 'Autorizador', request: 'Plantilla y parámetros de la petición', backend: 'Backend', response: 'Respuesta de la integración', client: 'Cliente' },
  none: 'Tardó demasiado poco para medirlo.',
  steps: 'Pasos',
};
const words: Words<typeof en> = { en, es };

/** So many are shown with their steps; the list of all steps below has the others too. */
const SHOWN = 20;

/** Each event of a connection, the newest first: where its time went, and what was done step by step. The newest is open, and so are those that failed. */
export function Executions({ steps }: { steps: Step[] }) {
  return (
    <SpaceBetween size="s">
      {executionsOf(steps).slice(0, SHOWN).map((one, i) => <OneExecution key={one.requestId} of={one} open={i === 0 || one.failed} />)}
    </SpaceBetween>
  );
}

function OneExecution({ of, open }: { of: Execution; open: boolean }) {
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
        <Copyable text={of.requestId} />
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
