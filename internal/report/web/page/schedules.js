// Schedules: the part of the form that makes one, and the list of those that there are.
import * as service from './service.js';
import * as form from './form.js';
import * as kept from './kept.js';
import { day, element, local, moment, say, spoken } from './words.js';

const byId = (id) => document.getElementById(id);
const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const counted = ['today', 'yesterday', 'start of week', 'start of week - 1 week', 'end of week - 1 week', 'start of month', 'start of month - 1 month', 'end of month - 1 month', 'start of year'];

// chosen(): the type, none until the page has its types; alarm(text), confirm(text, act), titleOf(report)
let page = { chosen: () => undefined };
let listed = false; // places are known
let places = { mail: false, mailTo: [], webHooks: [], folders: [] };

export async function begin(shared) {
  page = shared;
  byId('regular').ontoggle = () => { dress(); remember(); };
  byId('regular').oninput = remember;
  byId('every').onchange = dress;
  byId('keep-schedule').onclick = keep;
  byId('zone').replaceChildren(...zones().map((name) => new Option(name, name)));
  byId('zone').value = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!byId('zone').value) byId('zone').value = 'UTC';
  for (const [id, value] of Object.entries(kept.regular()?.fields ?? {})) if (value) byId(id).value = value;
  await list();
  listed = true;
  byId('regular').open = kept.regular()?.open ?? byId('regular').open;
}

const fields = ['every', 'day', 'time', 'zone', 'mail', 'hook'];
const dates = () => Object.fromEntries([...byId('dates').querySelectorAll('select')].map((select) => [select.name, select.value]));
const ticked = (id) => [...byId(id).querySelectorAll('input:checked')].map((box) => box.value);

// remember keeps when and where a report is to come for a page that is loaded again.
function remember() {
  if (!listed) return;
  kept.keepRegular({ open: byId('regular').open, fields: Object.fromEntries(fields.map((id) => [id, byId(id).value])), dates: dates(), days: ticked('weekdays'), folders: ticked('folders') });
}

