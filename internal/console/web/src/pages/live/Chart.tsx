import Box from '@cloudscape-design/components/box';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useLanguage, useWords } from '../../words/language';
import { whenText, numberText } from '../../words/format';
import { metricWords } from './metricWords';
import type { Point } from './series';

// Drawn on a canvas, which knows no light or dark: colours that both can bear.
const lines: uPlot.Axis = { stroke: '#7d8998', grid: { stroke: '#7d899833', width: 1 }, ticks: { stroke: '#7d899833', width: 1 } };
const MARK = '#c2410c';

/** Whole numbers between the lines of a scale of counts. */
const STEPS = [1, 2, 5].flatMap((step) => Array.from({ length: 9 }, (_, zeros) => step * 10 ** zeros)).sort((a, b) => a - b);

interface Props {
  name: string;
  /** "per minute", "ms"; absent: how many there are. */
  unit?: string;
  /** Counts of whole minutes are bars, a minute wide; all else is a line. */
  bars?: boolean;
  points: Point[];
  /** The range of time shown, in seconds since 1970; it may begin before the first point. */
  begin: number;
  end: number;
  /** Moments to mark by a dashed line, in seconds since 1970. */
  marks: number[];
}

export default function Chart({ name, unit = '', bars = false, points, begin, end, marks }: Props) {
  const { language } = useLanguage();
  const { title, about } = useWords(metricWords)[name] ?? { title: name, about: '' };
  const whole = unit !== 'ms';
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const shown = useRef({ begin, end, marks });
  shown.current = { begin, end, marks };
  useEffect(() => {
    const made = new uPlot(
      {
        width: host.current!.clientWidth || 400,
        height: 160,
        scales: { x: { range: () => [shown.current.begin, shown.current.end] }, y: { range: (_, __, most) => [0, Math.max(most || 0, 1) * 1.1] } },
        axes: [
          { ...lines, values: (_, ticks) => ticks.map((at) => whenText(language, new Date(at * 1000), 'time')), space: 90 },
          { ...lines, ...(whole && { incrs: STEPS }), values: (_, ticks) => ticks.map((tick) => new Intl.NumberFormat(language).format(tick)) },
        ],
        series: [{}, { label: name, stroke: '#2a7fb8', fill: bars ? '#2a7fb8aa' : '#2a7fb822', ...(bars && { paths: uPlot.paths.bars!({ size: [0.8, 40] }), points: { show: false } }) }],
        legend: { show: false },
        hooks: { draw: [(drawn) => drawMarks(drawn, shown.current.marks)] },
      },
      [[], []],
      host.current!,
    );
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: host.current!.clientWidth, height: 160 }));
    watch.observe(host.current!);
    return () => {
      watch.disconnect();
      made.destroy();
    };
  }, [name, bars, whole, language]);
  useEffect(() => {
    // A bar stands in the middle of its minute.
    plot.current?.setData([points.map((point) => point.at - (bars ? 30 : 0)), points.map((point) => point.values[name] ?? 0)]);
  }, [name, bars, language, points, begin, end, marks.join()]);
  const last = points.at(-1)?.values[name] ?? 0;
  return (
    <div>
      <Box variant="awsui-key-label">{title}{unit && `, ${unit}`}</Box>
      <Box color="text-body-secondary" fontSize="body-s">{about}</Box>
      <div ref={host} role="img" aria-label={`${title}: ${numberText(language, last, whole ? 0 : 1)} ${unit}`.trim()} />
    </div>
  );
}

function drawMarks(plot: uPlot, marks: number[]): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = MARK;
  ctx.setLineDash([4, 4]);
  for (const mark of marks) {
    const x = Math.round(plot.valToPos(mark, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}
