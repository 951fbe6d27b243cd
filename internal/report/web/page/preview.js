// The preview: the first rows as a table, and the chart drawn from its figures.
import { date, element, number, say } from './words.js';

let width = 720; // of the drawing: the figure's own, so that its texts stay readable
const svg = (name, attributes, text) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
};

let shown = []; // what show was called with

// again shows the preview once more, in another language.
export function again() {
  if (shown.length && !document.getElementById('preview').hidden) show(...shown);
}

// show draws a preview, and says of which rows its figures are.
export function show(preview, rows, whole = true) {
  shown = [preview, rows, whole];
  document.getElementById('of').textContent = rowsText(preview, rows, whole);
  document.getElementById('rows').replaceChildren(head(preview), body(preview), ...foot(preview));
  showNotes(preview.notes ?? []);
  document.getElementById('preview').hidden = false;
  document.getElementById('rows').parentElement.hidden = !preview.rows?.length;
  const figure = document.getElementById('chart');
  figure.hidden = !preview.chart?.points?.length;
  fitting.disconnect();
  if (figure.hidden) return;
  width = widthOf(figure);
  drawn = preview.chart;
  drawChart(figure, drawn);
  fitting.observe(figure);
}

let drawn = null; // the chart on show
const widthOf = (figure) => Math.min(Math.max(figure.clientWidth, 280), 900);

// A chart is drawn again for a page that gets wider or narrower, so that its texts keep their size.
const fitting = new ResizeObserver(([{ target }]) => {
  if (!target.clientWidth || widthOf(target) === width) return;
  width = widthOf(target);
  drawChart(target, drawn);
});

// rowsText says of how many rows the table is, and the totals and the chart. Of a result that
// is not whole, rows are those that were read.
function rowsText(preview, rows, whole) {
  const shown = preview.rows?.length ?? 0;
  const gaps = { n: number(rows), shown: number(shown) };
  if (!rows) return say('noRows');
  if (whole && shown >= rows) return say('allRows', gaps);
  const drawn = Boolean(preview.chart?.points?.length);
  const figures = preview.totals ? (drawn ? 'bothOf' : 'totalsOf') : drawn && 'chartOf';
  const of = figures ? say(figures, { rows: whole ? say('allRowsOf') : say('firstRowsOf', gaps) }) : '';
  return whole ? say('shownRows', { ...gaps, of }) : say('someRows', { ...gaps, of });
}

// Sentences about what the file could not hold as it was, in the report's language.
function showNotes(notes) {
  const box = document.getElementById('notes');
  box.hidden = notes.length === 0;
  box.querySelector('ul').replaceChildren(...notes.map((note) => {
    const line = document.createElement('li');
    line.textContent = note;
    return line;
  }));
}

function row(cells, name, numeric, formats = []) {
  const line = document.createElement('tr');
  cells.forEach((text, i) => {
    const cell = document.createElement(name);
    if (name === 'th') cell.scope = 'col';
    if (numeric[i]) cell.className = 'number';
    cell.textContent = formats[i]?.startsWith('date') ? date(text) : text;
    line.append(cell);
  });
  return line;
}

function part(name, ...lines) {
  const element = document.createElement(name);
  element.append(...lines);
  return element;
}

const head = (p) => part('thead', row(p.headers, 'th', p.numeric));
// The rows, with the subtotals of groups where a workbook has them.
function body(p) {
  const lines = (p.rows ?? []).map((cells) => [row(cells, 'td', p.numeric, p.formats)]);
  let gapShown = false;
  for (const { after, gap, cells } of p.subtotals ?? []) {
    const line = row(cells, 'td', p.numeric);
    line.className = 'subtotal';
    lines[after - 1]?.push(...(gap && !gapShown ? [rest(p.numeric)] : []), line);
    gapShown ||= gap;
  }
  return part('tbody', ...lines.flat());
}

// Stands for rows of a group that are not shown.
function rest(numeric) {
  const line = row(numeric.map((_, i) => (i === 0 ? '…' : '')), 'td', numeric);
  line.className = 'rest';
  return line;
}

const foot = (p) => (p.totals ? [part('tfoot', row(p.totals, 'td', p.numeric))] : []);

function drawChart(figure, chart) {
  const draw = { line, column }[chart.kind] ?? bars;
  const picture = draw(chart);
  const text = (i) => say('series', { title: chart.series, label: chart.points[i].label, text: chart.texts[i] });
  picture.setAttribute('role', 'img');
  picture.setAttribute('aria-label', chart.points.map((_, i) => text(i)).join('. '));
  figure.replaceChildren(element('figcaption', '', chart.title), picture);
  if (draw !== bars) figure.append(reading(picture, text)); // bars have their values beside them
}

