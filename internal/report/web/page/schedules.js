// Schedules: the part of the form that makes one, and the list of those that there are.
import * as service from './service.js';
import * as form from './form.js';
import * as kept from './kept.js';
import { day, element, local, moment, say, sayState, spoken } from './words.js';

const byId = (id) => document.getElementById(id);
const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const counted = ['today', 'yesterday', 'start of week', 'start of week - 1 week', 'end of week - 1 week', 'start of month', 'start of month - 1 month', 'end of month - 1 month', 'start of year'];

const listEvery = 1500; // milliseconds, while a run is under way
const dueFor = 20000; // milliseconds in which a run that is due begins, else the page stops looking for it

// chosen(): the type, none until the page has its types; typeOf(name), choose(type, format, parameters), facts(report),
// alarm(text), confirm(text, act), showHistory()
let page = { chosen: () => undefined, typeOf: () => undefined, facts: () => [], showHistory: () => {} };
let changing = null; // the schedule whose changes are in the form
let looking = 0; // the timer of the list
const due = new Map(); // of a schedule that was made due: its last run before, and when to look for it no more
let reported = ''; // the runs that the list of reports shows
let listed = false; // places are known
let places = { mail: false, mailTo: [], webHooks: [], folders: [] };

export async function begin(shared) {
  page = shared;
  byId('regular').ontoggle = () => { dress(); remember(); };
  byId('regular').oninput = remember;
  byId('every').onchange = dress;
  byId('keep-schedule').onclick = keep;
  byId('leave-schedule').onclick = () => { leaveChange(); byId('schedules-title').focus(); };
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

const isDay = (text) => /^\d{4}-\d\d-\d\d$/.test(text);
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
  byId('keep-schedule').textContent = say(changing ? 'saveSchedule' : 'schedule');
  byId('leave-schedule').hidden = !changing;
}

// 2024 began on a Monday.
const nameOfDay = (i) => new Intl.DateTimeFormat(spoken(), { weekday: 'short', timeZone: 'UTC' }).format(new Date(Date.UTC(2024, 0, 1 + i)));

function tick(name, value, text, checked) {
  const label = element('label', 'tick', '');
  const box = document.createElement('input');
  Object.assign(box, { type: 'checkbox', name, value, checked });
  label.append(box, element('span', '', text));
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
    const own = changing?.parameters[parameter.name]; // counted in a way that the page does not offer
    if (own && !isDay(own) && !counted.includes(own)) select.append(new Option(own, own));
    if ([...select.options].some((option) => option.value === before[parameter.name])) select.value = before[parameter.name];
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
  byId('folders').replaceChildren(...places.folders.map((name) => tick('folder', name, folder(name), only || chosen.includes(name))));
}

// folder is a folder by its name; who administers the service also reads where it is.
const folder = (name) => (places.where?.[name] ? say('folderAt', { name, path: places.where[name] }) : say('folder', { name }));

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

// wanted reads the form; null: a fault is shown at its field.
function wanted() {
  for (const id of ['mail', 'hook', 'day']) byId(id).setAttribute('aria-invalid', 'false');
  fault('');
  const parameters = form.read();
  if (!parameters) return null;
  for (const select of byId('dates').querySelectorAll('select')) {
    if (select.value === 'as is') continue;
    if (select.value === '') delete parameters[select.name]; else parameters[select.name] = select.value;
  }
  if (!byId('month').hidden && !byId('day').checkValidity()) return blame('day', say('within', { least: 1, most: 28 }));
  const deliver = targets();
  if (!deliver) return null;
  if (!when()) return fault(say('noDay'));
  return { type: page.chosen().type, format: byId('format').value, language: spoken(), when: when(), timezone: byId('zone').value, parameters, deliver };
}

async function keep() {
  const wish = wanted();
  if (!wish) return;
  const before = changing;
  try {
    if (before) wish.language = before.language; // the page's language may be another one's
    if (before) wish.deliver.push(...before.deliver.filter((target) => target.connection || target.webHook && target.webHook !== hookOf(before))); // which have no field
    const made = before ? await service.changeSchedule(before.id, wish) : await service.makeSchedule(wish);
    const said = before ? (made.paused ? 'changedPaused' : 'changedSchedule') : 'scheduled';
    byId('announce').textContent = say(said, { when: local(made.whenText), next: made.next && at(made.next, made.timezone) });
    leaveChange();
    byId('regular').open = false;
    await list();
    byId('schedules-title').focus();
  } catch (problem) {
    if (!form.mark(problem.field, problem.said)) fault(problem.field ? problem.said : problem.message);
  }
}

// hookOf is the web hook that the form has a field for.
const hookOf = (schedule) => schedule.deliver.find((target) => target.webHook)?.webHook ?? '';

// change puts a schedule into the form.
function change(schedule) {
  changing = schedule;
  const counts = ({ name, type, list: several }) => type === 'date' && !several && schedule.parameters[name] && !isDay(schedule.parameters[name]);
  const relative = page.typeOf(schedule.type)?.parameters.filter(counts).map(({ name }) => name) ?? [];
  page.choose(schedule.type, schedule.format, Object.fromEntries(Object.entries(schedule.parameters).filter(([name]) => !relative.includes(name))));
  putWhen(schedule.whenText.en);
  byId('zone').value = schedule.timezone;
  byId('mail').value = schedule.deliver.map((target) => target.mail).filter(Boolean).join(', ');
  byId('hook').value = hookOf(schedule);
  byId('regular').open = true;
  dress();
  for (const box of byId('folders').querySelectorAll('input')) box.checked = schedule.deliver.some((target) => target.folder === box.value);
  for (const select of byId('dates').querySelectorAll('select')) putDate(select, schedule.parameters[select.name]);
  fault('');
  byId('announce').textContent = say('changing', { name: `${local(schedule.title)}, ${local(schedule.whenText)}` });
  byId('every').focus();
  remember();
}

