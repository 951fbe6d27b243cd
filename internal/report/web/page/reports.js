// The page of the person who waits.
import * as service from './service.js';
import * as form from './form.js';
import * as kept from './kept.js';
import * as schedules from './schedules.js';
import { again as showAgain, show as showPreview } from './preview.js';
import { confirm } from './sure.js';
import { duration, element, knows, local, moment, number, percent, say, size, speak, spoken } from './words.js';

const byId = (id) => document.getElementById(id);
const askEvery = 2000; // milliseconds, until a socket has told something
const comeBackAfter = 1000; // milliseconds, when a socket was lost
const silentAfter = 10000; // milliseconds without a frame, after which the page asks: a lost network closes no socket
const listEvery = 5000; // milliseconds, while a report of the list is not done

let types = [];
let gateway = '';
let action = ''; // of the message that asks for a report; '' asks in the query string
let reasons = {};
let again = {}; // why a report is tried again, by reason
let defines = false; // who uses the page may write definitions
let asked = new URLSearchParams(location.hash.slice(1)).get('type'); // that a link names
let current = null; // the report on show
let socket = null;
let asking = 0;
let pushed = false; // the socket tells what becomes of the report
let announced = 0;
let listing = 0;

// titleOf is in the page's language; a type that is no longer there has the service's.
const titleOf = (report) => local(typeOf(report.type)?.title) || report.title;
const typeOf = (name) => types.find((type) => type.type === name);

function dress() {
  document.documentElement.lang = spoken();
  document.title = say('title');
  byId('language').value = spoken();
  for (const element of document.querySelectorAll('[data-text]')) element.textContent = say(element.dataset.text);
  const shown = byId('type').value;
  const chosen = shown || typeOf(asked)?.type || typeOf(kept.chosen())?.type || types[0]?.type;
  const taken = form.taken();
  form.fillTypes(types, chosen);
  if (shown) form.fillParameters(typeOf(chosen), taken); else if (chosen) fill(chosen);
  byId('format-hint').textContent = say('fileLanguage');
  if (current) showReport();
  showAgain();
  showHistory();
  schedules.list();
}

// fill makes the form that of a type, as it was left.
function fill(name) {
  const { format, parameters } = kept.of(name);
  form.fillParameters(typeOf(name), parameters);
  byId('format').value = format ?? typeOf(name).format;
}

// choose puts a type with values into the form.
function choose(name, format, parameters) {
  byId('type').value = name;
  form.fillParameters(typeOf(name), parameters);
  byId('format').value = format;
  remember();
}

// remember keeps what is in the form for a page that is loaded again.
function remember() {
  const type = typeOf(byId('type').value);
  const format = byId('format').value;
  if (type) kept.keep(type.type, { format: format === type.format ? undefined : format, parameters: form.changed(type) });
}

async function begin() {
  byId('language').onchange = (event) => { speak(event.target.value); dress(); };
  byId('type').onchange = (event) => { fill(event.target.value); remember(); schedules.dress(); };
  byId('ask').oninput = (event) => { if (event.target !== byId('type')) remember(); };
  byId('ask').onsubmit = (event) => { event.preventDefault(); ask(); };
  byId('cancel').onclick = cancel;
  window.onoffline = noNetwork;
  window.ononline = networkIsBack;
  try {
    await service.enter();
    let definitions = '';
    [types, { gatewayUrl: gateway, action, reasons, again, definitions }] = await Promise.all([service.types(), service.settings()]);
    byId('to-definitions').hidden = definitions === 'elsewhere';
    defines = definitions === 'open' || Boolean(sessionStorage.getItem('token')); // which the page of definitions keeps
    dress();
    takeAsked();
    await Promise.all([resume(), schedules.begin({ chosen: () => typeOf(byId('type').value), typeOf, choose, facts, alarm, confirm, showHistory })]);
  } catch {
    dress();
    alarm(say('noService'));
  }
}

// takeAsked makes the type of a link the chosen one, as if it were chosen here.
function takeAsked() {
  if (typeOf(asked)) remember();
  if (asked) history.replaceState(null, '', location.pathname);
  asked = null;
}

// What this tab waits for, also when its page is loaded again: the report's id and the
// session of its connection.
const waited = () => JSON.parse(sessionStorage.getItem('waiting') ?? '{}');
const keep = (session, id) => sessionStorage.setItem('waiting', JSON.stringify({ session, id }));
const forget = () => sessionStorage.removeItem('waiting');

