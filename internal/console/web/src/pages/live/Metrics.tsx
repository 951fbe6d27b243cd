import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { lazy, Suspense, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { failureText } from '../../aws/failure';
import { poll } from '../../hooks/scheduling';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { Named } from '../../names/Named';
import { useLanguage, useWords, type Words } from '../../words/language';
import { Limits } from './Limits';
import { useMissing } from './Missing';
import { COUNTED, joined, minutesOf, percentilesOf, pointsOf, servedBy, servedOf, untilNextMinute, withRead, type History, type Reading, type Sample } from './series';

const Chart = lazy(() => import('./Chart'));

const en = {
  limits: 'Limits in effect',
  metrics: 'Metrics',
  perMinute: 'per minute',
  about: 'Counts of each minute for up to a day, over all nodes since each started. The last bar is the minute under way, counted since this page was opened. Dashed lines are deployments.',
  range: 'Time range',
  minutes: '5 minutes',
  hour: '1 hour',
  day: '24 hours',
  deployments: 'Deployments served in this range, and since when:',
  again: 'served before, and now again',
  route: 'Route',
  wholeStage: 'All routes',
  routesOff: 'Routes appear here once the stage has detailed metrics (Stages, Edit, Additional settings).',
  latency: 'Integration latency (IntegrationLatency)',
  aboutLatency: 'How long the backend took to answer, in milliseconds, by the minute.',
  noCalls: 'No backend answered in this range.',
};
const es: typeof en = {
  limits: 'Límites en vigor',
  metrics: 'Métricas',
  perMinute: 'por minuto',
  about: 'Recuentos de cada minuto, hasta un día atrás, de todos los nodos desde que arrancó cada uno. La última barra es el minuto en curso, contado desde que se abrió esta página. Las líneas discontinuas son despliegues.',
  range: 'Intervalo de tiempo',
  minutes: '5 minutos',
  hour: '1 hora',
  day: '24 horas',
  deployments: 'Despliegues que se sirvieron en este intervalo, y desde cuándo:',
  again: 'ya se había servido, y se sirve otra vez',
  route: 'Ruta',
  wholeStage: 'Todas las rutas',
  routesOff: 'Las rutas aparecen cuando la etapa tiene métricas detalladas (Etapas, Editar, Ajustes adicionales).',
  latency: 'Latencia de la integración (IntegrationLatency)',
  aboutLatency: 'Cuánto tardó en responder el backend, en milisegundos, minuto a minuto.',
  noCalls: 'En este intervalo no respondió ningún backend.',
};
const words: Words<typeof en> = { en, es };

/** How often the stage is sampled, in milliseconds, and how many samples are kept: five minutes. */
const EVERY = 2000;
const KEPT = 150;

/** A deployment is noted by the minute. */
const SERVED: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' };

const ranges = { minutes: 300, hour: 3600, day: 86_400 };
type Range = keyof typeof ranges;

interface Props {
  apiId: string;
  stage: string;
}

/** What the nodes remember of a stage and what is sampled while the page is open, as charts. */
export default function Metrics({ apiId, stage }: Props) {
  const w = useWords(words);
  const { language } = useLanguage();
  const [range, setRange] = useState<Range>('hour');
  const { readings, limits, served, error, missing } = useSamples(apiId, stage);
  const [route, setRoute] = useState('');
  const whole = useHistory(apiId, stage, '', served);
  const ofRoute = useHistory(apiId, stage, route, served);
  const history = route ? ofRoute : whole;
  const now = readings.at(-1)?.at ?? Date.now() / 1000;
  const begin = now - ranges[range];
  const old = useMemo(() => (history.value ? pointsOf(history.value) : []), [history.value]);
  const counts = useMemo(() => withRead(old, route ? [] : minutesOf(readings), begin), [old, readings, route, begin]);
  const connections = useMemo(() => joined(old, readings.map(({ at, gauges }) => ({ at, values: gauges })), ranges[range], now), [old, readings, range, now]);
  const end = Math.max(now, counts.at(-1)?.at ?? 0);
  const latency = useMemo(() => (history.value ? percentilesOf(history.value) : []).filter((point) => point.at >= begin), [history.value, begin]);
  const deployments = servedOf(whole.value?.deployments ?? []).filter((one) => Date.parse(one.at) / 1000 >= begin);
  const marks = deployments.map((one) => Date.parse(one.at) / 1000);
  const routes = whole.value?.routes ?? [];
  const failure = error ?? (history.error === undefined ? undefined : failureText(history.error));
  return (
    <SpaceBetween size="m">
      {missing}
      {failure && <Alert type="error">{failure}</Alert>}
      <Header variant="h2">{w.limits}</Header>
      <Limits limits={limits} />
      <Header
        variant="h2"
        description={w.about}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
          <Select
            ariaLabel={w.route}
            selectedOption={{ value: route, label: route || w.wholeStage }}
            options={[{ value: '', label: w.wholeStage }, ...routes.map((value) => ({ value, label: value }))]}
            onChange={({ detail }) => setRoute(detail.selectedOption.value!)}
          />
          <SegmentedControl
            label={w.range}
            selectedId={range}
            options={[
              { id: 'minutes', text: w.minutes },
              { id: 'hour', text: w.hour },
              { id: 'day', text: w.day },
            ]}
            onChange={({ detail }) => setRange(detail.selectedId as Range)}
          />
          </SpaceBetween>
        }
      >
        {w.metrics}
      </Header>
      {deployments.length > 0 && (
        <Box>
          {w.deployments}
          <ul>
            {deployments.map((one) => <li key={one.at}>{new Intl.DateTimeFormat(language, SERVED).format(new Date(one.at))}: <Named kind="deployment" id={one.deploymentId} api={apiId} />{one.again && ` (${w.again})`}</li>)}
          </ul>
        </Box>
      )}
      {whole.value && routes.length === 0 && <Box color="text-body-secondary">{w.routesOff}</Box>}
      <Suspense fallback={<Spinner />}>
        <ColumnLayout columns={2}>
          {COUNTED.map((name) => <Chart key={name} name={name} unit={w.perMinute} bars points={counts} begin={begin} end={end} marks={marks} />)}
          {!route && <Chart name="Connections" points={connections} begin={begin} end={now} marks={marks} />}
        </ColumnLayout>
        <Header variant="h2" description={w.aboutLatency}>{w.latency}</Header>
        {latency.length === 0 ? (
          <Box color="text-body-secondary">{w.noCalls}</Box>
        ) : (
          <ColumnLayout columns={3}>
            {Object.keys(latency[0]!.values).map((name) => <Chart key={name} name={name} unit="ms" points={latency} begin={begin} end={now} marks={marks} />)}
          </ColumnLayout>
        )}
      </Suspense>
    </SpaceBetween>
  );
}

