import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useEffect, useState, type ReactNode } from 'react';
import { failureText } from '../aws/failure';
import { useConsole } from '../hooks/console';
import { useRefreshed } from '../hooks/loading';
import { useDenied } from '../hooks/permissions';
import { href, useAddress, useOpenForm } from '../hooks/router';
import { commonWords } from '../words/common';
import { numberText } from '../words/format';
import { useWords, type Words } from '../words/language';
import { FormAsCommands, ListAsCommands } from './AsCommands';
import { ofItem, ownerImpact, together } from '../names/impact';
import { distinctNames } from '../names/distinct';
import { nameInArn } from '../names/texts';
import { Confirm } from './Confirm';
import { createInput, same, type Field, type Value } from './field';
import { usePagedList, useWholeList, type Listing } from './listing';
import type { Resource } from './resource';
import { ResourceForm } from './ResourceForm';
import { TagsDialog } from './Tags';
import { useSaved, useUndoable } from './undoable';

const en = { edit: 'Edit', remove: 'Delete', tags: 'Tags', filter: 'Find', noMatch: 'Nothing matches', clear: 'Clear the filter', created: 'created', removed: ['deleted', 'deleted'] as [string, string], select: 'Select', everything: 'Select all', all: 'List', page: 'Page', next: 'Next page', previous: 'Previous page', failed: 'These failed' };
const es: typeof en = { edit: 'Editar', remove: 'Eliminar', tags: 'Etiquetas', filter: 'Buscar', noMatch: 'No hay coincidencias', clear: 'Quitar el filtro', created: 'se creó', removed: ['se eliminó', 'se eliminaron'], select: 'Elegir', everything: 'Elegir todo', all: 'Lista', page: 'Página', next: 'Página siguiente', previous: 'Página anterior', failed: 'Estos fallaron' };
const words: Words<typeof en> = { en, es };

interface Props<T extends object> {
  resource: Resource<T>;
  /** A part of a page that has a heading of its own. */
  section?: boolean;
}

export function Collection<T extends object>(props: Props<T>) {
  const { page, keys } = props.resource;
  return page ? <Paged key={keys.filter((one) => typeof one === 'string').join('/')} {...props} /> : <Whole {...props} />;
}

const Whole = <T extends object>(props: Props<T>) => <List {...props} listing={useWholeList(props.resource)} />;

const Paged = <T extends object>(props: Props<T>) => <List {...props} listing={usePagedList(props.resource)} />;