// resume shows the report that was on its way when the page was left, and goes on with its
// connection.
async function resume() {
  const { session, id } = waited();
  const reports = await service.history();
  const under = reports.find((report) => report.id === id) ?? reports.find((report) => report.state === 'queued' || report.state === 'running');
  if (!under || current) return;
  current = under;
  showReport();
  if (final()) { end(); return; }
  if (under.id === id) comeBack(session);
  follow();
}

// comeBack waits on by the connection of a session. Where the gateway keeps none nothing is
// heard, and the page asks on.
function comeBack(session) {
  const mine = current;
  mine.session = session;
  socket = service.waitOn(gateway, session, {
    heard: (frame) => mine === current && frame.reportId === mine.id && hear(frame),
    refused: () => {},
    closed: () => mine === current && lost(true),
  });
}

function ask() {
  remember();
  const parameters = form.read();
  if (!parameters) return;
  leave();
  byId('preview').hidden = true;
  clearAlarm();
  announced = 0;
  current = { type: byId('type').value, state: 'connecting', wish: parameters, session: action && service.newSession() };
  showReport();
  byId('waiting-title').focus();
  const mine = current;
  socket = service.wait(gateway, action, { type: current.type, format: byId('format').value, language: spoken(), parameters }, current.session, {
    heard: (frame) => mine === current && hear(frame),
    refused: (problem) => mine === current && refuse(problem),
    closed: (opened) => mine === current && lost(opened),
  });
}

// refuse shows why a report was not taken, at the field that is wrong if it is one.
function refuse(problem) {
  if (current.id) return;
  leave();
  current.state = 'failed';
  current.problem = knows(problem.code) ? problem.code : 'internal';
  if (form.mark(problem.field, problem.message)) Object.assign(current, { problem: 'wrongField', field: problem.field });
  showReport();
  alarm(problemText(current));
}

const states = { accepted: 'queued', progress: 'running' };

function hear(frame) {
  const { event, message, ...rest } = frame;
  if (event === 'progress' && frame.rows < current.rows) return; // it waited while the page was away
  const before = current.state;
  clearTimeout(asking);
  pushed = true;
  asking = setTimeout(() => { pushed = false; follow(); }, silentAfter);
  if (current.warning === 'dropped' || current.warning === 'away') current.warning = '';
  Object.assign(current, { reason: undefined }, rest, { id: frame.reportId, state: states[event] ?? event, message: message ?? current.message });
  if (event === 'accepted' && current.session) keep(current.session, current.id);
  if (event === 'accepted') current.warning = differs(frame.parameters ?? {}) ? 'ignored' : '';
  showReport();
  speakUp(before);
  if (current.state !== before) showHistory();
  if (final()) end();
}

// differs tells whether what the gateway passed on is not what was chosen. Of a list, the
// service writes each value once and in its own way.
const isList = (name) => typeOf(current.type)?.parameters.some((parameter) => parameter.name === name && parameter.list);
const differs = (taken) => Object.entries(current.wish ?? {}).some(([name, value]) => (isList(name) ? !taken[name] : taken[name] !== value && Number(taken[name]) !== Number(value)));

const final = () => ['ready', 'failed', 'cancelled'].includes(current.state);

function end() {
  forget();
  leave();
  const mine = current;
  if (current.state === 'failed') showCause(mine);
  if (current.state !== 'ready') return;
  byId('download').focus();
  if (lookOf(mine) === 'empty') return;
  service.preview(mine).then((preview) => current === mine && showPreview(preview, mine.rows)).catch(() => {});
}

// showCause tells who may write definitions what the database said, and leads to the definition.
async function showCause(mine) {
  if (!defines || !mine.id) return;
  try { mine.cause = await service.causeOf(mine); } catch { return; } // it is the operator's after all
  if (current === mine) showReport();
}

function leave() {
  clearTimeout(asking);
  pushed = false;
  const old = socket;
  socket = null;
  old?.close();
}

// lost: the connection is gone. If the report was accepted, the page asks for it, and comes
// back to the connection where that has a session.
function lost(opened) {
  if (!socket || final()) return;
  socket = null;
  pushed = false;
  const mine = current;
  if (!current.id) {
    current.state = 'failed';
    current.problem = 'noGateway';
    showReport();
    alarm(say(current.problem));
    return;
  }
  if (opened) current.warning = 'dropped';
  showReport();
  follow();
  if (mine.session) setTimeout(() => { if (mine === current && !socket && !final()) comeBack(mine.session); }, comeBackAfter);
}

