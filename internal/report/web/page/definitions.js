// The page of the person who writes definitions.
import * as drafts from './drafts.js';
import * as form from './form.js';
import { show as showPreview } from './preview.js';
import { reach } from './service.js';
import { confirm } from './sure.js';
import { all, element, knows, local, number, oneOf, say, speak, spoken } from './words.js';

const byId = (id) => document.getElementById(id);
const waitFor = 600; // milliseconds after the last key, before a draft is tried

let token = sessionStorage.getItem('token') ?? '';
let saves = false;
let definitions = []; // in force
let drafted = ''; // what the service wrote last into the definition of a new type
let trying = 0; // the timer
let turn = 0; // of the trials: only the newest is shown
let shownType = null;

async function call(path, method = 'GET', sent = undefined) {
  const { response, body } = await reach(path, method, token, sent);
  if (!response.ok && !body.problems) {
    const own = ['query_refused', 'not_found'].includes(body.code); // the service says more than the page could
    const problem = new Error(!own && knows(body.code) ? say(body.code) : body.message);
    Object.assign(problem, { status: response.status, field: body.field });
    throw problem;
  }
  return body;
}

function dress() {
  document.documentElement.lang = spoken();
  document.title = say('definitions');
  byId('language').value = spoken();
  for (const element of document.querySelectorAll('[data-text]')) element.textContent = say(element.dataset.text);
  byId('open').options[0]?.replaceChildren(say('newDefinition'));
  byId('tables-title').textContent = say('tablesOf', { source: sourceShown() });
  if (shownType) form.fillParameters(shownType, form.taken());
}

function alarm(text) {
  byId('alarm').textContent = text;
  byId('alarm').className = text ? 'flash' : 'unseen';
}

async function begin() {
  byId('language').onchange = (event) => { speak(event.target.value); dress(); tryIt(); };
  byId('sign-in').onsubmit = (event) => {
    event.preventDefault();
    token = byId('token').value;
    enter();
  };
  byId('sketch').onsubmit = (event) => { event.preventDefault(); askToDraft(); };
  byId('source').onchange = showTables;
  byId('tables').ontoggle = showTables;
  byId('open').onchange = open;
  byId('new').oninput = remember;
  byId('discard').onclick = discard;
  byId('yaml').oninput = () => { remember(); clearTimeout(trying); trying = setTimeout(tryIt, waitFor); };
  byId('values').onsubmit = (event) => { event.preventDefault(); tryIt(true); };
  byId('save').onclick = askToSave;
  byId('remove').onclick = askToRemove;
  byId('copy').onclick = async () => {
    await navigator.clipboard.writeText(byId('yaml').value);
    byId('saving').textContent = say('copied');
  };
  dress();
  await enter();
}

// enter shows the work to the operator: whoever is on the service's machine, where it has no
// token, or shows its token.
async function enter() {
  alarm('');
  try {
    await list();
  } catch (problem) {
    await keepOut(problem);
    return;
  }
  if (token) sessionStorage.setItem('token', token); // it is right
  byId('sign-in').hidden = true;
  byId('work').hidden = false;
  byId('open').value = new URLSearchParams(location.hash.slice(1)).get('type') ?? drafts.chosen();
  if (location.hash) history.replaceState(null, '', location.pathname);
  if (!byId('open').value) byId('open').value = ''; // that definition is no longer there
  for (const [id, text] of Object.entries(drafts.read('')?.sketch ?? {})) if (text) byId(id).value = text;
  drafted = drafts.read('')?.drafted ?? '';
  await open();
}

// keepOut says what it takes to write definitions here: a token, where the service has one.
async function keepOut(problem) {
  byId('work').hidden = true;
  const refused = problem.status === 401 || problem.status === 403;
  const { definitions: how } = refused ? (await reach('/page/settings', 'GET')).body : {};
  byId('sign-in').hidden = how !== 'token';
  if (how === 'elsewhere') alarm(say('onItsMachine'));
  else if (!refused) alarm(problem.message);
  else if (token) alarm(say('wrongToken'));
}

