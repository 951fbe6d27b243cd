// Members of AWS operations as fields of forms, and what forms send.

import type { ReactNode } from 'react';
import type { Syntax } from '../elements/code';
import type { Words } from '../words/language';

/** The value of a form: members of an AWS operation's input, by their names. */
export type Value = Record<string, unknown>;

export interface Option {
  value: string;
  label?: Words<string>;
  description?: Words<string>;
}

interface Base {
  /** The member of the operation's input: "IntegrationUri". */
  name: string;
  label: Words<string>;
  hint?: Words<string>;
  placeholder?: string;
  required?: boolean;
  /** What is likely to be wrong with what it holds; it can be saved all the same. */
  warning?(value: Value): Words<string> | undefined;
  /** Shown only while this holds. */
  when?(value: Value): boolean;
  /** Cannot change once the resource exists. */
  fixed?: boolean;
  /** Done by calls of its own once the resource is made: not a member of the call. */
  beside?: boolean;
  /** Not spelled out where a resource is shown as commands. */
  secret?: boolean;
  /** Lines that a multiline text shows at once; absent: three. */
  rows?: number;
  /** A map whose update only adds and changes keys: one that goes is sent as "". */
  merges?: boolean;
  /** What an update sends where the member is empty, if that is not what empties its kind: a number has a default. */
  emptied?: unknown;
  /** What is in effect while it is empty: "As the stage: off". */
  inEffect?: Words<string>;
  /** It stands in a collapsed section below, under this heading. */
  section?: Words<string>;
  /** Rarely needed: it stands in a collapsed section below until it differs from its default. */
  rare?: boolean;
  /** The value that holds where none was given. */
  defaultValue?: unknown;
  /** What stands below it: a form for what it refers to, or something that is to be known. */
  shortcut?(choose: (member: string) => void, value: Value): ReactNode;
  /** Short: it shares its line with the one beside it. */
  half?: boolean;
  /** Short, and the first of its line whatever stands before it. */
  newLine?: boolean;
}

export type Options = Option[] | ((value: Value) => Promise<Option[]>);

export type Field = Base &
  (
    | { kind: 'text' | 'multiline' | 'toggle' | 'number' | 'strings' | 'map' | 'required-map' }
    | { kind: 'select'; options: Options; by?: string; free?: boolean } // by: the member on whose value the options depend
    | { kind: 'multi'; options: Options }
    | { kind: 'code'; syntax: Syntax }
    | { kind: 'own'; control(given: { value: Value; label: string; onChange(member: unknown): void }): ReactNode }
    | { kind: 'code-map'; syntax: Syntax; keyLabel: Words<string>; firstKey: string; firstText?: string; preview?(text: string): ReactNode }
  );

/** Whether a form says that the field may be left empty. A list of choices that says what holds without one has no need of it. */
export function saysOptional({ kind, required, inEffect, emptied, defaultValue }: Field): boolean {
  const chosen = inEffect !== undefined || emptied !== undefined || defaultValue !== undefined;
  return !required && !((kind === 'select' || kind === 'multi') && chosen);
}

export function same(text: string): Words<string> {
  return { en: text, es: text };
}

/** The fields that apply to value, in order. */
export function applicable(fields: Field[], value: Value): Field[] {
  return fields.filter((field) => !field.when || field.when(value));
}

/** Names of required fields that are empty. */
export function missing(fields: Field[], value: Value): string[] {
  return applicable(fields, value)
    .filter((field) => field.required && (isEmpty(value[field.name]) || isEmptyCollection(value[field.name])))
    .map((field) => field.name);
}

/** The fields that members of a refused call are of: "jwtConfiguration.issuer" of Issuer, "accessLogSettings.format" of AccessLogFormat. */
export function fieldsOf(members: string[], fields: Field[]): Field[] {
  const wanted = members.flatMap((member) => [...member.split('.'), member.replace(/Settings\./, '').replace(/Arn$/, '')]).map((name) => name.toLowerCase());
  return fields.filter(({ name }) => wanted.includes(name.toLowerCase()));
}

/** Whether the field has a value other than its default. */
export function differsFromDefault({ name, defaultValue }: Field, value: Value): boolean {
  const member = value[name];
  return !isEmpty(member) && !isEmptyCollection(member) && member !== false && member !== defaultValue;
}

/** The fields as lines of a form: short ones that follow each other share one. */
export function linesOf(fields: Field[]): Field[][] {
  const lines: Field[][] = [];
  for (const field of fields) {
    const last = lines.at(-1);
    if (field.half && !field.newLine && last?.[0]!.half) last.push(field);
    else lines.push([field]);
  }
  return lines;
}

const seldom: Words<string> = { en: 'Additional settings', es: 'Ajustes adicionales' };

/** The fields that stand in the form, and below them those that are folded away, by their headings. */
export function sectionsOf(fields: Field[]): { unfolded: Field[]; sections: { title: Words<string>; fields: Field[] }[] } {
  const titleOf = (field: Field) => field.section ?? (field.rare ? seldom : undefined);
  const titles = [...new Set(fields.flatMap((field) => titleOf(field) ?? []))];
  return { unfolded: fields.filter((field) => !titleOf(field)), sections: titles.map((title) => ({ title, fields: fields.filter((field) => titleOf(field) === title) })) };
}

function isEmpty(member: unknown): boolean {
  return member === undefined || member === null || member === '';
}

/** What a create call sends: applicable members that hold something. */
export function createInput(fields: Field[], value: Value): Value {
  const entries = applicable(fields, value)
    .map((field) => [field.name, value[field.name]] as const)
    .filter(([, member]) => !isEmpty(member) && !isEmptyCollection(member));
  return Object.fromEntries(entries);
}

/** What an update sends: applicable members that differ. */
export function updateInput(fields: Field[], before: Value, after: Value): Value {
  return differing(applicable(fields, after), before, after);
}

/** What takes a change back: every member that is not what it was before, also where the form would not show it; where it is known what the change made of it, those alone that it changed. */
export function restoreInput(fields: Field[], now: Value, before: Value, changed?: Value): Value {
  const own = changed && differing(fields, changed, before);
  return differing(own ? fields.filter(({ name }) => name in own) : fields, now, before);
}

function differing(fields: Field[], from: Value, to: Value): Value {
  const entries = fields
    .filter((field) => !field.fixed && !field.beside && JSON.stringify(held(field, from)) !== JSON.stringify(held(field, to)))
    .map((field) => [field.name, field.merges ? merged(from[field.name], to[field.name]) : held(field, to)] as const);
  return Object.fromEntries(entries);
}

/** How AWS takes it that a member is cleared: a text by "", a list and a map by an empty one, a switch by false. */
const cleared: Record<Field['kind'], unknown> = {
  text: '', multiline: '', code: '', select: '', number: '', toggle: false, strings: [], multi: [], map: {}, 'required-map': {}, 'code-map': {}, own: undefined,
};

/** What a member holds as an update says it: absent and empty are the same. */
function held(field: Field, value: Value): unknown {
  const member = value[field.name];
  return isEmpty(member) || isEmptyCollection(member) ? (field.emptied ?? cleared[field.kind]) : member;
}

function merged(before: unknown, after: unknown): Value {
  const gone = Object.keys(before ?? {}).map((key) => [key, ''] as const);
  return { ...Object.fromEntries(gone), ...(after as Value | undefined) };
}

function isEmptyCollection(member: unknown): boolean {
  return typeof member === 'object' && member !== null && Object.keys(member).length === 0;
}
