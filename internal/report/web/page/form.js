// The form: a report's parameters as fields, and what is in them.
import { all, day, local, say } from './words.js';

const byId = (id) => document.getElementById(id);

export function fillTypes(types, chosen) {
  byId('type').replaceChildren(...types.map((type) => new Option(local(type.title), type.type, false, type.type === chosen)));
  if (types.length) return;
  byId('description').textContent = say('noTypes');
  for (const element of byId('ask').elements) element.disabled = true;
  byId('regular').hidden = true;
}

// fillParameters makes the fields of a type, with what was kept of them; else with its defaults.
export function fillParameters(type, kept = {}) {
  byId('description').textContent = local(type.description);
  byId('parameters').replaceChildren(...type.parameters.map((parameter) => field(parameter, kept[parameter.name] ?? parameter.default ?? '')));
}

function field(parameter, value) {
  const box = document.createElement('div');
  box.className = 'field';
  const label = document.createElement('label');
  label.htmlFor = `parameter-${parameter.name}`;
  label.textContent = local(parameter.title);
  const input = control(parameter, value);
  input.id = label.htmlFor;
  input.name = parameter.name;
  input.required = parameter.required;
  input.setAttribute('aria-describedby', `hint-${parameter.name}`);
  const hint = document.createElement('p');
  hint.id = `hint-${parameter.name}`;
  hint.className = 'hint';
  hint.dataset.usual = hintOf(parameter);
  hint.textContent = hint.dataset.usual;
  box.append(label, input, hint);
  return box;
}

