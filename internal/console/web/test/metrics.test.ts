import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linked, matching, readable } from '../src/pages/live/logLines';
import { joined, minutesOf, percentile, percentilesOf, pointsOf, servedBy, servedOf, untilNextMinute, withRead } from '../src/pages/live/series';
import { numberText, whenText } from '../src/words/format';

const sample = (count: number, connections = 0) => ({ nodes: [{ deploymentId: 'first0' }], counters: { ConnectCount: count }, gauges: { Connections: connections }, limits: {} });

const minute = 1_790_000_040; // the beginning of one
const reading = (at: number, ConnectCount: number) => ({ at: minute + at, counters: { ConnectCount }, gauges: {} });

test('readings are counted by the minute, the one under way too', () => {
  assert.deepEqual(minutesOf([]), []);
  assert.deepEqual(minutesOf([reading(10, 7), reading(12, 7), reading(14, 9)]), [{ at: minute + 60, values: { ConnectCount: 2 } }]);
  assert.deepEqual(minutesOf([reading(-4, 1), reading(-1, 3), reading(1, 4), reading(3, 6)]), [
    { at: minute, values: { ConnectCount: 2 } },
    { at: minute + 60, values: { ConnectCount: 3 } },
  ]);
});

test('a counter that fell began from the start', () => {
  assert.deepEqual(minutesOf([reading(10, 1000), reading(12, 4), reading(14, 5)])[0]?.values, { ConnectCount: 5 });
});

test('minutes that only the page has read stand behind the history', () => {
  const at = (second: number, n: number) => ({ at: minute + second, values: { n } });
  assert.deepEqual(withRead([at(-60, 1), at(0, 2)], [at(0, 1), at(60, 3)], minute - 30), [at(0, 2), at(60, 3)]);
  assert.deepEqual(withRead([], [at(60, 3)], minute), [at(60, 3)]);
});

const since = '2026-11-28T12:00:00Z';
const begin = Date.parse(since) / 1000;
const history = { since, everySeconds: 60, counters: { ConnectCount: [0, 120] }, gauges: { Connections: [1, 2] }, latencyBounds: [10, 20], latency: [[0, 50], [0, 40], [0, 10]], deployments: [], routes: [] };

test('a history has one point at the end of each minute', () => {
  assert.deepEqual(pointsOf(history), [
    { at: begin + 60, values: { Connections: 1, ConnectCount: 0 } },
    { at: begin + 120, values: { Connections: 2, ConnectCount: 120 } },
  ]);
  assert.deepEqual(pointsOf({ ...history, counters: { ConnectCount: [] }, gauges: { Connections: [] } }), []);
});

test('samples of the page take the place of the history', () => {
  const at = (second: number) => ({ at: begin + second, values: {} });
  const all = joined([at(60), at(120), at(180)], [at(118), at(120), at(122)], 3600, begin + 200);
  assert.deepEqual(all.map((point) => point.at - begin), [60, 118, 120, 122]);
  assert.deepEqual(joined([at(60), at(120)], [], 100, begin + 200).map((point) => point.at - begin), [120]);
});

test('a history is read again when its minute is over, and when a node serves another deployment', () => {
  assert.deepEqual([0, 1999, 2000, 2001, 59_999].map((past) => untilNextMinute(begin * 1000 + past)), [2000, 1, 60_000, 59_999, 2001]);
  const before = servedBy(sample(1));
  assert.equal(servedBy(sample(2)), before);
  assert.notEqual(servedBy({ ...sample(1), nodes: [{ deploymentId: 'second' }] }), before);
});

test('a line of all logs names its API and its stage, and has its time as the page writes times', () => {
  const at = '2026-11-30T12:00:00.250Z';
  const local = new Date(at).toLocaleString('es', { year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 });
  const names = new Map([['a1b2c3d4e5', 'Pedidos']]);
  const place = ['apis', 'a1b2c3d4e5', 'live', 'prod'];
  assert.deepEqual(readable('es', `a1b2c3d4e5/prod | ${at} (r=) Starting`, names), { place, label: 'Pedidos a1b2c3d4e5/prod', rest: ` | ${local} (r=) Starting`, text: `Pedidos a1b2c3d4e5/prod | ${local} (r=) Starting` });
  assert.equal(readable('es', `n1 | a1b2c3d4e5/prod | ${at} one`).text, `a1b2c3d4e5/prod | n1 | ${local} one`);
  assert.equal(readable('es', `${at} /aws/lambda/chat one | two`).text, `${local} /aws/lambda/chat one | two`);
  assert.equal(readable('es', '{"at": "' + at + '"}').text, '{"at": "' + at + '"}');
});

test('deployments are in the order in which they were served, and one that is served again says so', () => {
  const at = (minute: number, deploymentId: string) => ({ at: new Date((begin + minute * 60) * 1000).toISOString(), deploymentId });
  assert.deepEqual(servedOf([at(2, 'second'), at(1, 'first'), at(3, 'first')]).map((one) => [one.deploymentId, one.again]), [['first', false], ['second', false], ['first', true]]);
});

test('numbers and moments are in the reader’s language', () => {
  assert.deepEqual([numberText('en', 12345.678, 1), numberText('es', 12345.678, 1), numberText('en', 2)], ['12,345.7', '12.345,7', '2']);
  const at = new Date(2026, 0, 2, 3, 4, 5, 6);
  assert.deepEqual([whenText('en', at, 'date'), whenText('es', at, 'date'), whenText('es', at, 'time'), whenText('es', at.toISOString(), 'millis')], ['Jan 2, 2026', '2 ene 2026', '3:04:05', '03:04:05,006']);
  assert.equal(whenText('en', undefined), '–');
});

test('percentiles lie within the bucket of their call', () => {
  assert.equal(percentile([100, 0, 0], [10, 20], 0.5), 5);
  assert.equal(percentile([50, 50, 0], [10, 20], 0.9), 18);
  assert.equal(percentile([0, 0, 4], [10, 20], 0.99), 20);
  assert.equal(percentile([0, 0, 0], [10, 20], 0.5), 0);
});

test('a minute without a call has no percentiles', () => {
  assert.deepEqual(percentilesOf(history), [{ at: begin + 120, values: { p50: 10, p90: 20, p99: 20 } }]);
});

test('a line of a log has the words in any order, and leads to its timelines', () => {
  const lines = [{ text: '(L0SM9cOFvHcCIhw=) Sending request to http://b/' }, { text: 'Gateway response' }];
  assert.deepEqual(matching(lines, 'http SENDING'), [lines[0]]);
  assert.deepEqual(matching(lines, ' '), lines);
  assert.deepEqual(linked(lines[0]!.text), [{ text: '(' }, { text: 'L0SM9cOFvHcCIhw=', id: 'L0SM9cOFvHcCIhw=' }, { text: ') Sending request to http://b/' }]);
  assert.deepEqual(linked('a=b, reportType=ventas, x==y'), [{ text: 'a=b, reportType=ventas, x==y' }]);
});
