import Alert from '@cloudscape-design/components/alert';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { lazy, Suspense, useEffect, useState } from 'react';
import { failureText } from '../../aws/failure';
import { useConsole } from '../../shell/console';
import { useWords, type Words } from '../../words/language';
import { Limits } from './Limits';
import type { Point } from './point';

const Chart = lazy(() => import('./Chart'));

const en = { limits: 'Limits in effect', metrics: 'Metrics, per second', first: 'The first values appear in two seconds.' };
const es: typeof en = { limits: 'Límites en vigor', metrics: 'Métricas, por segundo', first: 'Los primeros valores aparecen en dos segundos.' };
const words: Words<typeof en> = { en, es };

interface Sample {
  /** Counters since the node started, and gauges, by AWS's metric names. */
  counters: Record<string, number>;
  gauges: Record<string, number>;
  limits: Record<string, string>;
}

const EVERY = 2000;
const KEPT = 150;

/** Counters as rates and gauges as they are, sampled while the page is open. */
export function Metrics({ apiId, stage }: { apiId: string; stage: string }) {
  const w = useWords(words);
  const { extension } = useConsole();
  const [points, setPoints] = useState<Point[]>([]);
  const [limits, setLimits] = useState<Record<string, string>>({});
  const [error, setError] = useState<string>();
  useEffect(() => {
    let before: Sample | undefined;
    const ask = async () => {
      try {
        const now = await extension.get<Sample>(`/pasarela/apis/${apiId}/stages/${stage}/metrics`);
        const earlier = before;
        before = now;
        setLimits(now.limits);
        if (earlier) setPoints((old) => [...old, { at: Date.now() / 1000, values: rates(earlier, now) }].slice(-KEPT));
      } catch (refusal) {
        setError(failureText(refusal));
      }
    };
    void ask();
    const timer = setInterval(ask, EVERY);
    return () => clearInterval(timer);
  }, [extension, apiId, stage]);
  const names = Object.keys(points.at(-1)?.values ?? {});
  return (
    <SpaceBetween size="m">
      {error && <Alert type="error">{error}</Alert>}
      <Header variant="h2">{w.limits}</Header>
      <Limits limits={limits} />
      <Header variant="h2" description={names.length === 0 ? w.first : undefined}>{w.metrics}</Header>
      <Suspense>
        <ColumnLayout columns={2}>
          {names.map((name) => <Chart key={name} name={name} points={points} />)}
        </ColumnLayout>
      </Suspense>
    </SpaceBetween>
  );
}

function rates(before: Sample, now: Sample): Record<string, number> {
  const perSecond = Object.entries(now.counters).map(([name, count]) => [name, ((count - (before.counters[name] ?? 0)) * 1000) / EVERY] as const);
  return { ...now.gauges, ...Object.fromEntries(perSecond) };
}