/** Samples of the stage since the page was opened, its limits, and what its nodes serve. */
function useSamples(apiId: string, stage: string): { readings: Reading[]; limits: Record<string, string>; served: string; error: string | undefined; missing: ReactNode } {
  const { extension } = useConsole();
  const [readings, setReadings] = useState<Reading[]>([]);
  const [limits, setLimits] = useState<Record<string, string>>({});
  const [served, setServed] = useState('');
  const [error, setError] = useState<string>();
  const [missing, take] = useMissing();
  useEffect(() => {
    setReadings([]);
    const ask = async () => {
      try {
        const sample = await extension.get<Sample>(`/pasarela/apis/${apiId}/stages/${stage}/metrics`);
        take(sample);
        setLimits(sample.limits);
        setServed(servedBy(sample));
        setError(undefined);
        setReadings((old) => [...old, { at: Date.now() / 1000, counters: sample.counters, gauges: sample.gauges }].slice(-KEPT));
      } catch (refusal) {
        setError(failureText(refusal));
      }
    };
    void ask();
    return poll(ask, EVERY);
  }, [extension, apiId, stage, take]);
  return { readings, limits, served, error, missing };
}

/**
 * What the nodes remember of the stage, or of a route of it where one is named. It is read
 * again after the end of every minute, and when another deployment is served: the list of
 * deployments must not be a minute behind the charts.
 */
function useHistory(apiId: string, stage: string, route: string, served: string) {
  const { extension } = useConsole();
  const history = useLoaded(() => extension.get<History>(`/pasarela/apis/${apiId}/stages/${stage}/metrics/history`, { route }), [extension, apiId, stage, route]);
  const { reload } = history;
  useEffect(() => {
    let timer = 0;
    const later = () => {
      timer = window.setTimeout(() => {
        void reload();
        later();
      }, untilNextMinute(Date.now()));
    };
    later();
    return () => clearTimeout(timer);
  }, [reload]);
  const shown = useRef(served);
  useEffect(() => {
    if (shown.current && shown.current !== served) void reload();
    shown.current = served;
  }, [reload, served]);
  return history;
}