async function list() {
  let sources;
  ({ definitions, sources, saves } = await call('/api/definitions'));
  byId('save').disabled = !saves;
  saying('');
  const chosen = byId('open').value;
  byId('open').replaceChildren(new Option(say('newDefinition'), ''), ...definitions.map((each) => new Option(`${each.title[spoken()] ?? each.type} (${each.file})`, each.type)));
  byId('open').value = chosen;
  byId('source').replaceChildren(...sources.map((name) => new Option(name, name)));
}

// sourceShown is the database of the definition that is open, or the chosen one of a new one.
const sourceShown = () => definitions.find((each) => each.type === byId('open').value)?.source ?? byId('source').value;

// showTables lists what a query may read, once it is asked for.
async function showTables() {
  const source = sourceShown();
  byId('tables-title').textContent = say('tablesOf', { source });
  if (!byId('tables').open || !source || byId('tables-list').dataset.of === source) return;
  byId('tables-list').replaceChildren();
  byId('tables-list').dataset.of = source;
  byId('tables-fault').textContent = say('trying');
  try {
    const { tables, whole } = await call(`/api/sources/${encodeURIComponent(source)}/tables`);
    if (byId('tables-list').dataset.of !== source) return;
    byId('tables-list').replaceChildren(...tables.flatMap(({ name, columns }) => [element('dt', '', name), element('dd', '', columns.map((column) => `${column.name} (${column.type.toLowerCase()})`).join(', '))]));
    byId('tables-fault').textContent = [!tables.length && say('noTables'), !whole && say('moreTables')].filter(Boolean).join(' ');
  } catch (problem) {
    byId('tables-list').dataset.of = '';
    byId('tables-fault').textContent = problem.message;
  }
}

const sketchFields = ['sketch-type', 'sketch-title', 'source', 'sql'];

// remember keeps what was typed until it is saved or discarded.
function remember() {
  const type = byId('open').value;
  const sketch = type ? undefined : Object.fromEntries(sketchFields.map((id) => [id, byId(id).value]));
  drafts.keep(type, { yaml: byId('yaml').value, sketch, drafted: type ? undefined : drafted });
}

// open shows the chosen definition: as it was left unsaved, else as the service has it.
async function open() {
  const type = byId('open').value;
  drafts.choose(type);
  byId('new').hidden = type !== '';
  for (const id of ['remove', 'renaming']) byId(id).hidden = !type || !saves;
  saying('');
  clear(); // the parameters and rows are another definition's
  showTables();
  try {
    const { yaml: saved } = type ? await call(`/api/definitions/${encodeURIComponent(type)}`) : { yaml: '' };
    byId('yaml').value = drafts.read(type)?.yaml ?? saved;
    byId('unsaved').hidden = !type || byId('yaml').value === saved;
    await tryIt();
  } catch (problem) {
    alarm(problem.message);
  }
}

async function discard() {
  drafts.drop(byId('open').value);
  await open();
  byId('yaml').focus();
}

// clear leaves nothing of what was tried before.
function clear() {
  turn++; // what is still on its way is of before
  shownType = null;
  byId('description').textContent = '';
  byId('parameters').replaceChildren();
  showFaults([]);
  showLines('cautions', []);
  byId('of').textContent = '';
  byId('preview').hidden = true;
}

// triedValues are the valid values of the parameters. What is wrong with the others is said when
// somebody asks for a trial: while the definition is typed the keyboard stays where it is.
function triedValues(asked) {
  if (!shownType) return {};
  if (asked) form.read();
  return form.valid();
}

// askToDraft asks before what was changed by hand is written over.
function askToDraft() {
  const yaml = byId('yaml').value;
  if (yaml.trim() && yaml !== drafted) confirm(say('sureDraft'), draft, 'draftAgain');
  else draft();
}

