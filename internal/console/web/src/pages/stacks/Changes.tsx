import type { ResourceChange, ResourceChangeDetail } from '@aws-sdk/client-cloudformation';
import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { Diff } from '../../elements/Diff';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { useLanguage, useWords, type Words } from '../../words/language';
import { Amount } from '../../words/When';
import { flat, kindOf, kinds, plannedName, type Kind, type Planned } from './changeSets';
import { withNames, type Known } from './names';

const en = {
  delete: 'delete', replace: 'replace', maybe: 'perhaps replace', change: 'change', create: 'create', leave: 'leave as it is',
  deleted: 'It is deleted; no Undo brings it back.',
  replaced: 'A new one is created in its place, and this one is deleted.',
  replacedKept: 'A new one is created in its place; this one is left as it is, outside of the stack.',
  mayReplace: 'Whether a new one is created and this one deleted depends on a value that is known only when the change set is executed.',
  left: 'It is no longer part of the stack; it stays as it is.',
  always: 'cannot be changed without a replacement',
  conditionally: 'may need a replacement',
  known: 'known only when the change set is executed',
  from: 'follows from',
  besides: 'None of the resources changes; tags, outputs or settings of the stack do.',
};
const es: typeof en = {
  delete: 'eliminar', replace: 'reemplazar', maybe: 'quizá reemplazar', change: 'cambiar', create: 'crear', leave: 'dejar como está',
  deleted: 'Se elimina y no se puede deshacer.',
  replaced: 'Se crea otro en su lugar y este se elimina.',
  replacedKept: 'Se crea otro en su lugar; este se queda como está, fuera de la pila.',
  mayReplace: 'Que se cree otro y este se elimine depende de un valor que solo se sabrá al ejecutar el conjunto de cambios.',
  left: 'Deja de ser parte de la pila y se queda como está.',
  always: 'no se puede cambiar sin reemplazar el recurso',
  conditionally: 'quizá obligue a reemplazar el recurso',
  known: 'solo se sabrá al ejecutar el conjunto de cambios',
  from: 'depende de',
  besides: 'No cambia ningún recurso; sí etiquetas, salidas o ajustes de la pila.',
};
const words: Words<typeof en> = { en, es };

const colors = { delete: 'red', replace: 'red', maybe: 'red', change: 'blue', create: 'green', leave: 'grey' } as const;

/** What a change set changes: how many of each kind, then each resource by its name in the template. */
export function Changes({ planned }: { planned: Planned[] }) {
  const w = useWords(words);
  const { clients } = useConsole();
  const { language } = useLanguage();
  const all = flat(planned);
  // The names are a help: the changes are there before them.
  const known = useLoaded(() => withNames(clients, all.filter((one) => one.PhysicalResourceId).map(asResource), language), [planned, clients, language]);
  if (all.length === 0) return <Box>{w.besides}</Box>;
  const counted = (kind: Kind) => all.filter((one) => kindOf(one) === kind).length;
  return (
    <div>
      <SpaceBetween direction="horizontal" size="xs">
        {kinds.filter((kind) => counted(kind) > 0).map((kind) => <Badge key={kind} color={colors[kind]}>{w[kind]}: <Amount of={counted(kind)} /></Badge>)}
      </SpaceBetween>
      <Lines planned={planned} known={known.value ?? []} />
    </div>
  );
}

const asResource = ({ LogicalResourceId, PhysicalResourceId, ResourceType }: ResourceChange) => ({ LogicalResourceId, PhysicalResourceId, ResourceType, LastUpdatedTimestamp: undefined, ResourceStatus: undefined });

function Lines({ planned, known }: { planned: Planned[]; known: Known[] }) {
  const sorted = kinds.flatMap((kind) => planned.filter((one) => kindOf(one) === kind));
  return <ul className="plan">{sorted.map((one) => <Line key={one.LogicalResourceId} change={one} known={known} />)}</ul>;
}

function Line({ change, known }: { change: Planned; known: Known[] }) {
  const w = useWords(words);
  const kind = kindOf(change);
  const name = plannedName(change);
  const here = known.find((one) => one.ResourceType === change.ResourceType && one.PhysicalResourceId === change.PhysicalResourceId);
  return (
    <li>
      <Badge color={colors[kind]}>{w[kind]}</Badge> <b>{change.LogicalResourceId}</b> <code>{change.ResourceType}</code>
      {here ? <> · {here.place ? <Link href={here.place}>{here.name ?? here.PhysicalResourceId}</Link> : (here.name ?? <code>{here.PhysicalResourceId}</code>)}</> : name && <> · {name}</>}
      <Outcome change={change} />
      {shownDetails(change).map((detail, at) => <Detail key={at} of={detail} />)}
      {change.below.length > 0 && <Box padding={{ left: 'l', top: 'xs' }}><Lines planned={change.below} known={known} /></Box>}
    </li>
  );
}

/** What differs in a resource. The template of a nested stack is told by the changes in it. */
const shownDetails = ({ Details = [], below }: Planned) => (below.length > 0 ? Details.filter((one) => one.Target?.Name !== 'TemplateBody') : Details);

/** What becomes of the resource that is there, where it does not just change. */
function Outcome({ change }: { change: ResourceChange }) {
  const w = useWords(words);
  const text = { delete: w.deleted, replace: change.PolicyAction === 'ReplaceAndRetain' ? w.replacedKept : w.replaced, maybe: w.mayReplace, leave: w.left, change: '', create: '' }[kindOf(change)];
  return text && <Box color={kindOf(change) === 'leave' ? 'text-body-secondary' : 'text-status-error'}>{text}</Box>;
}

function Detail({ of: { Target = {}, Evaluation, CausingEntity } }: { of: ResourceChangeDetail }) {
  const w = useWords(words);
  const isUnknown = Evaluation === 'Dynamic';
  const says = [
    Target.RequiresRecreation === 'Always' && w.always,
    Target.RequiresRecreation === 'Conditionally' && w.conditionally,
    isUnknown && (CausingEntity ? `${w.from} ${CausingEntity}` : w.known),
  ].filter(Boolean);
  return (
    <div>
      <code>{Target.Name ?? Target.Attribute}</code>
      {says.length > 0 && `: ${says.join('; ')}`}
      {!isUnknown && Target.Name && <Diff before={readable(Target.BeforeValue)} after={readable(Target.AfterValue)} />}
    </div>
  );
}

/** A value as people read it: a text without quotation marks, an object on several lines; nothing for null. */
function readable(json: string | undefined): string | undefined {
  if (!json || json === 'null') return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  } catch {
    return json;
  }
}