// reading is the line below a picture that says the value of the point that the pointer is at
// or that the arrow keys have come to.
function reading(picture, text) {
  const said = element('p', 'hint', say('readChart'));
  said.setAttribute('role', 'status');
  const marks = [...picture.querySelectorAll('.mark')];
  let at = -1;
  const read = (i) => {
    marks[at]?.classList.toggle('read', false);
    at = Math.min(Math.max(i, 0), marks.length - 1);
    marks[at].classList.toggle('read', true);
    said.textContent = text(at);
  };
  [...picture.querySelectorAll('.reach')].forEach((reach, i) => {
    reach.onpointerenter = () => read(i);
    reach.onpointerdown = () => read(i);
  });
  picture.setAttribute('tabindex', '0');
  picture.onkeydown = (event) => {
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: marks.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    read(to);
  };
  return said;
}

function canvas(height) {
  return svg('svg', { viewBox: `0 0 ${width} ${height}` });
}

const top = (chart) => Math.max(...chart.points.map((point) => point.value), 0) || 1;

// Bars lie, so that long names have room; a pie's shares read best so, too.
function bars(chart) {
  const picture = canvas(chart.points.length * 30 + 5);
  const most = top(chart);
  chart.points.forEach((point, i) => {
    const y = i * 30 + 5;
    const start = width * 0.33;
    const length = Math.max((point.value / most) * width * 0.35, 1);
    picture.append(svg('text', { x: start - 8, y: y + 16, 'text-anchor': 'end' }, shortened(point.label, Math.floor(start / 7))),
      svg('rect', { class: 'bar', x: start, y, width: length, height: 22 }), svg('text', { x: start + length + 8, y: y + 16 }, chart.texts[i]));
  });
  return picture;
}

const high = 240; // where the lowest value of an axis stands

function column(chart) {
  const { picture, left, step, place } = frame(chart);
  chart.points.forEach((point, i) => {
    const [y, ground] = [place(point.value), place(0)];
    picture.append(svg('rect', { class: 'bar mark', x: left + (i + 0.15) * step, y: Math.min(y, ground), width: step * 0.7, height: Math.abs(ground - y) }));
  });
  return reachable(picture, chart, left, step);
}

function line(chart) {
  const { picture, left, step, place } = frame(chart);
  const points = chart.points.map((point, i) => [left + (i + 0.5) * step, place(point.value)]);
  picture.append(svg('polyline', { class: 'trace', points: points.map(String).join(' ') }));
  for (const [cx, cy] of points) picture.append(svg('circle', { class: 'bar mark', cx, cy, r: Math.min(4, Math.max(step / 3, 1.5)) }));
  return reachable(picture, chart, left, step);
}

// reachable lays a stripe over each point: a pointer need not hit a small one.
function reachable(picture, chart, left, step) {
  chart.points.forEach((_, i) => picture.append(svg('rect', { class: 'reach', x: left + i * step, y: 0, width: step, height: high })));
  return picture;
}

// shortened is a label of so many characters at most.
const shortened = (label, most) => (label.length > most ? `${label.slice(0, most - 1).trimEnd()}…` : label);

// frame draws the axis of values and the labels, leaving some out where they would
// touch. A preview of an earlier version has no axis.
function frame(chart) {
  const picture = canvas(270);
  const axis = chart.axis ?? [];
  const [least, most] = axis.length ? [axis[0].value, axis.at(-1).value] : [0, top(chart)];
  const place = (value) => high - ((value - least) / (most - least)) * (high - 20);
  const left = Math.max(10, ...axis.map(({ text }) => text.length * 7.5 + 14));
  const step = (width - 10 - left) / chart.points.length;
  for (const { value, text } of axis) {
    picture.append(svg('line', { class: 'grid', x1: left, x2: width - 10, y1: place(value), y2: place(value) }), svg('text', { x: left - 8, y: place(value) + 4, 'text-anchor': 'end' }, text));
  }
  picture.append(svg('line', { class: 'axis', x1: left, x2: width - 10, y1: place(0), y2: place(0) }));
  const labels = chart.points.map((point) => shortened(point.label, 12));
  const every = Math.ceil((Math.max(...labels.map((label) => label.length)) * 8 + 8) / step);
  labels.forEach((label, i) => {
    if (i % every !== 0) return;
    const half = label.length * 4; // half of its width: no label is cut at the edges
    const x = Math.min(Math.max(left + (i + 0.5) * step, half), width - half);
    picture.append(svg('text', { x, y: 260, 'text-anchor': 'middle' }, label));
  });
  return { picture, left, step, place };
}
