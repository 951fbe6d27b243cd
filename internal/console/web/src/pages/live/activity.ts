import { useEffect } from 'react';
import { poll } from '../../hooks/scheduling';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import type { OfNodes } from './Missing';

/** What one stage does now, over all nodes: counts by AWS's metric names. */
export interface StageActivity {
  apiId: string;
  stage: string;
  connections: number;
  lastMinute: Record<string, number>;
  lastHour: Record<string, number>;
}

/** What an API does now: its stages added up. */
export interface ApiActivity {
  connections: number;
  /** Handshakes and messages of the last whole minute. */
  connects: number;
  messages: number;
  /** Connections and messages that failed in the minute under way and the 59 before it, each once. */
  errors: number;
}

export function byApi(stages: StageActivity[]): Map<string, ApiActivity> {
  const apis = new Map<string, ApiActivity>();
  for (const { apiId, connections, lastMinute, lastHour } of stages) {
    const sum = apis.get(apiId) ?? { connections: 0, connects: 0, messages: 0, errors: 0 };
    apis.set(apiId, {
      connections: sum.connections + connections,
      connects: sum.connects + (lastMinute.ConnectCount ?? 0),
      messages: sum.messages + (lastMinute.MessageCount ?? 0),
      errors: sum.errors + (lastHour.Failed ?? 0),
    });
  }
  return apis;
}

interface Answer extends OfNodes {
  stages: StageActivity[];
}

/** How often activity is asked for, in milliseconds. */
const EVERY = 5000;

/** What every API does now; undefined while it is not known, or where the caller may not ask. */
export function useActivity(): Map<string, ApiActivity> | undefined {
  const { extension } = useConsole();
  const activity = useLoaded(async () => byApi((await extension.get<Answer>('/pasarela/activity')).stages), [extension]);
  const { reload } = activity;
  useEffect(() => poll(async () => document.hidden || reload(), EVERY), [reload]);
  return activity.error === undefined ? activity.value : undefined;
}