function List<T extends object>({ resource, section, listing }: Props<T> & { listing: Listing<T> }) {
  const w = useWords(words);
  const shell = useWords(commonWords);
  const title = useWords(resource.title);
  const empty = useWords(resource.empty);
  const make = useWords(resource.make ?? same(''));
  const editing = useWords(resource.editing ?? { en: words.en.edit, es: words.es.edit });
  const removeLabel = useWords(resource.removeLabel ?? { en: words.en.remove, es: words.es.remove });
  const madeLabel = useWords(resource.madeLabel ?? { en: words.en.created, es: words.es.created });
  const [removedOne, removedSeveral] = useWords(resource.removedLabel ?? { en: words.en.removed, es: words.es.removed });
  const language = useWords<'en' | 'es'>({ en: 'en', es: 'es' });
  const { changes, notify, session } = useConsole();
  const slug = resource.title.en.toLowerCase().replace(/[^a-z]+/g, '-');
  const { form: opened, of, open: openForm, close: closeForm } = useOpenForm();
  const { loaded, table } = listing;
  const { reload } = loaded;
  useRefreshed(loaded, resource.every);
  useEffect(() => {
    if (changes > 0) void reload();
  }, [changes, reload]);
  const [toRemove, setToRemove] = useState<T[]>();
  const named = listing.read?.find((item) => resource.id(item) === of);
  const names = distinctNames(listing.read ?? [], resource.id, resource.name);
  const nameOf = (item: T) => names.get(resource.id(item)) ?? resource.name(item);
  const form: 'create' | T | undefined = opened === `${slug}-create` ? 'create' : opened === `${slug}-edit` ? named : undefined;
  const tagged = opened === `${slug}-tags` ? named : undefined;
  const { permits } = resource;
  const creates = resource.create ?? resource.createForm;
  const noCreate = useDenied(creates && permits?.create ? [permits.create] : []);
  const chosen = [...(table.selectedItems ?? [])];
  const selected = chosen.length === 1 ? chosen[0] : undefined;

  const noUpdate = useDenied(resource.update && permits?.update && selected ? [permits.update(selected)] : []);
  const noRemove = useDenied(resource.remove && permits?.remove ? chosen.map(permits.remove) : []);

  // Rows are chosen where something can be done with them.
  const choosable = !!(resource.remove || resource.update || resource.tagging || (resource.actions && !resource.unselected) || resource.call);

  const undoable = useUndoable();
  const here = href(...useAddress().path);
  /** Tells what is changed from all else: the address of its page; where it has none, or only its place in this list is removed, that of the list and its id. */
  const addressOf = (item: T) => (!resource.removeLabel && resource.open?.(item)) || `${here} ${slug} ${resource.id(item)}`;
  const edited = form === 'create' ? undefined : form;
  const save = useSaved({
    name: edited ? nameOf(edited) : '',
    about: edited && addressOf(edited),
    fields: resource.fields,
    before: edited,
    read: async () => (await resource.list!()).find((item) => resource.id(item) === resource.id(edited!)),
    put: (now, input) => resource.update!(now, input),
    reload,
  });
  const create = async (value: Value) => {
    await resource.create!(createInput(resource.fields, value));
    notify('success', `${title}: ${madeLabel} ${(await resource.madeName?.(value)) ?? (nameTyped(resource.fields, value) || title)}`);
    await reload();
  };
  const bringBack = async (item: T) => {
    if (resource.undo === 'create') return () => resource.create!(createInput(resource.fields, item as Value));
    return resource.undo?.(item);
  };
  const remove = async () => {
    const failed: string[] = [];
    const removed: T[] = [];
    const undo: { name: string; back(): Promise<unknown> }[] = [];
    for (const item of toRemove!) {
      try {
        const back = await bringBack(item);
        await resource.remove!(item);
        removed.push(item);
        if (back) undo.push({ name: nameOf(item), back });
      } catch (refusal) {
        if (toRemove!.length === 1) throw refusal;
        failed.push(`${nameOf(item)}: ${failureText(refusal)}`);
      }
    }
    const names = removed.map(nameOf).join(', ');
    const message = `${title}: ${removed.length > 1 ? removedSeveral : removedOne}`;
    const bringAllBack = async () => {
      const refused: string[] = [];
      for (const { name, back } of undo) await back().catch((refusal: unknown) => void refused.push(undo.length > 1 ? `${name}: ${failureText(refusal)}` : failureText(refusal)));
      if (refused.length > 0) throw new Error(refused.join(' '));
    };
    if (undo.length > 0) undoable(message, names, bringAllBack, removed.map(addressOf));
    else if (removed.length > 0) notify('success', `${message} ${names}`);
    listing.select([]);
    await loaded.reload();
    if (failed.length > 0) notify('error', w.failed, <ul>{failed.map((one) => <li key={one}>{one}</li>)}</ul>);
  };
  const impactOf = (item: T) => together([...(resource.impact ? [resource.impact([item])] : []), ownerImpact(session, resource.call?.type ? [owned(resource, item)] : [])]);
  const impact = (items: T[]) => (items.length === 1 ? impactOf(items[0]!) : together(items.map(async (item) => ofItem(nameOf(item), await impactOf(item)))));

  return (
    <SpaceBetween size="m">
      {loaded.error !== undefined && <Alert type="error" header={shell.failed} action={<Button onClick={loaded.reload}>{shell.reload}</Button>}>{failureText(loaded.error)}</Alert>}
      <Table
        {...table}
        empty={
          listing.find ? <Empty text={w.noMatch} action={<Button onClick={() => listing.setFind('')}>{w.clear}</Button>} />
          : loaded.error === undefined && <Empty text={empty} action={creates && <Button formAction="none" disabled={!!noCreate} disabledReason={noCreate} onClick={() => openForm(`${slug}-create`)}>{make}</Button>} />
        }
        variant={section ? 'container' : 'full-page'}
        enableKeyboardNavigation
        wrapLines
        loading={loaded.loading}
        loadingText={shell.loading}
        selectionType={choosable ? 'multi' : undefined}
        ariaLabels={{ tableLabel: title, selectionGroupLabel: w.select, allItemsSelectionLabel: () => w.everything, itemSelectionLabel: (_, item) => `${w.select} ${nameOf(item)}` }}
        columnDefinitions={resource.columns.map((column, at) => ({
          id: column.id,
          header: column.header[language],
          isRowHeader: at === 0,
          sortingField: column.sort,
          minWidth: column.minWidth ?? 90,
          cell: (item: T) => <Cell below={column.below?.(item)}>{at === 0 && resource.open ? <Link href={resource.open(item)}>{column.cell(item)}</Link> : column.cell(item)}</Cell>,
        }))}
        filter={<TextFilter filteringText={listing.find} onChange={({ detail }) => listing.setFind(detail.filteringText)} filteringPlaceholder={w.filter} filteringAriaLabel={w.filter} countText={listing.find ? numberText(language, listing.matching) : undefined} />}
        pagination={<Pagination {...listing.pages} ariaLabels={{ paginationLabel: w.all, nextPageLabel: w.next, previousPageLabel: w.previous, pageLabel: (page) => `${w.page} ${page}` }} />}
        header={
          <Header
            variant={section ? 'h2' : 'awsui-h1-sticky'}
            counter={listing.total === undefined ? undefined : `(${numberText(language, listing.total)})`}
            description={resource.about[language]}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button iconName="refresh" ariaLabel={shell.reload} onClick={loaded.reload} />
                {resource.actions?.(selected, loaded.reload, chosen, listing.read ?? [])}
                {resource.remove && <Button disabled={chosen.length === 0 || !!noRemove} disabledReason={noRemove} onClick={() => setToRemove(chosen)}>{removeLabel}</Button>}
                {resource.tagging && <Button disabled={!selected} onClick={() => openForm(`${slug}-tags`, resource.id(selected!))}>{w.tags}</Button>}
                {resource.update && <Button disabled={!selected || !!noUpdate} disabledReason={noUpdate} onClick={() => openForm(`${slug}-edit`, resource.id(selected!))}>{w.edit}</Button>}
                {creates && <Button variant="primary" disabled={!!noCreate} disabledReason={noCreate} onClick={() => openForm(`${slug}-create`)}>{make}</Button>}
              </SpaceBetween>
            }
          >
            {title}
          </Header>
        }
      />
      {resource.call && table.items.length > 0 && <ListAsCommands resource={resource} call={resource.call} items={chosen.length > 0 ? chosen : listing.read!} />}
      {form === 'create' && resource.createForm?.(closeForm)}
      {form && !(form === 'create' && resource.createForm) && (
        <ResourceForm
          title={form === 'create' ? make : `${editing} ${nameOf(form)}`}
          fields={resource.fields}
          before={form === 'create' ? undefined : (form as Value)}
          initial={resource.initial}
          check={resource.check}
          submit={edited ? save : create}
          close={closeForm}
          aside={(value) => resource.call && <FormAsCommands resource={resource} call={resource.call} form={form} value={value} />}
        />
      )}
      {toRemove && resource.remove && (
        <Confirm
          names={toRemove.map(nameOf)}
          action={removeLabel}
          warning={resource.removeWarning[language]}
          impact={resource.impact || resource.call?.type ? () => impact(toRemove) : undefined}
          confirm={remove}
          close={() => setToRemove(undefined)}
        />
      )}
      {tagged && <TagsDialog name={nameOf(tagged)} tagging={resource.tagging!(tagged)} close={closeForm} />}
    </SpaceBetween>
  );
}

/** An item as a stack knows it. */
function owned<T extends object>(resource: Resource<T>, item: T) {
  const { Tags, tags = Tags } = item as { Tags?: unknown; tags?: unknown };
  return { type: resource.call!.type!, id: resource.physicalId?.(item) ?? resource.id(item), tags: Array.isArray(tags) ? undefined : (tags as Record<string, string> | undefined) };
}

/** What a new thing was called in its form. */
function nameTyped(fields: Field[], value: Value): string {
  const first = fields[0];
  const text = first ? String(value[first.name] ?? '') : '';
  return nameInArn(text);
}

/** A cell, and what stands below in it. */
function Cell({ children, below }: { children: ReactNode; below: ReactNode }) {
  return below ? <>{children}<Box color="text-body-secondary" fontSize="body-s">{below}</Box></> : children;
}

function Empty({ text, action }: { text: ReactNode; action?: ReactNode }) {
  return (
    <Box textAlign="center" padding="l">
      <SpaceBetween size="s">
        <Box color="text-body-secondary">{text}</Box>
        {action}
      </SpaceBetween>
    </Box>
  );
}
