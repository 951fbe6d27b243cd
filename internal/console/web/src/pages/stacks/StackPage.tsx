import { DeleteStackCommand, DescribeStacksCommand, GetTemplateCommand, type Output, type Stack, type StackEvent } from '@aws-sdk/client-cloudformation';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useState } from 'react';
import { PermittedButton } from '../../form/PermittedButton';
import { failureText } from '../../aws/failure';
import { CopyBlock } from '../../commands/ShowAs';
import { Copyable } from '../../elements/Copyable';
import { Collection } from '../../form/Collection';
import { Confirm } from '../../form/Confirm';
import type { Resource } from '../../form/resource';
import { useConsole } from '../../hooks/console';
import { useLoaded, useRefreshed } from '../../hooks/loading';
import { go, useOpenForm } from '../../hooks/router';
import { useLanguage, useWords, type Words } from '../../words/language';
import { When } from '../../words/When';
import { ChangeSetPage } from './ChangeSetPage';
import { ChangeSets } from './ChangeSets';
import { describeChangeSet, waitingSets } from './changeSets';
import { Drift } from './Drift';
import { IN_REVIEW, isMoving, listEvents, listResources, mapOf, useCloudFormation } from './client';
import { firstFailure, meanings } from './failure';
import { removeWarning, stackImpact } from './impact';
import { withNames, type Known } from './names';
import { StackForm } from './StackForm';
import { StackStatus } from './StackStatus';
import type { Present } from './template';

const en = { failed: 'It failed at', update: 'Update stack', remove: 'Delete', removed: 'Stack deleted', removing: 'The deletion of the stack began', status: 'Status', reason: 'Reason', created: 'Created', changed: 'Last changed', parameters: 'Parameters', template: 'Template' };
const es: typeof en = { failed: 'Falló en', update: 'Actualizar la pila', remove: 'Eliminar', removed: 'Pila eliminada', removing: 'Empezó la eliminación de la pila', status: 'Estado', reason: 'Motivo', created: 'Creada', changed: 'Último cambio', parameters: 'Parámetros', template: 'Plantilla' };
const words: Words<typeof en> = { en, es };

/** How often a stack is looked at while an operation is under way, and while none is known of, in milliseconds. */
const EVERY = 2000;
const SELDOM = 10_000;

