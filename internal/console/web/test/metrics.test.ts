import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linked, matching } from '../src/pages/live/logLines';
import { joined, percentile, percentilesOf, pointsOf, rates, servedBy, untilNextMinute } from '../src/pages/live/series';
import { numberText, whenText } from '../src/words/format';

const sample = (count: number, connections = 0) => ({ nodes: [{ deploymentId: 'first0' }], counters: { ConnectCount: count }, gauges: { Connections: connections }, limits: {} });

test('counters become rates a second, gauges stay', () => {
  assert.deepEqual(rates(sample(10), sample(16, 4), 2), { ConnectCount: 3, Connections: 4 });
  assert.deepEqual(rates({ nodes: [], counters: {}, gauges: {}, limits: {} }, sample(6), 2), { ConnectCount: 3, Connections: 0 });
});

test('a counter that fell began from the start', () => {
  assert.deepEqual(rates(sample(1000), sample(4), 2), { ConnectCount: 2, Connections: 0 });
});

const since = '2026-11-28T12:00:00Z';
const begin = Date.parse(since) / 1000;
const history = { since, everySeconds: 60, counters: { ConnectCount: [0, 120] }, gauges: { Connections: [1, 2] }, latencyBounds: [10, 20], latency: [[0, 50], [0, 40], [0, 10]], deployments: [], routes: [] };

test('a history has one point at the end of each minute', () => {
  assert.deepEqual(pointsOf(history), [
    { at: begin + 60, values: { Connections: 1, ConnectCount: 0 } },
    { at: begin + 120, values: { Connections: 2, ConnectCount: 2 } },
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
