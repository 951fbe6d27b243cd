// What charts of a stage are drawn from: the node's history by the minute, and the
// samples taken while the page is open.

import type { OfNodes } from './Missing';

/** What a stage measured at one moment: rates a second and gauges, by AWS's metric names. */
export interface Point {
  /** Seconds since 1970. */
  at: number;
  values: Record<string, number>;
}

/** The answer of GetMetrics: counters of all nodes since each started, and gauges. */
export interface Sample extends OfNodes {
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
  deployments: Deployment[];
}

/** The minute from which a stage served a deployment. */
export interface Deployment {
  at: string;
  deploymentId: string;
}

/** Counters as rates and gauges as they are now; a counter that fell began anew, with a node that started. */
export function rates(before: Sample, now: Sample, seconds: number): Record<string, number> {
  const perSecond = Object.entries(now.counters).map(([name, count]) => {
    const earlier = before.counters[name] ?? 0;
    return [name, (count < earlier ? count : count - earlier) / seconds] as const;
  });
  return { ...now.gauges, ...Object.fromEntries(perSecond) };
}

/** One point at the end of each interval of a history. */
export function pointsOf({ since, everySeconds, counters, gauges }: History): Point[] {
  const begin = Date.parse(since) / 1000;
  const length = Object.values(gauges)[0]?.length ?? 0;
  return Array.from({ length }, (_, i) => ({
    at: begin + (i + 1) * everySeconds,
    values: {
      ...Object.fromEntries(Object.entries(gauges).map(([name, all]) => [name, all[i] ?? 0])),
      ...Object.fromEntries(Object.entries(counters).map(([name, all]) => [name, (all[i] ?? 0) / everySeconds])),
    },
  }));
}

/** The last seconds of both: the finer points where there are some. */
export function joined(history: Point[], live: Point[], seconds: number, now: number): Point[] {
  const first = live[0]?.at ?? Infinity;
  return [...history.filter((point) => point.at < first), ...live].filter((point) => point.at >= now - seconds);
}