/** One stack, by its name or its ARN: its outputs, its resources, and what happened to each of them. */
export function StackPage({ name: asked }: { name: string }) {
  const w = useWords(words);
  const client = useCloudFormation();
  const { language } = useLanguage();
  const { form, of, open, close } = useOpenForm();
  const [removing, setRemoving] = useState(false);
  const stack = useLoaded(async () => {
    const [{ Stacks = [] }, { TemplateBody = '' }] = await Promise.all([client.send(new DescribeStacksCommand({ StackName: asked })), client.send(new GetTemplateCommand({ StackName: asked }))]);
    const [found] = Stacks;
    const sets = found?.StackStatus === 'DELETE_COMPLETE' ? [] : await waitingSets(client, asked).catch(() => []); // who may not list them sees the rest
    const failed = /FAILED|ROLLBACK/.test(found?.StackStatus ?? '') ? firstFailure(await listEvents(client, found!.StackId!), found!.StackName!) : undefined;
    return { ...found!, TemplateBody, failed, sets };
  }, [client, asked]);
  const { reload } = stack;
  const moving = isMoving(stack.value?.StackStatus);
  useRefreshed(stack, moving ? EVERY : SELDOM);
  if (stack.error) return <Alert type="error">{failureText(stack.error)}</Alert>;
  if (!stack.value) return <Spinner />;
  const now = stack.value;
  const name = now.StackName!;
  const meaning = meanings[now.StackStatus ?? '']?.[language];
  const inReview = now.StackStatus === IN_REVIEW;
  const present: Present = { name, template: now.TemplateBody, parameters: inReview ? {} : mapOf(now.Parameters), inReview };
  const gone = now.StackStatus === 'DELETE_COMPLETE';
  const discarded = async (isThere: boolean) => (isThere ? reload() : go('stacks'));
  const done = () => {
    close();
    void reload();
  };
  const actions = (
    <SpaceBetween direction="horizontal" size="xs">
      <PermittedButton needs={{ action: 'cloudformation:DeleteStack', resource: now.StackId! }} disabled={moving || gone} onClick={() => setRemoving(true)}>{w.remove}</PermittedButton>
      <PermittedButton needs={{ action: 'cloudformation:CreateChangeSet', resource: now.StackId! }} variant="primary" disabled={moving || gone} onClick={() => open('stack')}>{w.update}</PermittedButton>
    </SpaceBetween>
  );
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h1" description={now.Description} actions={actions}>{name}</Header>}>
        <SpaceBetween size="m">
          {now.failed && <Alert type="error" header={`${w.failed}: ${now.failed.LogicalResourceId}`}>{now.failed.ResourceStatusReason}</Alert>}
          <KeyValuePairs
            columns={2}
            minColumnWidth={220}
            items={[
              { label: w.status, value: <><StackStatus of={now.StackStatus} />{meaning && <Box color="text-body-secondary">{meaning}</Box>}</> },
              { label: w.reason, value: now.StackStatusReason ?? '–' },
              { label: w.created, value: <When at={now.CreationTime} /> },
              { label: w.changed, value: <When at={now.LastUpdatedTime ?? now.CreationTime} /> },
              { label: 'ARN', value: <Copyable text={now.StackId} /> },
              { label: w.parameters, value: Object.entries(mapOf(now.Parameters)).map(([key, text]) => `${key}=${text}`).join(', ') || '–' },
            ]}
          />
          <ExpandableSection headerText={w.template}><CopyBlock text={now.TemplateBody} /></ExpandableSection>
        </SpaceBetween>
      </Container>
      {now.sets.length > 0 && <ChangeSets key={`sets ${now.sets.map((set) => set.ChangeSetId).join()}`} name={asked} sets={now.sets} open={(set) => open('changeset', set)} discarded={discarded} />}
      <Outputs key={`outputs ${now.StackStatus}`} outputs={now.Outputs ?? []} />
      <Resources name={asked} state={now.StackStatus} every={moving ? EVERY : undefined} />
      <Drift key={`drift ${now.LastUpdatedTime?.getTime() ?? ''}`} name={asked} />
      <Events name={now.StackId!} state={now.StackStatus} every={moving ? EVERY : undefined} />
      {form === 'stack' && <StackForm present={present} close={done} />}
      {form === 'changeset' && of && <Waiting key={of} stack={asked} set={of} reload={reload} close={close} />}
      {removing && <Removal stack={now} reload={reload} close={() => setRemoving(false)} />}
    </SpaceBetween>
  );
}

/** The page of a change set that waits. */
function Waiting({ stack, set, reload, close }: { stack: string; set: string; reload(): Promise<void>; close(): void }) {
  const client = useCloudFormation();
  const found = useLoaded(() => describeChangeSet(client, stack, set), [client, stack, set]);
  if (found.error) return <Alert type="error" dismissible onDismiss={close}>{failureText(found.error)}</Alert>;
  if (!found.value) return <Spinner />;
  const discarded = async (isThere: boolean) => {
    if (!isThere) return go('stacks');
    close();
    await reload();
  };
  return <ChangeSetPage set={found.value} executed={reload} discarded={discarded} close={close} />;
}

/** Deletes the stack; the page stays while that takes longer, or failed. */
function Removal({ stack, reload, close }: { stack: Stack; reload(): Promise<void>; close(): void }) {
  const w = useWords(words);
  const client = useCloudFormation();
  const { clients, notify } = useConsole();
  const { language } = useLanguage();
  const name = stack.StackName!;
  const remove = async () => {
    await client.send(new DeleteStackCommand({ StackName: stack.StackId }));
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack.StackId }));
    const status = Stacks[0]?.StackStatus ?? 'DELETE_COMPLETE';
    if (status === 'DELETE_COMPLETE') {
      go('stacks');
      notify('success', `${w.removed}: ${name}`);
      return;
    }
    if (isMoving(status)) notify('success', `${w.removing}: ${name}`);
    await reload();
  };
  return <Confirm names={[name]} action={w.remove} warning={removeWarning[language]} impact={() => stackImpact(clients, client)([stack])} confirm={remove} close={close} />;
}