// The text of a list: commas between the values, quotes around one that has a comma or a
// quote in it.
const listText = (values) => values.map((each) => (/[",]/.test(each) ? `"${each.replaceAll('"', '""')}"` : each)).join(',');
const listValues = (text) => [...text.matchAll(/(?:^|,)\s*(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((found) => found[1]?.replaceAll('""', '"') ?? found[2].trim());

function control(parameter, value) {
  if (parameter.list && parameter.type !== 'choice') {
    const input = document.createElement('input');
    input.value = value;
    return input;
  }
  if (parameter.type === 'choice' || parameter.type === 'boolean') return choice(parameter, value);
  const input = document.createElement('input');
  input.type = { integer: 'number', number: 'number', date: 'date' }[parameter.type] ?? 'text';
  if (parameter.type === 'number') input.step = 'any';
  if (parameter.pattern) input.pattern = parameter.pattern;
  input.min = parameter.minimum ?? parameter.earliest ?? '';
  input.max = parameter.maximum ?? parameter.latest ?? '';
  input.value = value;
  return input;
}

function choice(parameter, value) {
  const select = document.createElement('select');
  const values = parameter.values ?? [{ value: 'true', title: { es: 'Sí', en: 'Yes' } }, { value: 'false', title: { es: 'No', en: 'No' } }];
  select.multiple = Boolean(parameter.list);
  if (!parameter.required && !parameter.default && !parameter.list) select.append(new Option(say(parameter.noneIsAll ? 'any' : 'none'), ''));
  for (const each of values) select.append(new Option(local(each.title), each.value));
  if (!select.multiple) select.value = value;
  if (select.selectedIndex < 0 && !select.multiple) select.value = parameter.default ?? ''; // what was kept is no choice any more
  const chosen = new Set(listValues(value));
  if (select.multiple) for (const option of select.options) option.selected = chosen.has(option.value);
  return select;
}

// A bound as it is written: a date in words, a number without grouping, for it is
// often a year.
const isDay = (text) => /^\d{4}-\d\d-\d\d$/.test(text);
const bound = (text) => (isDay(text) ? day(text) : String(text));

// listHint says how several values are given, and what none means.
function listHint(parameter) {
  const name = parameter.type === 'choice' ? 'choices' : 'values';
  if (parameter.required) return say(`${name}Least`);
  if (parameter.default) return say(`${name}Default`, { values: shown(parameter, parameter.default) });
  return say(parameter.noneIsAll ? `${name}All` : name);
}

// shown is a value of a parameter, or all of a list, as a person reads it.
export function shown(parameter, text) {
  if (parameter?.list) return all(listValues(text).map((value) => shown({ ...parameter, list: false }, value)));
  if (parameter?.type === 'boolean') return say(text === 'true' ? 'yes' : 'no');
  if (parameter?.type === 'date' && isDay(text)) return day(text);
  return local(parameter?.values?.find((each) => each.value === text)?.title) || text;
}

function bounds(parameter) {
  if (parameter.list) return listHint(parameter);
  const least = parameter.minimum ?? parameter.earliest;
  const most = parameter.maximum ?? parameter.latest;
  const date = parameter.type === 'date';
  const gaps = { least: least === undefined ? '' : bound(least), most: most === undefined ? '' : bound(most) };
  if (gaps.least && gaps.most) return date ? say('fromTo', gaps) : say('between', gaps);
  if (gaps.least) return date ? say('since', gaps) : say('least', gaps);
  if (gaps.most) return date ? say('until', gaps) : say('most', gaps);
  return '';
}

// hintOf says which values a field takes, and what it means to leave it empty.
function hintOf(parameter) {
  const emptied = parameter.default && !parameter.required && !parameter.list && !['choice', 'boolean'].includes(parameter.type);
  return [bounds(parameter), emptied && say('emptyMeans', { value: shown(parameter, parameter.default) })].filter(Boolean).map(closed).join(' ');
}

const closed = (text) => (text.endsWith('.') ? text : `${text}.`);

// fault says what is wrong in the page's language; the browser would say it in its own.
function fault(input) {
  const { min, max } = input;
  if (input.validity.valueMissing) return say('required');
  if (input.type === 'number' && input.validity.badInput) return say('noNumber');
  if (input.validity.stepMismatch) return say('noWhole');
  const [within, atLeast, atMost] = input.type === 'date' ? ['dateWithin', 'dateAtLeast', 'dateAtMost'] : ['within', 'atLeast', 'atMost'];
  if (min && max) return say(within, { least: bound(min), most: bound(max) });
  if (min) return say(atLeast, { least: bound(min) });
  if (max) return say(atMost, { most: bound(max) });
  return say('wrong');
}

function blame(input, text) {
  const hint = byId(`hint-${input.name}`);
  input.setAttribute('aria-invalid', 'true');
  hint.className = 'fault';
  hint.textContent = text;
}

// mark shows the service's words, which begin with the field's name, at the field, and leads
// there unless somebody types elsewhere; false: there is none.
export function mark(name, text, leads = true) {
  const input = byId('parameters').querySelector(`[name="${CSS.escape(name ?? '')}"]`);
  if (!input) return false;
  blame(input, input.validity.valueMissing ? say('required') : `${say('wrong')} ${sentence(text.replace(`${name}: `, ''))}`);
  if (leads) input.focus();
  return true;
}

function praise(input) {
  const hint = byId(`hint-${input.name}`);
  input.setAttribute('aria-invalid', 'false');
  hint.className = 'hint';
  hint.textContent = hint.dataset.usual;
}

// unmark takes back what was said of the fields.
export const unmark = () => inputs().forEach(praise);

const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const inputs = () => [...byId('parameters').querySelectorAll('input, select')];
const textOf = (input) => (input.multiple ? listText([...input.selectedOptions].map((option) => option.value)) : input.value);

// taken is what is in the fields, right or not.
export const taken = () => Object.fromEntries(inputs().map((input) => [input.name, textOf(input)]));

// changed is what a person has put in place of a type's defaults.
export function changed(type) {
  const values = taken();
  return Object.fromEntries(type.parameters.map(({ name, default: preset = '' }) => [name, preset]).filter(([name, preset]) => values[name] !== preset).map(([name]) => [name, values[name]]));
}

// valid are the values of the fields that are filled in and valid; of the others nothing is said.
export const valid = () => Object.fromEntries(inputs().filter((input) => textOf(input) !== '' && input.checkValidity()).map((input) => [input.name, textOf(input)]));

// read returns the values, or null after it has shown what is wrong.
export function read() {
  const values = {};
  let first = null;
  for (const input of inputs()) {
    if (input.checkValidity()) {
      praise(input);
    } else {
      blame(input, fault(input));
      first ??= input;
    }
    const value = textOf(input);
    if (value !== '') values[input.name] = value;
  }
  first?.focus();
  return first ? null : values;
}