async function follow() {
  clearTimeout(asking);
  const mine = current;
  try {
    const report = await service.status(current);
    if (mine !== current) return;
    const before = current.state;
    Object.assign(current, { reason: undefined }, report);
    if (current.warning === 'away') current.warning = '';
    showReport();
    speakUp(before);
    if (current.state !== before) showHistory();
  } catch (problem) {
    if (mine !== current) return;
    if (problem.unreachable) noNetwork(); else alarm(problem.message);
  }
  if (final()) end(); else if (!pushed) asking = setTimeout(follow, askEvery);
}

// noNetwork says at the report that what is shown of it is from before.
function noNetwork() {
  if (!current?.id || final()) return;
  current.warning = 'away';
  showReport();
}

// networkIsBack goes on at once. The socket of before may never say that it is dead.
function networkIsBack() {
  clearAlarm();
  showHistory();
  if (!current?.id || final()) return;
  leave();
  if (current.session) comeBack(current.session);
  follow();
}

async function cancel() {
  await cancelOf(current);
  if (!socket && !final()) follow();
}

async function cancelOf(report) {
  clearAlarm();
  try {
    await service.cancel(report);
  } catch (problem) {
    alarm(problem.message);
  }
  showHistory();
}

function showReport() {
  const waiting = current.state === 'queued' || current.state === 'running' || current.state === 'connecting';
  byId('waiting').hidden = false;
  byId('waiting').dataset.state = lookOf(current);
  const badge = current.id && byId('history').querySelector(`[data-report="${current.id}"]`);
  if (badge) fillBadge(badge, current);
  byId('waiting').dataset.heard = pushed ? 'push' : '';
  byId('waiting-title').textContent = titleOf(current);
  byId('state').textContent = stateText(current);
  const bar = byId('progress');
  bar.hidden = !waiting;
  if (current.percent === undefined || current.state !== 'running') bar.removeAttribute('value'); else bar.value = current.percent;
  byId('figures').replaceChildren(...figures(current));
  byId('warning').hidden = !current.warning;
  byId('warning').textContent = current.warning ? say(current.warning) : '';
  byId('cause').hidden = !current.cause;
  byId('cause-text').textContent = say('cause', { cause: current.cause });
  byId('cause-definition').href = `/definitions#${new URLSearchParams({ type: current.type })}`;
  byId('cancel').hidden = !waiting || !current.id;
  const link = byId('download');
  link.hidden = current.state !== 'ready';
  link.textContent = say('download', { name: current.name });
  if (current.link) link.href = current.link; else link.removeAttribute('href');
}

// lookOf is a state as it is coloured: a file without rows is not what a person hopes for.
const lookOf = (report) => (report.state === 'ready' && report.rows === 0 ? 'empty' : report.state);

function stateText(report) {
  if (lookOf(report) === 'empty') return say('readyEmpty');
  if (report.state === 'queued') return [placeText(report), report.reason && (local(again[report.reason]) || report.message)].filter(Boolean).join('. ');
  if (report.problem) return `${say('failed')}. ${problemText(report)}`;
  if (report.state === 'failed') return `${say('failed')}. ${local(reasons[report.reason]) || report.message || ''}`;
  return say(report.state);
}

// problemText says why a report was not taken, and names the field that is wrong.
function problemText(report) {
  const named = typeOf(report.type)?.parameters.find((parameter) => parameter.name === report.field);
  return say(report.problem, { name: local(named?.title) || report.field });
}

const placeText = (report) => (report.place > 1 ? say('queued', { place: number(report.place) }) : say('next'));

function figures(report) {
  const list = [];
  const add = (name, text) => {
    const box = document.createElement('div');
    const term = document.createElement('dt');
    const value = document.createElement('dd');
    term.textContent = say(name);
    value.textContent = text;
    value.id = `figure-${name}`;
    box.append(term, value);
    list.push(box);
  };
  if (report.rows !== undefined) add('rows', number(report.rows));
  if (report.state === 'running' && report.percent !== undefined) add('percent', percent(report.percent, 1));
  if (report.bytes !== undefined) add('size', size(report.bytes));
  if (report.state === 'running' && report.secondsLeft !== undefined) add('left', duration(report.secondsLeft));
  if ((report.state === 'queued' && !report.reason || report.state === 'running' && report.secondsLeft === undefined) && report.usualSeconds) add('usually', duration(report.usualSeconds));
  if (report.state === 'ready' && report.expires) add('expires', moment(report.expires));
  if (report.state === 'failed' && report.id) add('number', report.id);
  return list;
}

// speakUp tells a screen reader of changes and of every quarter, not of each row.
function speakUp(before) {
  const quarter = Math.floor((current.percent ?? 0) / 25);
  if (current.state !== before) byId('announce').textContent = `${titleOf(current)}: ${stateText(current)}`;
  else if (current.state === 'running' && quarter > announced) byId('announce').textContent = say('at', { percent: percent(quarter * 25) });
  announced = quarter;
}

