import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useCollection } from '@cloudscape-design/collection-hooks';
import { useState, type ReactNode } from 'react';
import { failureText } from '../aws/failure';
import { cliCommand } from '../commands/cli';
import { cloudFormation } from '../commands/cloudformation';
import { ShowAs } from '../commands/ShowAs';
import { useConsole } from '../shell/console';
import { useLoaded } from '../shell/loading';
import { shellWords } from '../shell/words';
import { useWords, type Words } from '../words/language';
import { Confirm } from './Confirm';
import { createInput, updateInput, type Field, type Value } from './field';
import type { Check } from './FieldInput';
import { ResourceForm } from './ResourceForm';

const en = { create: 'Create', edit: 'Edit', remove: 'Delete', filter: 'Find', noMatch: 'Nothing matches', clear: 'Clear the filter', saved: 'Saved', removed: 'Deleted', select: 'Select', all: 'List' };
const es: typeof en = { create: 'Crear', edit: 'Editar', remove: 'Eliminar', filter: 'Buscar', noMatch: 'Nada coincide', clear: 'Quitar el filtro', saved: 'Guardado', removed: 'Eliminado', select: 'Elegir', all: 'Lista' };
const words: Words<typeof en> = { en, es };

export interface Column<T> {
  id: string;
  header: Words<string>;
  cell(item: T): ReactNode;
  sort?: keyof T & string;
}

/** How the generic page lists, makes, changes and removes one kind of resource. */
export interface Resource<T extends object> {
  title: Words<string>;
  about: Words<string>;
  /** What to do when there is none yet. */
  empty: Words<string>;
  columns: Column<T>[];
  fields: Field[];
  keys: readonly unknown[];
  id(item: T): string;
  name(item: T): string;
  open?(item: T): string;
  list(): Promise<T[]>;
  initial?: Value;
  create?(input: Value): Promise<unknown>;
  update?(item: T, input: Value): Promise<unknown>;
  remove?(item: T): Promise<unknown>;
  /** What breaks when the item goes. */
  removeWarning?: Words<string>;
  check?: Check;
  call?: { service: string; operation: string; fixed: Value; type?: string };
  actions?(item: T | undefined, reload: () => Promise<void>): ReactNode;
}

export function Collection<T extends object>({ resource }: { resource: Resource<T> }) {
  const w = useWords(words);
  const shell = useWords(shellWords);
  const title = useWords(resource.title);
  const empty = useWords(resource.empty);
  const language = useWords<'en' | 'es'>({ en: 'en', es: 'es' });
  const { tell } = useConsole();
  const loaded = useLoaded(resource.list, resource.keys);
  const [form, setForm] = useState<'create' | T>();
  const [doomed, setDoomed] = useState<T>();
  const { items, collectionProps, filterProps, paginationProps, filteredItemsCount, actions } = useCollection(loaded.value ?? [], {
    filtering: {
      empty: <Empty text={empty} action={resource.create && <Button onClick={() => setForm('create')}>{w.create}</Button>} />,
      noMatch: <Empty text={w.noMatch} action={<Button onClick={() => actions.setFiltering('')}>{w.clear}</Button>} />,
    },
    pagination: { pageSize: 25 },
    sorting: {},
    selection: { trackBy: resource.id },
  });
  const selected = collectionProps.selectedItems?.[0];

  const submit = async (value: Value) => {
    if (form === 'create') await resource.create!(createInput(resource.fields, value));
    else if (form) await resource.update!(form, updateInput(resource.fields, form as Value, value));
    tell('success', `${title}: ${w.saved}`);
    await loaded.reload();
  };
  const remove = async () => {
    await resource.remove!(doomed!);
    tell('success', `${resource.name(doomed!)}: ${w.removed}`);
    actions.setSelectedItems([]);
    await loaded.reload();
  };

  return (
    <SpaceBetween size="m">
      {loaded.error !== undefined && <Alert type="error" header={shell.failed} action={<Button onClick={loaded.reload}>{shell.reload}</Button>}>{failureText(loaded.error)}</Alert>}
      <Table
        {...collectionProps}
        variant="full-page"
        enableKeyboardNavigation
        items={items}
        loading={loaded.loading}
        loadingText={shell.loading}
        selectionType="single"
        ariaLabels={{ tableLabel: title, selectionGroupLabel: w.select, itemSelectionLabel: (_, item) => `${w.select} ${resource.name(item)}` }}
        columnDefinitions={resource.columns.map((column, at) => ({
          id: column.id,
          header: column.header[language],
          isRowHeader: at === 0,
          sortingField: column.sort,
          cell: (item: T) => (at === 0 && resource.open ? <Link href={resource.open(item)}>{column.cell(item)}</Link> : column.cell(item)),
        }))}
        filter={<TextFilter {...filterProps} filteringPlaceholder={w.filter} filteringAriaLabel={w.filter} countText={filterProps.filteringText ? String(filteredItemsCount) : undefined} />}
        pagination={<Pagination {...paginationProps} ariaLabels={{ paginationLabel: w.all }} />}
        header={
          <Header
            variant="awsui-h1-sticky"
            counter={loaded.value && `(${loaded.value.length})`}
            description={resource.about[language]}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button iconName="refresh" ariaLabel={shell.reload} onClick={loaded.reload} />
                {resource.actions?.(selected, loaded.reload)}
                {resource.remove && <Button disabled={!selected} onClick={() => setDoomed(selected)}>{w.remove}</Button>}
                {resource.update && <Button disabled={!selected} onClick={() => setForm(selected)}>{w.edit}</Button>}
                {resource.create && <Button variant="primary" onClick={() => setForm('create')}>{w.create}</Button>}
              </SpaceBetween>
            }
          >
            {title}
          </Header>
        }
      />
      {form && (
        <ResourceForm
          title={form === 'create' ? `${w.create} · ${title}` : resource.name(form)}
          fields={resource.fields}
          before={form === 'create' ? undefined : (form as Value)}
          initial={resource.initial}
          check={resource.check}
          submit={submit}
          close={() => setForm(undefined)}
          aside={(value) => resource.call && <AsCommands call={resource.call} input={createInput(resource.fields, value)} />}
        />
      )}
      {doomed && (
        <Confirm
          name={resource.name(doomed)}
          warning={resource.removeWarning?.[language]}
          confirm={remove}
          close={() => setDoomed(undefined)}
        />
      )}
    </SpaceBetween>
  );
}

function AsCommands({ call, input }: { call: NonNullable<Resource<object>['call']>; input: Value }) {
  const { facts } = useConsole();
  const full = { ...call.fixed, ...input };
  const template = call.type && cloudFormation({ Resource: { type: call.type, properties: full } });
  return <ShowAs cli={cliCommand(call.service, call.operation, full, facts.endpoint)} template={template} />;
}

function Empty({ text, action }: { text: string; action?: ReactNode }) {
  return (
    <Box textAlign="center" padding="l">
      <SpaceBetween size="s">
        <Box color="text-body-secondary">{text}</Box>
        {action}
      </SpaceBetween>
    </Box>
  );
}
