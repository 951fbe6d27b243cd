import { cliCommand } from '../commands/cli';
import { cloudFormation, logicalName } from '../commands/cloudformation';
import { ShowAs } from '../commands/ShowAs';
import { useConsole } from '../hooks/console';
import type { Resource, Call } from './resource';
import { createInput, updateInput, type Field, type Value } from './field';

/** The call that makes a resource as it is now, on the page of that resource or in its form. */
export function AsCommands<T extends object>({ call, input }: { call: Call<T>; input: Value }) {
  return <CallsAsCommands call={call} inputs={[['', input]]} />;
}

/** The calls that make what a list holds, or what is selected in it. */
export function ListAsCommands<T extends object>({ resource, call, items }: { resource: Resource<T>; call: Call<T>; items: T[] }) {
  return <CallsAsCommands call={call} inputs={items.map((item) => [resource.name(item), createInput(shown(resource.fields), item as Value)])} />;
}

/** What the open form is about to do. */
export function FormAsCommands<T extends object>({ resource, call, form, value }: { resource: Pick<Resource<T>, 'fields'>; call: Call<T>; form: 'create' | T; value: Value }) {
  const { facts } = useConsole();
  const fields = shown(resource.fields);
  if (form === 'create') return <AsCommands call={call} input={createInput(fields, value)} />;
  const changes = call.change && [call.change(form, updateInput(fields, form as Value, value))].flat();
  return changes?.length ? <ShowAs cli={changes.map(({ operation, input }) => cliCommand(call.service, operation, input, facts.endpoint)).join('\n\n')} /> : null;
}

function CallsAsCommands<T extends object>({ call, inputs }: { call: Call<T>; inputs: [name: string, input: Value][] }) {
  const { facts } = useConsole();
  const full = inputs.map(([name, input]) => [name, { ...call.fixed, ...(call.shape?.(input) ?? input) }] as const);
  const cli = full.map(([, input], at) => (call.before?.(inputs[at]![1]) ?? '') + cliCommand(call.service, call.operation, input, facts.endpoint)).join('\n\n');
  const { type } = call;
  const template = type && cloudFormation(Object.fromEntries(full.map(([name, properties], at) => [logicalName(type, name, at), { type, properties: call.properties?.(properties, inputs[at]![1]) ?? properties }])));
  return <ShowAs cli={cli} template={template} />;
}

/** A secret that was typed into a form is not spelled out in commands, nor what other calls do. */
function shown(fields: Field[]): Field[] {
  return fields.filter((field) => !field.secret && !field.beside);
}
