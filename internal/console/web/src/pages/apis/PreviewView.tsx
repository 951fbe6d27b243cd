import Alert from '@cloudscape-design/components/alert';
import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { ReactNode } from 'react';
import { failureText } from '../../aws/failure';
import { Diff } from '../../elements/Diff';
import { useName, type Kind } from '../../names/Named';
import { ResourceLabel, Sentence } from '../../names/ResourceLabel';
import { statusWords } from '../../names/Status';
import { nameInArn } from '../../names/texts';
import { formHref, href } from '../../hooks/router';
import { useWords, type Words } from '../../words/language';
import { usePreview, type Change, type PreviewFault } from './preview';

const en = { changes: 'What deploying changes', none: 'Nothing has changed', faults: 'What would fail', fine: 'No fault found', fineSoFar: 'No fault found in the configuration; what follows depends on the backend', advice: 'What depends on the backend', open: 'Open', trust: 'Edit trust policy', policies: 'Open role', added: 'added', changed: 'changed', removed: 'removed' };
const es: typeof en = { changes: 'Qué cambia al desplegar', none: 'No ha cambiado nada', faults: 'Qué fallaría', fine: 'No se encontró ningún fallo', fineSoFar: 'No se encontró ningún fallo en la configuración; lo que sigue depende del backend', advice: 'Qué depende del backend', open: 'Abrir', trust: 'Editar la relación de confianza', policies: 'Abrir el rol', added: 'se añade', changed: 'cambia', removed: 'se quita' };
const words: Words<typeof en> = { en, es };

/** What a deployment would change and what in it would fail clients, before it is made. */
export function PreviewView({ apiId, stage, deployment, leave }: { apiId: string; stage: string | undefined; deployment?: string; leave(): void }) {
  const w = useWords(words);
  const preview = usePreview(apiId, stage, deployment);
  if (preview.error) return <Alert type="warning">{failureText(preview.error)}</Alert>;
  if (!preview.value) return <Spinner />;
  const { changes, faults } = preview.value;
  const advice = faults.filter((fault) => fault.severity === 'advice');
  const failing = faults.filter((fault) => fault.severity !== 'advice');
  return (
    <SpaceBetween size="m">
      <div>
        <Box variant="h4">{w.changes}</Box>
        {changes.length === 0 ? <StatusIndicator type="info">{w.none}</StatusIndicator> : <Findings label={w.changes}><ul>{changes.map((change, at) => <ChangeLine key={at} api={apiId} change={change} />)}</ul></Findings>}
      </div>
      <div>
        <Box variant="h4">{failing.length > 0 ? `${w.faults} (${failing.length})` : w.faults}</Box>
        {failing.length === 0 && <StatusIndicator>{advice.length > 0 ? w.fineSoFar : w.fine}</StatusIndicator>}
        {failing.length > 0 && <Findings label={w.faults}><Faults apiId={apiId} faults={failing} leave={leave} /></Findings>}
      </div>
      {advice.length > 0 && (
        <ExpandableSection headerText={`${w.advice} (${advice.length})`} defaultExpanded={failing.length === 0}>
          <Findings label={w.advice}><Faults apiId={apiId} faults={advice} leave={leave} /></Findings>
        </ExpandableSection>
      )}
    </SpaceBetween>
  );
}

/** A list that scrolls in itself where it is long, so that the form below it stays in sight. */
function Findings({ label, children }: { label: string; children: ReactNode }) {
  return <section className="findings" tabIndex={0} aria-label={label}>{children}</section>;
}

function Faults({ apiId, faults, leave }: { apiId: string; faults: PreviewFault[]; leave(): void }) {
  const w = useWords(words);
  return (
    <SpaceBetween size="xs">
      {faults.map((fault, at) => (
        <Alert
          key={at}
          type={fault.severity === 'advice' ? 'info' : fault.severity}
          header={<><ResourceLabel api={apiId} resource={fault.resource} />{fault.field && <> · <code>{fault.field}</code></>}</>}
          action={
            <SpaceBetween direction="horizontal" size="xs">
              {fault.cause && <RoleOfFault cause={fault.cause} leave={leave} />}
              {fault.place && <Button href={whereToMend(apiId, fault)} onFollow={leave}>{w.open}</Button>}
            </SpaceBetween>
          }
        >
          <Sentence text={fault.message} />
        </Alert>
      ))}
    </SpaceBetween>
  );
}

/** The way to a role that the gateway may not use: to its trust policy, or to its policies. */
function RoleOfFault({ cause: { id, arguments: named = {} }, leave }: { cause: NonNullable<PreviewFault['cause']>; leave(): void }) {
  const w = useWords(words);
  const trust = id.startsWith('role.trust_');
  if (!named.arn || !(trust || id === 'role.may_not')) return null;
  return <Button href={formHref(['iam', 'roles', nameInArn(named.arn)], trust ? { form: 'trust' } : {})} onFollow={leave}>{trust ? w.trust : w.policies}</Button>;
}

/** The page of the resource, with the form open at the field: credentialsArn is CredentialsArn there. Responses have no form of their own address. */
function whereToMend(apiId: string, { place, field }: PreviewFault): string {
  const member = field?.split('.')[0] ?? '';
  const [list, id] = place!;
  const form = list === 'routes' ? 'route' : list === 'integrations' && member !== 'responseTemplates' ? 'integration' : undefined;
  const path = ['apis', apiId, ...place!];
  return id && form && member ? formHref(path, { form, field: member[0]!.toUpperCase() + member.slice(1) }) : href(...path);
}

const colors = { added: 'green', changed: 'blue', removed: 'red' } as const;

function ChangeLine({ api, change }: { api: string; change: Change }) {
  const w = useWords(words);
  const before = useValueName(api, change.field, change.before);
  const after = useValueName(api, change.field, change.after);
  return (
    <li>
      <Badge color={colors[change.kind]}>{w[change.kind]}</Badge> <ResourceLabel api={api} resource={change.resource} /> {change.field && <code>{change.field}</code>}
      {change.kind === 'changed' && <Diff before={before} after={after} />}
    </li>
  );
}

/** Members that hold the id of something else, "abc123" or "integrations/abc123", and of what. */
const referring: Record<string, Kind | undefined> = { target: 'integration', authorizerId: 'authorizer', connectionId: 'vpclink' };

/** A member's value as people know it: what it refers to by its name, AWS's words in the reader's. */
function useValueName(api: string, field = '', value: string | undefined): string | undefined {
  const statuses = useWords(statusWords);
  const kind = referring[field];
  const name = useName(kind, value?.split('/').at(-1), api);
  if (!value) return value;
  return kind ? name : field === 'authorizationType' ? (statuses[value] ?? value) : value;
}
