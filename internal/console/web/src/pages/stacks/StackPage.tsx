import { DescribeStacksCommand, GetTemplateCommand, UpdateStackCommand, type Capability, type Output, type StackEvent, type UpdateStackInput } from '@aws-sdk/client-cloudformation';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useEffect } from 'react';
import { failureText } from '../../aws/failure';
import { CopyBlock } from '../../commands/ShowAs';
import { Copyable } from '../../elements/Copyable';
import { Collection } from '../../form/Collection';
import type { Value } from '../../form/field';
import type { Resource } from '../../form/resource';
import { ResourceForm } from '../../form/ResourceForm';
import { poll } from '../../hooks/scheduling';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { useOpenForm } from '../../hooks/router';
import { useLanguage, useWords, type Words } from '../../words/language';
import { When } from '../../words/When';
import { Drift } from './Drift';
import { isMoving, listEvents, listResources, mapOf, useCloudFormation } from './client';
import { stackInput, templateFields } from './fields';
import { firstFailure, meanings } from './failure';
import { withNames, type Known } from './names';
import { StackStatus } from './StackStatus';

const en = { failed: 'It failed at', update: 'Update stack', updated: 'Updating', status: 'Status', reason: 'Reason', created: 'Created', changed: 'Last changed', parameters: 'Parameters', template: 'Template' };
const es: typeof en = { failed: 'Falló en', update: 'Actualizar la pila', updated: 'Actualizando', status: 'Estado', reason: 'Motivo', created: 'Creada', changed: 'Último cambio', parameters: 'Parámetros', template: 'Plantilla' };
const words: Words<typeof en> = { en, es };

/** How often a stack is looked at while an operation is under way, and while none is known of, in milliseconds. */
const EVERY = 2000;
const SELDOM = 10_000;

/** One stack, by its name or its ARN: its outputs, its resources, and what happened to each of them. */
export default function StackPage({ name: asked }: { name: string }) {
  const w = useWords(words);
  const client = useCloudFormation();
  const { notify } = useConsole();
  const { language } = useLanguage();
  const { form, open, close } = useOpenForm();
  const stack = useLoaded(async () => {
    const [{ Stacks = [] }, { TemplateBody = '' }] = await Promise.all([client.send(new DescribeStacksCommand({ StackName: asked })), client.send(new GetTemplateCommand({ StackName: asked }))]);
    const [found] = Stacks;
    const failed = /FAILED|ROLLBACK/.test(found?.StackStatus ?? '') ? firstFailure(await listEvents(client, found!.StackId!), found!.StackName!) : undefined;
    return { ...found!, TemplateBody, failed };
  }, [client, asked]);
  const { reload } = stack;
  const moving = isMoving(stack.value?.StackStatus);
  useEffect(() => poll(async () => document.hidden || reload(), moving ? EVERY : SELDOM), [moving, reload]);
  if (stack.error) return <Alert type="error">{failureText(stack.error)}</Alert>;
  if (!stack.value) return <Spinner />;
  const now = stack.value;
  const name = now.StackName!;
  const meaning = meanings[now.StackStatus ?? '']?.[language];
  const update = async (value: Value) => {
    await client.send(new UpdateStackCommand({ StackName: asked, ...stackInput(value) } as unknown as UpdateStackInput));
    notify('success', `${w.updated}: ${name}`);
    await reload();
  };
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h1" description={now.Description} actions={<Button disabled={moving} onClick={() => open('stack')}>{w.update}</Button>}>{name}</Header>}>
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
      <Outputs key={`outputs ${now.StackStatus}`} outputs={now.Outputs ?? []} />
      <Resources name={asked} state={now.StackStatus} every={moving ? EVERY : undefined} />
      <Drift key={`drift ${now.LastUpdatedTime?.getTime() ?? ''}`} name={asked} />
      <Events name={now.StackId!} state={now.StackStatus} every={moving ? EVERY : undefined} />
      {form === 'stack' && (
        <ResourceForm
          title={w.update}
          fields={templateFields}
          before={{ TemplateBody: now.TemplateBody, Parameters: mapOf(now.Parameters), Capabilities: (now.Capabilities ?? []) as Capability[] }}
          submit={update}
          close={close}
        />
      )}
    </SpaceBetween>
  );
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