const zones = () => [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone'), Intl.DateTimeFormat().resolvedOptions().timeZone])].sort();

// dress shows the fields that the choices need, in the page's language.
export function dress() {
  const every = byId('every').value;
  byId('days').hidden = every !== 'week';
  byId('month').hidden = every !== 'month';
  byId('clock').hidden = every === 'hour';
  const checked = byId('weekdays').children.length ? ticked('weekdays') : kept.regular()?.days ?? weekdays.slice(0, 1);
  byId('weekdays').replaceChildren(...weekdays.map((name, i) => tick('weekday', name, nameOfDay(i), checked.includes(name))));
  fillDates();
  fillPlaces();
}

// 2024 began on a Monday.
const nameOfDay = (i) => new Intl.DateTimeFormat(spoken(), { weekday: 'short', timeZone: 'UTC' }).format(new Date(Date.UTC(2024, 0, 1 + i)));

function tick(name, value, text, checked) {
  const label = element('label', 'tick', '');
  const box = document.createElement('input');
  Object.assign(box, { type: 'checkbox', name, value, checked });
  label.append(box, text);
  return label;
}

// fillDates has a choice for every date of the report: one that stays as it is in the form,
// or one that is counted from the day of each run.
function fillDates() {
  const counting = (page.chosen()?.parameters ?? []).filter((parameter) => parameter.type === 'date' && !parameter.list);
  const before = { ...kept.regular()?.dates, ...dates() };
  byId('dates').replaceChildren(...counting.map((parameter) => {
    const field = byId(`parameter-${parameter.name}`);
    const usual = (field?.value ?? '') === (parameter.default ?? '');
    const box = element('div', 'field', '');
    const label = element('label', '', say('dateEachTime', { name: local(parameter.title) }));
    const select = document.createElement('select');
    select.id = label.htmlFor = `counted-${parameter.name}`;
    select.name = parameter.name;
    select.append(new Option(field?.value ? say('alwaysOn', { day: day(field.value) }) : say('noDate'), 'as is', false, !usual));
    if (parameter.default) select.append(new Option(say('usual'), '', false, usual));
    select.append(...counted.map((text) => new Option(say(text), text)));
    if (counted.includes(before[parameter.name])) select.value = before[parameter.name];
    box.append(label, select);
    return box;
  }));
}

function fillPlaces() {
  const chosen = byId('folders').children.length ? ticked('folders') : kept.regular()?.folders ?? [];
  const only = !kept.regular() && byId('folders').children.length === 0 && places.folders.length === 1 && !places.mail && places.webHooks.length === 0;
  byId('no-places').hidden = places.mail || places.folders.length > 0 || places.webHooks.length > 0;
  byId('keep-schedule').disabled = !byId('no-places').hidden;
  byId('mail-box').hidden = !places.mail;
  byId('mail-hint').textContent = say('mailHint', { allowed: places.mailTo.join(', ') });
  byId('hook-box').hidden = places.webHooks.length === 0;
  byId('hook-hint').textContent = say('hookHint', { allowed: places.webHooks.join(', ') });
  byId('folders').hidden = places.folders.length === 0;
  byId('folders').replaceChildren(...places.folders.map((name) => tick('folder', name, say('folder', { name }), only || chosen.includes(name))));
}

// when is the recurring time as the service takes it, or '' where a day lacks.
function when() {
  const [hour, minute] = (byId('time').value || '7:00').split(':');
  const clock = `at ${Number(hour)}:${minute}`;
  const days = ticked('weekdays');
  switch (byId('every').value) {
    case 'hour': return 'every hour';
    case 'month': return `every month on day ${byId('day').value} ${clock}`;
    case 'week': return days.length ? `every ${days.join(', ')} ${clock}` : '';
    default: return `every ${byId('every').value} ${clock}`;
  }
}

const allowedMail = (address) => places.mailTo.some((allowed) => address.toLowerCase() === allowed.toLowerCase() || allowed.startsWith('@') && address.toLowerCase().endsWith(allowed.toLowerCase()));

// targets are where the report goes; null: a fault is shown at its field.
function targets() {
  const mails = byId('mail').value.split(/[\s,;]+/).filter(Boolean);
  const hook = byId('hook').value.trim();
  const wrong = mails.find((address) => !/^[^@\s]+@[^@\s]+$/.test(address) || !allowedMail(address));
  if (wrong) return blame('mail', say('badMail', { address: wrong, allowed: places.mailTo.join(', ') }));
  if (hook && !places.webHooks.some((prefix) => hook.startsWith(prefix.replace(/\/$/, '')))) return blame('hook', say('badHook', { allowed: places.webHooks.join(', ') }));
  const all = [...mails.map((mail) => ({ mail })), ...(hook ? [{ webHook: hook }] : []), ...ticked('folders').map((folder) => ({ folder }))];
  return all.length ? all : fault(say('noTarget'));
}

function blame(id, text) {
  byId(id).setAttribute('aria-invalid', 'true');
  byId(id).focus();
  return fault(text);
}

function fault(text) {
  byId('schedule-fault').textContent = text;
  return null;
}

async function keep() {
  fault('');
  for (const id of ['mail', 'hook']) byId(id).setAttribute('aria-invalid', 'false');
  const parameters = form.read();
  if (!parameters) return;
  for (const select of byId('dates').querySelectorAll('select')) {
    if (select.value === 'as is') continue;
    if (select.value === '') delete parameters[select.name]; else parameters[select.name] = select.value;
  }
  const deliver = targets();
  if (!deliver) return;
  if (!when()) { fault(say('noDay')); return; }
  try {
    const made = await service.makeSchedule({ type: page.chosen().type, format: byId('format').value, language: spoken(), when: when(), timezone: byId('zone').value, parameters, deliver });
    byId('announce').textContent = say('scheduled', { when: local(made.whenText), next: at(made.next, made.timezone) });
    byId('regular').open = false;
    await list();
    byId('schedules-title').focus();
  } catch (problem) {
    if (!form.mark(problem.field, problem.said)) fault(problem.message);
  }
}

// at is a moment on the clock of a schedule.
const at = (iso, zone) => new Intl.DateTimeFormat(spoken(), { weekday: 'long', day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit', timeZone: zone }).format(new Date(iso));

export async function list() {
  let schedules;
  try { ({ schedules, places } = await service.schedules()); } catch { return; }
  byId('scheduled').hidden = schedules.length === 0;
  byId('schedules').replaceChildren(...schedules.map(line));
  dress();
}

const place = (target) => target.mail ?? target.webHook ?? (target.folder ? say('folder', { name: target.folder }) : say('connection'));

function line(schedule) {
  const item = document.createElement('li');
  const text = element('div', 'details', '');
  const title = local(schedule.title);
  const name = element('p', 'name', title);
  if (schedule.paused) name.append(element('span', 'badge', say('paused')));
  const facts = [`${local(schedule.whenText)} (${schedule.timezone})`];
  if (schedule.next) facts.push(say('nextRun', { at: at(schedule.next, schedule.timezone) }));
  const past = [schedule.deliver.map(place).join(', ')];
  if (schedule.lastRun) past.push(say('lastRun', { at: moment(schedule.lastRun) }));
  if (schedule.skipped) past.push(say('skippedRuns', { n: schedule.skipped }));
  text.append(name, element('p', 'hint next', facts.join(' · ')), element('p', 'hint', past.join(' · ')));
  if (schedule.problem) text.append(element('p', 'fault', spoken() === 'en' ? schedule.problem : say('noRun')));
  if (schedule.webHookKey) text.append(element('p', 'hint', say('hookKey', { key: schedule.webHookKey })));
  item.append(text, buttons(schedule, title));
  return item;
}

function buttons(schedule, title) {
  const box = element('span', 'buttons', '');
  const add = (name, act) => {
    const button = element('button', '', say(name));
    button.type = 'button';
    button.dataset.act = name;
    button.setAttribute('aria-label', `${say(name)}: ${title}, ${local(schedule.whenText)}`);
    button.onclick = act;
    box.append(button);
  };
  const call = async (act) => {
    try { await act(schedule.id); } catch (problem) { page.alarm(problem.message); }
    await list();
  };
  add('runNow', async () => { await call(service.runSchedule); byId('announce').textContent = say('due', { title }); });
  if (schedule.paused) add('resume', () => call(service.resumeSchedule)); else add('pause', () => call(service.pauseSchedule));
  if (!schedule.fromDefinition) {
    add('remove', () => page.confirm(say('sureSchedule', { name: `${title}, ${local(schedule.whenText)}` }), async () => {
      await call(service.removeSchedule);
      byId('ask-title').focus();
    }));
  }
  return box;
}
