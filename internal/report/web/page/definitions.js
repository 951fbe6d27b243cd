// The page of the person who writes definitions.
import * as drafts from './drafts.js';
import * as form from './form.js';
import { show as showPreview } from './preview.js';
import { reach } from './service.js';
import { knows, number, say, speak, spoken } from './words.js';

const byId = (id) => document.getElementById(id);
const waitFor = 600; // milliseconds after the last key, before a draft is tried

let token = sessionStorage.getItem('token') ?? '';
let saves = false;
let trying = 0; // the timer
let turn = 0; // of the trials: only the newest is shown
let shownType = null;

async function call(path, method = 'GET', sent = undefined) {
  const { response, body } = await reach(path, method, token, sent);
  if (!response.ok && !body.problems) {
    const problem = new Error(body.code !== 'query_refused' && knows(body.code) ? say(body.code) : body.message);
    problem.status = response.status;
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
  byId('sketch').onsubmit = (event) => { event.preventDefault(); draft(); };
  byId('open').onchange = open;
  byId('new').oninput = remember;
  byId('discard').onclick = discard;
  byId('yaml').oninput = () => { remember(); clearTimeout(trying); trying = setTimeout(tryIt, waitFor); };
  byId('values').onsubmit = (event) => { event.preventDefault(); tryIt(); };
  byId('save').onclick = save;
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
    byId('sign-in').hidden = problem.status !== 401 && problem.status !== 403;
    byId('work').hidden = true;
    if (token || byId('sign-in').hidden) alarm(problem.status === 401 ? say('wrongToken') : problem.message);
    return;
  }
  if (token) sessionStorage.setItem('token', token); // it is right
  byId('sign-in').hidden = true;
  byId('work').hidden = false;
  byId('open').value = drafts.chosen();
  if (!byId('open').value) byId('open').value = ''; // that definition is no longer there
  for (const [id, text] of Object.entries(drafts.read('')?.sketch ?? {})) if (text) byId(id).value = text;
  await open();
}

async function list() {
  const { definitions, sources, saves: may } = await call('/api/definitions');
  saves = may;
  byId('save').disabled = !saves;
  byId('saving').textContent = saves ? '' : say('no_folder');
  const chosen = byId('open').value;
  byId('open').replaceChildren(new Option(say('newDefinition'), ''), ...definitions.map((each) => new Option(`${each.title[spoken()] ?? each.type} (${each.file})`, each.type)));
  byId('open').value = chosen;
  byId('source').replaceChildren(...sources.map((name) => new Option(name, name)));
}

const sketchFields = ['sketch-type', 'sketch-title', 'source', 'sql'];

// remember keeps what was typed until it is saved or discarded.
function remember() {
  const type = byId('open').value;
  const sketch = type ? undefined : Object.fromEntries(sketchFields.map((id) => [id, byId(id).value]));
  drafts.keep(type, { yaml: byId('yaml').value, sketch });
}

// open shows the chosen definition: as it was left unsaved, else as the service has it.
async function open() {
  const type = byId('open').value;
  drafts.choose(type);
  byId('new').hidden = type !== '';
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

// draft has the service write a definition for the query.
async function draft() {
  const fault = byId('sketch-fault');
  fault.textContent = '';
  for (const id of sketchFields) byId(id).setAttribute('aria-invalid', 'false');
  const sketch = { type: byId('sketch-type').value.trim(), title: byId('sketch-title').value.trim(), source: byId('source').value, sql: byId('sql').value, language: spoken() };
  for (const [field, id] of [['type', 'sketch-type'], ['title', 'sketch-title'], ['sql', 'sql']]) {
    if (sketch[field] && !byId(id).validity.patternMismatch) continue;
    fault.textContent = `${byId(id).labels[0].textContent}: ${say(sketch[field] ? 'typeNameHint' : 'required')}`;
    byId(id).setAttribute('aria-invalid', 'true');
    byId(id).focus();
    return;
  }
  try {
    byId('yaml').value = (await call('/api/definitions/draft', 'POST', sketch)).yaml;
    remember();
    await tryIt();
    byId('yaml').focus();
  } catch (problem) {
    fault.textContent = problem.message;
    byId('sql').focus();
  }
}

// tryIt shows what the definition makes of the first rows, or what is wrong at which line.
async function tryIt() {
  clearTimeout(trying);
  const yaml = byId('yaml').value;
  const mine = ++turn;
  if (!yaml.trim()) {
    showFaults([]);
    showLines('cautions', []);
    byId('of').textContent = '';
    byId('preview').hidden = true;
    return;
  }
  const parameters = shownType ? form.read() ?? {} : {};
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
  byId('preview').hidden = !trial.preview;
  byId('of').textContent = trial.preview ? rowsText(trial) : '';
  if (trial.preview) showPreview(trial.preview);
}

// rowsText says of how many rows the table is, and the totals and the chart.
function rowsText({ preview, rows, whole }) {
  const gaps = { n: number(rows), shown: number(preview.rows?.length ?? 0) };
  if (!whole) return say('someRows', gaps);
  return say(preview.rows?.length < rows ? 'shownRows' : 'allRows', gaps);
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

async function save() {
  byId('saving').textContent = '';
  try {
    const { problems, type } = await call('/api/definitions/save', 'POST', { yaml: byId('yaml').value, language: spoken() });
    showFaults(problems);
    if (problems.length) return;
    drafts.drop(byId('open').value);
    drafts.drop(type.type);
    await list();
    byId('open').value = type.type;
    drafts.choose(type.type);
    byId('new').hidden = true;
    byId('unsaved').hidden = true;
    for (const id of ['sketch-type', 'sketch-title', 'sql']) byId(id).value = '';
    byId('saving').textContent = say('saved');
  } catch (problem) {
    alarm(problem.message);
  }
}

begin();
