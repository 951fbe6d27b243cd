// The preview: the first rows as a table, and the chart drawn from its figures.
import { say } from './words.js';

let width = 720; // of the drawing: the figure's own, so that its texts stay readable
const svg = (name, attributes, text) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
};

export function show(preview) {
  document.getElementById('rows').replaceChildren(head(preview), body(preview), ...foot(preview));
  showNotes(preview.notes ?? []);
  document.getElementById('preview').hidden = false;
  const figure = document.getElementById('chart');
  figure.hidden = !preview.chart?.points?.length;
  if (figure.hidden) return;
  width = Math.min(Math.max(figure.clientWidth, 280), 900);
  drawChart(figure, preview.chart);
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

function row(cells, name, numeric) {
  const line = document.createElement('tr');
  cells.forEach((text, i) => {
    const cell = document.createElement(name);
    if (name === 'th') cell.scope = 'col';
    if (numeric[i]) cell.className = 'number';
    cell.textContent = text;
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
  const lines = (p.rows ?? []).map((cells) => [row(cells, 'td', p.numeric)]);
  let told = false;
  for (const { after, gap, cells } of p.subtotals ?? []) {
    const line = row(cells, 'td', p.numeric);
    line.className = 'subtotal';
    lines[after - 1]?.push(...(gap && !told ? [rest(p.numeric)] : []), line);
    told ||= gap;
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
  const caption = document.createElement('figcaption');
  caption.textContent = chart.title;
  const draw = { line, column }[chart.kind] ?? bars;
  const picture = draw(chart);
  picture.setAttribute('role', 'img');
  picture.setAttribute('aria-label', chart.points.map((point, i) => say('series', { title: chart.series, label: point.label, text: chart.texts[i] })).join('. '));
  figure.replaceChildren(caption, picture);
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
    picture.append(svg('text', { x: start - 8, y: y + 16, 'text-anchor': 'end' }, point.label.slice(0, Math.floor(start / 7))),
      svg('rect', { class: 'bar', x: start, y, width: length, height: 22 }), svg('text', { x: start + length + 8, y: y + 16 }, chart.texts[i]));
  });
  return picture;
}

function column(chart) {
  const picture = frame(chart);
  const step = (width - 20) / chart.points.length;
  chart.points.forEach((point, i) => {
    const height = Math.max((point.value / top(chart)) * 220, 0);
    picture.append(svg('rect', { class: 'bar', x: 10 + i * step + step * 0.15, y: 240 - height, width: step * 0.7, height }));
  });
  return picture;
}

function line(chart) {
  const picture = frame(chart);
  const step = (width - 20) / chart.points.length;
  const points = chart.points.map((point, i) => `${10 + (i + 0.5) * step},${240 - Math.max((point.value / top(chart)) * 220, 0)}`);
  picture.append(svg('polyline', { class: 'trace', points: points.join(' ') }));
  return picture;
}

// frame draws the ground line and the labels, leaving some out where they would
// touch.
function frame(chart) {
  const picture = canvas(270);
  picture.append(svg('line', { class: 'axis', x1: 10, x2: width - 10, y1: 240, y2: 240 }));
  const step = (width - 20) / chart.points.length;
  const every = Math.ceil(70 / step);
  chart.points.forEach((point, i) => {
    if (i % every !== 0) return;
    const label = point.label.slice(0, 12);
    const half = label.length * 4; // half of its width: no label is cut at the edges
    const x = Math.min(Math.max(10 + (i + 0.5) * step, half), width - half);
    picture.append(svg('text', { x, y: 260, 'text-anchor': 'middle' }, label));
  });
  return picture;
}
