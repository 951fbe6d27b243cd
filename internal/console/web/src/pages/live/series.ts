// What charts of a stage are drawn from: the node's history by the minute, and the
// samples taken while the page is open.

import type { OfNodes } from './Missing';

/** What a stage counted in the minute before a moment, and its gauges then, by AWS's metric names. */
export interface Point {
  /** Seconds since 1970. */
  at: number;
  values: Record<string, number>;
}

/** The answer of GetMetrics: counters of all nodes since each started, and gauges. */
export interface Sample extends OfNodes {
  nodes: { deploymentId: string }[];
  counters: Record<string, number>;
  gauges: Record<string, number>;
  limits: Record<string, string>;
}

/** The answer of GetMetricsHistory: counters of each interval since then, and gauges at its end. */
export interface History extends OfNodes {
  since: string;
  everySeconds: number;
  counters: Record<string, number[]>;
  gauges: Record<string, number[]>;
  /** Upper bounds of the buckets in milliseconds; the last bucket has none. */
  latencyBounds: number[];
  /** Calls of integrations in each interval, one row for each bucket. */
  latency: number[][];
  deployments: Deployment[];
  /** Keys of the routes that have a history of their own. */
  routes: string[];
}

/** The minute from which a stage served a deployment. */
export interface Deployment {
  at: string;
  deploymentId: string;
}

/** What a stage served, in the order in which it did, and whether it had served that before: an earlier deployment has an earlier date and comes later. */
export function servedOf(deployments: Deployment[]): (Deployment & { again: boolean })[] {
  const inOrder = deployments.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return inOrder.map((one, i) => ({ ...one, again: inOrder.slice(0, i).some(({ deploymentId }) => deploymentId === one.deploymentId) }));
}

/** What was read of a stage at one moment while the page is open. */
export interface Reading {
  /** Seconds since 1970. */
  at: number;
  counters: Record<string, number>;
  gauges: Record<string, number>;
}

const MINUTE = 60;

/**
 * The counts of each minute, at its end, as far as it was read; the last one is under way. A
 * counter that fell began from the start, with a node that started.
 */
export function minutesOf(readings: Reading[]): Point[] {
  const minutes = new Map<number, Record<string, number>>();
  readings.forEach(({ at, counters }, i) => {
    const end = (Math.floor(at / MINUTE) + 1) * MINUTE;
    const before = readings[i - 1]?.counters ?? counters;
    const sums = minutes.get(end) ?? {};
    for (const [name, count] of Object.entries(counters)) {
      const earlier = before[name] ?? 0;
      sums[name] = (sums[name] ?? 0) + (count < earlier ? count : count - earlier);
    }
    minutes.set(end, sums);
  });
  return [...minutes].map(([at, values]) => ({ at, values }));
}

/** The minutes of a history, and behind them those that only the page has read. */
export function withRead(history: Point[], read: Point[], from: number): Point[] {
  const last = history.at(-1)?.at ?? 0;
  return [...history, ...read.filter((point) => point.at > last)].filter((point) => point.at >= from);
}

/** One point at the end of each interval of a history, which is a minute. */
export function pointsOf({ since, everySeconds, counters, gauges }: History): Point[] {
  const begin = Date.parse(since) / 1000;
  const length = Object.values(gauges)[0]?.length ?? 0;
  return Array.from({ length }, (_, i) => ({
    at: begin + (i + 1) * everySeconds,
    values: {
      ...Object.fromEntries(Object.entries(gauges).map(([name, all]) => [name, all[i] ?? 0])),
      ...Object.fromEntries(Object.entries(counters).map(([name, all]) => [name, (all[i] ?? 0) * (MINUTE / everySeconds)])),
    },
  }));
}

/** The last seconds of both: the finer points where there are some. */
export function joined(history: Point[], live: Point[], seconds: number, now: number): Point[] {
  const first = live[0]?.at ?? Infinity;
  return [...history.filter((point) => point.at < first), ...live].filter((point) => point.at >= now - seconds);
}

/** Milliseconds until two seconds after the end of the minute, when the nodes have counted it. */
export function untilNextMinute(now: number): number {
  return (62_000 - (now % 60_000)) % 60_000 || 60_000;
}

/** What the nodes serve, as one text: another one when any of them serves another deployment. */
export function servedBy(sample: Sample): string {
  return sample.nodes.map((node) => node.deploymentId).join();
}

/** The percentiles that are drawn, by the names of their charts. */
const PERCENTILES = { p50: 0.5, p90: 0.9, p99: 0.99 };
export type Percentile = keyof typeof PERCENTILES;

/** One point of percentiles, in milliseconds, at the end of each interval in which an integration was called. */
export function percentilesOf({ since, everySeconds, latencyBounds, latency }: History): Point[] {
  const begin = Date.parse(since) / 1000;
  return Array.from({ length: latency[0]?.length ?? 0 }, (_, i) => i).flatMap((i) => {
    const counts = latency.map((row) => row[i] ?? 0);
    if (!counts.some((count) => count > 0)) return [];
    const values = Object.entries(PERCENTILES).map(([name, share]) => [name, percentile(counts, latencyBounds, share)]);
    return [{ at: begin + (i + 1) * everySeconds, values: Object.fromEntries(values) as Record<Percentile, number> }];
  });
}

/** What a share of all calls took at most, as if calls lay evenly in their bucket; the last bucket is as long as its lower bound says. */
export function percentile(counts: number[], bounds: number[], share: number): number {
  const wanted = share * counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (const [i, count] of counts.entries()) {
    if (count > 0 && below + count >= wanted) {
      const low = bounds[i - 1] ?? 0;
      const high = bounds[i] ?? low;
      return low + ((high - low) * (wanted - below)) / count;
    }
    below += count;
  }
  return 0;
}

/** What is counted, in the order of the charts. */
export const COUNTED = ['ConnectCount', 'MessageCount', 'IntegrationError', 'ClientError', 'ExecutionError', 'Throttled', 'Pushes'] as const;