// putDate chooses how a date of the schedule is given: as a day, counted, or the suggested one.
function putDate(select, value) {
  const suggested = [...select.options].some((option) => option.value === '');
  select.value = value && !isDay(value) ? value : value || !suggested ? 'as is' : '';
}

// putWhen fills the fields of a recurring time from its English words, such as "every Monday and
// Friday at 7:30".
function putWhen(text) {
  const [, days, hour, minute] = /^every (.*?)(?: at (\d+):(\d+))?$/.exec(text) ?? [];
  const named = weekdays.filter((name) => days?.toLowerCase().includes(name));
  const [, number] = /^month on day (\d+)/.exec(days) ?? [];
  byId('every').value = named.length ? 'week' : number ? 'month' : days;
  if (number) byId('day').value = number;
  if (hour) byId('time').value = `${hour.padStart(2, '0')}:${minute}`;
  byId('weekdays').replaceChildren(...weekdays.map((name, i) => tick('weekday', name, nameOfDay(i), named.includes(name))));
}

function leaveChange() {
  changing = null;
  fault('');
  dress();
}

// at is a moment on the clock of a schedule.
const at = (iso, zone) => new Intl.DateTimeFormat(spoken(), { weekday: 'long', day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit', timeZone: zone }).format(new Date(iso));

export async function list() {
  await look();
  dress();
}

// look shows the schedules as they are now, and looks again while a run is under way. It leaves
// the form alone, which a person may be filling in.
async function look() {
  clearTimeout(looking);
  let schedules;
  try { ({ schedules, places } = await service.schedules()); } catch { return; }
  clearTimeout(looking);
  byId('scheduled').hidden = schedules.length === 0;
  const { act, of } = document.activeElement?.dataset ?? {};
  byId('schedules').replaceChildren(...schedules.map(line));
  if (act) byId('schedules').querySelector(`[data-act="${act}"][data-of="${CSS.escape(of)}"]`)?.focus();
  if (schedules.some(underWay)) looking = setTimeout(look, listEvery);
  const runs = schedules.map((schedule) => schedule.lastReport + schedule.lastState).join();
  if (reported && runs !== reported) page.showHistory();
  reported = runs;
}

// underWay tells whether a run of the schedule is due or has not come to its end.
function underWay(schedule) {
  const waits = due.get(schedule.id);
  if (waits && (schedule.lastRun !== waits.before || Date.now() > waits.until)) due.delete(schedule.id);
  return due.has(schedule.id) || ['queued', 'running', 'delivering'].includes(schedule.lastState);
}

const place = (target) => target.mail ?? target.webHook ?? (target.folder ? folder(target.folder) : say('connection'));

function line(schedule) {
  const item = document.createElement('li');
  const text = element('div', 'details', '');
  const title = local(schedule.title);
  const name = element('p', 'name', title);
  if (schedule.paused) name.append(element('span', 'badge', say('paused')));
  const times = [`${local(schedule.whenText)} (${schedule.timezone})`];
  if (schedule.next) times.push(say('nextRun', { at: at(schedule.next, schedule.timezone) }));
  const past = [schedule.deliver.map(place).join(', ')];
  if (schedule.lastRun) past.push(schedule.lastState ? say('lastSeen', { at: moment(schedule.lastRun), state: sayState(schedule.lastState) }) : say('lastRun', { at: moment(schedule.lastRun) }));
  if (schedule.skipped) past.push(say('skippedRuns', { n: schedule.skipped }));
  text.append(name, element('p', 'hint', page.facts(schedule, schedule.defaults).join(' · ')), element('p', 'hint next', times.join(' · ')), element('p', 'hint', past.join(' · ')));
  for (const wrong of schedule.problem?.split('\n') ?? []) text.append(element('p', 'fault', `${moment(schedule.problemAt)}: ${wrong}`));
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
    button.dataset.of = schedule.id;
    button.setAttribute('aria-label', `${say(name)}: ${title}, ${local(schedule.whenText)}`);
    button.onclick = act;
    box.append(button);
  };
  const call = async (act) => {
    let done = true;
    try { await act(schedule.id); } catch (problem) {
      page.alarm(problem.field ? problem.said : problem.message);
      done = false;
    }
    await list();
    return done;
  };
  add('runNow', async () => {
    due.set(schedule.id, { before: schedule.lastRun, until: Date.now() + dueFor });
    if (await call(service.runSchedule)) byId('announce').textContent = say('due', { title });
    else due.delete(schedule.id);
  });
  if (schedule.paused) add('resume', () => call(service.resumeSchedule)); else add('pause', () => call(service.pauseSchedule));
  if (!schedule.fromDefinition) {
    if (page.typeOf(schedule.type)) add('change', () => change(schedule));
    add('remove', () => page.confirm(say('sureSchedule', { name: `${title}, ${local(schedule.whenText)}` }), async () => {
      await call(service.removeSchedule);
      byId('ask-title').focus();
    }));
  }
  return box;
}