// draft has the service write a definition for the query.
async function draft() {
  const fault = byId('sketch-fault');
  fault.textContent = '';
  for (const id of sketchFields) byId(id).setAttribute('aria-invalid', 'false');
  const sketch = { type: byId('sketch-type').value.trim(), title: byId('sketch-title').value.trim(), source: byId('source').value, sql: byId('sql').value, language: spoken(), parameters: triedValues(false) };
  for (const [field, id] of [['type', 'sketch-type'], ['title', 'sketch-title'], ['sql', 'sql']]) {
    if (sketch[field] && !byId(id).validity.patternMismatch) continue;
    fault.textContent = `${byId(id).labels[0].textContent}: ${say(sketch[field] ? 'typeNameHint' : 'required')}`;
    byId(id).setAttribute('aria-invalid', 'true');
    byId(id).focus();
    return;
  }
  try {
    drafted = (await call('/api/definitions/draft', 'POST', sketch)).yaml;
    byId('yaml').value = drafted;
    remember();
    await tryIt();
    byId('yaml').focus();
  } catch (problem) {
    const wrong = byId(problem.field === 'type' ? 'sketch-type' : 'sql');
    fault.textContent = problem.message;
    wrong.setAttribute('aria-invalid', 'true');
    clear();
    wrong.focus();
  }
}

// tryIt shows what the definition makes of the first rows, or what is wrong at which line; a
// person who asks for it hears of an empty one, too.
async function tryIt(asked = false) {
  clearTimeout(trying);
  const yaml = byId('yaml').value;
  const mine = ++turn;
  if (!yaml.trim()) {
    clear();
    if (asked) byId('of').textContent = say('nothingToTry');
    return;
  }
  const parameters = triedValues(asked);
  byId('of').textContent = say('trying');
  let trial;
  try {
    trial = await call('/api/definitions/preview', 'POST', { yaml, parameters, language: spoken() });
  } catch (problem) {
    if (mine === turn) { alarm(problem.message); byId('of').textContent = ''; }
    return;
  }
  if (mine !== turn) return;
  alarm('');
  showFaults(trial.problems);
  showLines('cautions', trial.warnings ?? []);
  if (trial.type) {
    const before = JSON.stringify(shownType?.parameters);
    shownType = trial.type;
    if (JSON.stringify(shownType.parameters) !== before) form.fillParameters(shownType, form.taken());
  }
  if (!asked) form.unmark();
  byId('preview').hidden = !trial.preview;
  byId('of').textContent = trial.value && form.mark(trial.value.field, trial.value.message, asked) ? say('valueNeeded') : '';
  if (trial.preview) showPreview(trial.preview, trial.rows, trial.whole);
}

function showFaults(problems) {
  byId('yaml').setAttribute('aria-invalid', String(problems.length > 0));
  showLines('faults', problems);
}

// What is wrong, or is warned of, leads to its line.
function showLines(id, problems) {
  byId(id).replaceChildren(...problems.map((problem) => {
    const item = document.createElement('li');
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = say('atLine', { line: problem.line });
    button.onclick = () => toLine(problem.line);
    item.append(button, ` ${problem.reason}`);
    return item;
  }));
}

function toLine(line) {
  const area = byId('yaml');
  const lines = area.value.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  area.scrollTop = Math.max(line - 5, 0) * Number.parseFloat(getComputedStyle(area).lineHeight);
}

// saying is what became of saving, with a link to the report that was saved.
function saying(text, type = '') {
  byId('saving').textContent = saves ? text : say('no_folder');
  byId('saved').hidden = !type;
  byId('saved').querySelector('a').href = `/#${new URLSearchParams({ type })}`;
}