function clearAlarm() {
  byId('alarm').className = 'unseen';
  byId('alarm').textContent = '';
}

function alarm(text) {
  byId('alarm').textContent = '';
  byId('alarm').textContent = text;
  byId('alarm').className = 'flash';
}

async function showHistory() {
  clearTimeout(listing);
  let reports = [];
  try { reports = await service.history(); } catch { return; }
  byId('nothing').hidden = reports.length > 0;
  clearTimeout(listing);
  if (reports.some((report) => !report.finished && report.id !== current?.id)) listing = setTimeout(showHistory, listEvery);
  byId('history').replaceChildren(...reports.map(historyLine));
}

// facts are what a report or a schedule asks for, as a person reads it, with the defaults that
// each run of a schedule takes.
const facts = (report, defaults = {}) => [...chosen(report, defaults), report.format, report.language].filter(Boolean);

// chosen are its parameters, in the form's order. A date that is counted from each run has words
// of its own.
function chosen(report, defaults) {
  const known = typeOf(report.type)?.parameters ?? [];
  const place = (name) => known.findIndex((each) => each.name === name);
  return Object.entries({ ...defaults, ...report.parameters }).sort(([one], [other]) => place(one) - place(other)).map(([name, value]) => {
    const parameter = known[place(name)];
    const fact = `${local(parameter?.title) || name}: ${knows(value) && parameter?.type === 'date' ? say(value) : form.shown(parameter, value)}`;
    return report.parameters?.[name] ? fact : say('byDefault', { fact });
  });
}

function fillBadge(badge, report) {
  badge.textContent = badgeText(report);
  badge.dataset.state = lookOf(report);
}

// badgeText is short, and says how far a report is that is not on show above.
function badgeText(report) {
  if (lookOf(report) === 'empty') return say('badgeEmpty');
  if (report.state === 'queued') return placeText(report);
  if (report.state !== 'running' || report === current) return stateText(report);
  const far = report.percent === undefined ? report.rows > 0 && say('countedRows', { n: number(report.rows) }) : percent(report.percent);
  return far ? `${say('running')} ${far}` : say('running');
}

function historyLine(report) {
  const line = document.createElement('li');
  const text = element('div', 'details', '');
  const outcome = report.state === 'ready' ? [say('countedRows', { n: number(report.rows) }), size(report.bytes), `${number(report.seconds, 1)} s`] : [];
  const first = element('p', 'name', titleOf(report));
  const latest = report.id === current?.id ? current : report; // not two states of one report on a page
  const badge = element('span', 'badge', '');
  badge.dataset.report = report.id;
  fillBadge(badge, latest);
  first.append(badge);
  if (report.schedule) first.append(element('span', 'badge', say('ofSchedule')));
  text.append(first, element('p', 'hint', facts(report).join(' · ')), element('p', 'hint', [moment(report.created), ...outcome].join(' · ')));
  const buttons = element('span', 'buttons', '');
  const add = (name, label, act) => {
    const button = element('button', '', say(name));
    button.type = 'button';
    button.setAttribute('aria-label', label);
    button.onclick = act;
    buttons.append(button);
  };
  const called = `${titleOf(report)}, ${moment(report.created)}`;
  add('show', `${say('show')}: ${called}`, () => open(report));
  if (report.link) {
    const link = element('a', 'button', say('again'));
    link.href = report.link;
    link.setAttribute('aria-label', say('download', { name: report.name }));
    buttons.append(link);
  }
  if (!report.finished) add('cancel', `${say('cancel')}: ${called}`, () => cancelOf(report));
  if (report.finished) add('remove', `${say('remove')}: ${called}`, () => askToRemove(report));
  line.append(text, buttons);
  return line;
}

function open(report) {
  leave();
  current = { ...report };
  byId('preview').hidden = true;
  showReport();
  byId('waiting-title').focus();
  if (final()) end(); else follow();
}

// askToRemove deletes a report once the person has said so twice.
function askToRemove(report) {
  confirm(say('sure', { name: `${titleOf(report)}, ${moment(report.created)}` }), async () => {
    try {
      await service.remove(report.id);
    } catch (problem) {
      alarm(problem.message);
    }
    if (current?.id === report.id) {
      leave();
      current = null;
      byId('waiting').hidden = true;
      byId('preview').hidden = true;
    }
    await showHistory();
    byId('history-title').focus();
  });
}

begin();
