// What the generic list and form know of one kind of resource.

import type { ReactNode } from 'react';
import type { Permits } from '../aws/permissions';
import type { Tagging } from '../aws/tagging';
import type { Check } from '../elements/code';
import type { Impact } from '../names/impact';
import type { Words } from '../words/language';
import type { Field, Value } from './field';

/** What the server is asked for of a list that it sorts, searches and sends page by page. */
export interface PageAsked {
  find: string;
  /** A member, "-" before it: from the last to the first. */
  sort: string;
  /** Of the page; absent: the first. */
  token: string | undefined;
  limit: number;
}

export interface Page<T> {
  items: T[];
  /** The token of the page behind it; absent: there is none. */
  next?: string;
  /** How many there are on all pages. */
  matching: number;
  /** How many there are, whatever is looked for. */
  total: number;
}

export interface Column<T> {
  id: string;
  header: Words<string>;
  cell(item: T): ReactNode;
  /** What stands below it in the same cell, where there is something; no part of the link to the item's page. */
  below?(item: T): ReactNode;
  sort?: keyof T & string;
  /** Pixels that it keeps where the page is narrow; lines break beyond. */
  minWidth?: number;
}

/** How the generic page lists, makes, changes and removes one kind of resource. */
export type Resource<T extends object> = Listed<T> & (Removed<T> | Lasting);

/** Nothing is removed without a sentence that says what breaks. */
interface Removed<T> {
  remove(item: T): Promise<unknown>;
  /** What breaks when the item goes. */
  removeWarning: Words<string>;
  /** What removing is called where it deletes nothing, "Detach", and when it is done to one and to several, "detached". */
  removeLabel?: Words<string>;
  removedLabel?: Words<[string, string]>;
  /** What is in use of the items at this moment. */
  impact?(items: T[]): Promise<Impact>;
  /**
   * How an item comes back: "create" where the form's members are all of it, else what reads
   * before the removal what is needed and makes it again after.
   */
  undo?: 'create' | ((item: T) => Promise<() => Promise<unknown>>);
}

interface Lasting {
  remove?: undefined;
  removeWarning?: undefined;
  removeLabel?: undefined;
  removedLabel?: undefined;
  impact?: undefined;
  undo?: undefined;
}

interface Listed<T extends object> {
  title: Words<string>;
  about: Words<string>;
  /** The button that makes one: "Create route". Required with create. */
  make?: Words<string>;
  /** What changing one is called, before its name: "Edit route". */
  editing?: Words<string>;
  /** What the message says was done, where the thing was there before: "attached". */
  madeLabel?: Words<string>;
  /** The name of what was made, where the form has only an id of it. */
  madeName?(input: Value): Promise<string | undefined>;
  /** What to do when there is none yet. */
  empty: Words<ReactNode>;
  columns: Column<T>[];
  /** The order of a list that the server sorts, "-" before a member: from the last to the first. Absent: by the first column. */
  sorted?: string;
  fields: Field[];
  keys: readonly unknown[];
  id(item: T): string;
  name(item: T): string;
  open?(item: T): string;
  /** Its id in a stack, where that is not the id above: a stack that made it is named before it is removed. */
  physicalId?(item: T): string;
  /** All of them; or, where there may be very many, one page of them. */
  list?(): Promise<T[]>;
  page?(asked: PageAsked): Promise<Page<T>>;
  initial?: Value;
  create?(input: Value): Promise<unknown>;
  /** The form that makes one, where it is another than the fields. */
  createForm?(close: () => void): ReactNode;
  update?(item: T, input: Value): Promise<unknown>;
  /** What the buttons need; a button that the signed-in key may not use says so. */
  permits?: Permits<T>;
  check?: Check;
  call?: Call<T>;
  tagging?(item: T): Tagging;
  /** How often the list is read again while it is looked at, in milliseconds. */
  every?: number;
  /** Buttons for what is selected: the one item, where it is one; all that are selected; all there are. */
  actions?(selected: T | undefined, reload: () => Promise<void>, chosen: T[], all: T[]): ReactNode;
  /** The buttons are not about what is selected. */
  unselected?: boolean;
}

interface Change {
  operation: string;
  input: Value;
}

/** How creating (and changing) reads as an AWS CLI command and in a template. */
export interface Call<T extends object = object> {
  service: string;
  operation: string;
  fixed: Value;
  type?: string;
  /** Folds what the form shows flat into the members of the call. */
  shape?(input: Value): Value;
  /** Commands that come before the call: they make the file that it names. */
  before?(input: Value): string;
  /** The members of the call as properties of the type, where they have other names there, or need what the form holds. */
  properties?(members: Value, input: Value): Value;
  /** The calls that change an item; absent where what they are depends on more than the form. */
  change?(item: T, input: Value): Change | Change[];
}