const written = () => /^type:\s*["']?([\w-]+)/m.exec(byId('yaml').value)?.[1];
const titleOf = (type) => local(definitions.find((each) => each.type === type)?.title) || type;

// askToSave asks first where the definition has got another type than the one that is open.
async function askToSave() {
  const [open, type] = [byId('open').value, written()];
  if (!type || type === open) { save(); return; }
  if (definitions.some((each) => each.type === type)) { confirm(say('sureReplace', { type }), () => save(), 'replaceIt'); return; }
  if (!open) { save(); return; }
  try {
    const due = await schedulesOf(open);
    const others = due.filter((each) => !each.fromDefinition);
    const choice = others.length ? say(others.length > 1 ? 'takeSchedules' : 'takeSchedule', { n: number(others.length), due: whenOf(others) }) : undefined;
    const said = due.length ? '' : ` ${say('noSchedules')}`;
    confirm(say('sureRename', { old: open, type }) + said, (taken) => save(open, taken), 'renameIt', { another: { answer: 'saveBoth', act: () => save() }, choice });
  } catch (problem) {
    alarm(problem.message);
  }
}

// schedulesOf are those of a type: when they are due, and whether they stand in its definition.
const schedulesOf = async (type) => (await call(`/api/definitions/${encodeURIComponent(type)}`)).schedules;
const whenOf = (schedules) => all(schedules.map((each) => local(each.when)));

async function askToRemove() {
  const type = byId('open').value;
  const { file } = definitions.find((each) => each.type === type);
  try {
    const due = await schedulesOf(type);
    const broken = due.length ? say('brokenSchedules', { due: whenOf(due) }) : say('noSchedules');
    confirm(`${say('sureDefinition', { title: titleOf(type), file, type })} ${broken}`, remove);
  } catch (problem) {
    alarm(problem.message);
  }
}

async function remove() {
  const type = byId('open').value;
  alarm('');
  try {
    const { problems = [] } = await call(`/api/definitions/${encodeURIComponent(type)}/delete`, 'POST');
    showFaults(problems);
    if (problems.length) return;
    const text = say('removed', { title: titleOf(type) });
    drafts.drop(type);
    byId('open').value = '';
    await list();
    await open();
    saying(text);
    byId('open').focus();
  } catch (problem) {
    alarm(problem.message);
  }
}

// save keeps the definition, in place of the type replaces if one is given, with its schedules
// where they are to go along.
async function save(replaces = '', schedules = false) {
  saying('');
  alarm('');
  try {
    const saved = await call('/api/definitions/save', 'POST', { yaml: byId('yaml').value, replaces, schedules, language: spoken() });
    showFaults(saved.problems);
    if (saved.problems.length) return;
    const { type } = saved.type;
    drafts.drop(byId('open').value);
    drafts.drop(type);
    drafted = '';
    await list();
    byId('open').value = type;
    drafts.choose(type);
    byId('new').hidden = true;
    byId('unsaved').hidden = true;
    for (const id of ['remove', 'renaming']) byId(id).hidden = false;
    for (const id of ['sketch-type', 'sketch-title', 'sql']) byId(id).value = '';
    const mine = await hasIt(type);
    const said = [say('saved'), saved.taken && say('taken', { n: number(saved.taken) }), !mine && say('savedFor', { who: whoHas(saved) })];
    saying(said.filter(Boolean).join(' '), mine ? type : '');
  } catch (problem) {
    alarm(problem.message);
  }
}

// hasIt tells whether the page of reports, in this browser, has a type: the gateway may name its
// callers, this page has only the capability of a browser.
async function hasIt(type) {
  const { body } = await reach('/api/reports/types', 'GET', localStorage.getItem('access') ?? 'none');
  return body.types.some((each) => each.type === type);
}

// whoHas are the callers and attributes that a definition asks for.
function whoHas({ callers = [], attributes = {} }) {
  const asked = Object.entries(attributes).map(([name, values]) => `${name}: ${oneOf(values)}`);
  return all([...(callers.length ? [oneOf(callers)] : []), ...asked]);
}

begin();