function Outputs({ outputs }: { outputs: Output[] }) {
  const resource: Resource<Output> = {
    title: { en: 'Outputs', es: 'Salidas' },
    about: { en: 'The values that the template returns.', es: 'Los valores que devuelve la plantilla.' },
    empty: { en: 'The template has no outputs.', es: 'La plantilla no tiene salidas.' },
    columns: [
      { id: 'key', header: { en: 'Name', es: 'Nombre' }, cell: (one) => one.OutputKey, sort: 'OutputKey' },
      { id: 'value', minWidth: 200, header: { en: 'Value', es: 'Valor' }, cell: (one) => <Copyable text={one.OutputValue} /> },
      { id: 'description', header: { en: 'Description', es: 'Descripción' }, cell: (one) => one.Description ?? '–' },
      { id: 'export', header: { en: 'Export name', es: 'Nombre de exportación' }, cell: (one) => one.ExportName ?? '–' },
    ],
    fields: [],
    keys: [],
    id: (one) => one.OutputKey!,
    name: (one) => one.OutputKey!,
    list: async () => outputs,
  };
  return <Collection resource={resource} section />;
}

interface PartProps {
  /** The stack's name, or its ARN. */
  name: string;
  /** The lists are read again when it changes. */
  state: string | undefined;
  every: number | undefined;
}

/** What a stack made: its name, with a link to its page where it has one. */
function Made({ of: { name, place, PhysicalResourceId: id } }: { of: Known }) {
  if (place) return <Link href={place}>{name ?? id}</Link>;
  return name && name !== id ? <>{name}</> : <Copyable text={id} />;
}

function Resources({ name, state, every }: PartProps) {
  const client = useCloudFormation();
  const { clients } = useConsole();
  const { language } = useLanguage();
  const resource: Resource<Known> = {
    title: { en: 'Resources', es: 'Recursos' },
    about: { en: 'What the stack created, by its names in the template.', es: 'Lo que creó la pila, por sus nombres en la plantilla.' },
    empty: { en: 'The stack has created nothing yet.', es: 'La pila todavía no ha creado nada.' },
    columns: [
      { id: 'logical', header: { en: 'Logical ID', es: 'ID lógico' }, cell: (one) => one.LogicalResourceId, sort: 'LogicalResourceId' },
      {
        id: 'physical',
        minWidth: 160,
        header: { en: 'Name and physical ID', es: 'Nombre e ID físico' },
        cell: (one) => <Made of={one} />,
        below: (one) => (one.place || (one.name && one.name !== one.PhysicalResourceId)) && <Copyable text={one.PhysicalResourceId} />,
      },
      { id: 'type', minWidth: 150, header: { en: 'Type', es: 'Tipo' }, cell: (one) => <code>{one.ResourceType}</code>, sort: 'ResourceType' },
      { id: 'status', minWidth: 195, header: { en: 'Status', es: 'Estado' }, cell: (one) => <StackStatus of={one.ResourceStatus} />, sort: 'ResourceStatus' },
      { id: 'reason', minWidth: 150, header: { en: 'Reason', es: 'Motivo' }, cell: (one) => one.ResourceStatusReason ?? '–' },
    ],
    fields: [],
    keys: [client, clients, name, state, language],
    id: (one) => one.LogicalResourceId!,
    name: (one) => one.LogicalResourceId!,
    list: async () => withNames(clients, await listResources(client, name), language),
    every,
  };
  return <Collection resource={resource} section />;
}

function Events({ name, state, every }: PartProps) {
  const client = useCloudFormation();
  const resource: Resource<StackEvent> = {
    title: { en: 'Events', es: 'Eventos' },
    about: { en: 'The newest first. What failed says why.', es: 'Primero los más recientes. Lo que falló dice por qué.' },
    empty: { en: 'Nothing has happened yet.', es: 'Todavía no ha pasado nada.' },
    columns: [
      { id: 'at', header: { en: 'Time', es: 'Hora' }, cell: (one) => <When at={one.Timestamp} /> },
      { id: 'logical', header: { en: 'Logical ID', es: 'ID lógico' }, cell: (one) => one.LogicalResourceId },
      { id: 'status', minWidth: 195, header: { en: 'Status', es: 'Estado' }, cell: (one) => <StackStatus of={one.ResourceStatus} /> },
      { id: 'reason', minWidth: 220, header: { en: 'Reason', es: 'Motivo' }, cell: (one) => one.ResourceStatusReason ?? '–' },
    ],
    fields: [],
    keys: [client, name, state],
    id: (one) => one.EventId!,
    name: (one) => one.EventId!,
    list: () => listEvents(client, name),
    every,
  };
  return <Collection resource={resource} section />;
}
