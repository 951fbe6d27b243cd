import Box from '@cloudscape-design/components/box';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useLanguage, useWords, type Words } from '../../words/language';
import { whenText, numberText } from '../../words/format';
import type { Point } from './series';

// Drawn on a canvas, which knows no light or dark: colours that both can bear.
const lines: uPlot.Axis = { stroke: '#7d8998', grid: { stroke: '#7d899833', width: 1 }, ticks: { stroke: '#7d899833', width: 1 } };
const MARK = '#c2410c';

// What AWS has no metric for; its own metrics keep their names.
const ours: Words<Record<string, string>> = {
  en: { Connections: 'Open connections', Pushes: 'Pushes', Throttled: 'Throttled', Failed: 'Failed' },
  es: { Connections: 'Conexiones abiertas', Pushes: 'Envíos', Throttled: 'Limitadas', Failed: 'Fallidas' },
};

interface Props {
  name: string;
  points: Point[];
  /** The range of time shown, in seconds since 1970; it may begin before the first point. */
  begin: number;
  end: number;
  /** Moments to mark by a dashed line, in seconds since 1970. */
  marks: number[];
}

export default function Chart({ name, points, begin, end, marks }: Props) {
  const { language } = useLanguage();
  const label = useWords(ours)[name] ?? name;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const shown = useRef({ begin, end, marks });
  shown.current = { begin, end, marks };
  useEffect(() => {
    const made = new uPlot(
      {
        width: host.current!.clientWidth || 400,
        height: 160,
        scales: { x: { range: () => [shown.current.begin, shown.current.end] } },
        axes: [
          { ...lines, values: (_, ticks) => ticks.map((at) => whenText(language, new Date(at * 1000), 'time')), space: 90 },
          { ...lines, values: (_, ticks) => ticks.map((tick) => new Intl.NumberFormat(language).format(tick)) },
        ],
        series: [{}, { label: name, stroke: '#2a7fb8', fill: '#2a7fb822' }],
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
  }, [name, language]);
  useEffect(() => {
    plot.current?.setData([points.map((point) => point.at), points.map((point) => point.values[name] ?? 0)]);
  }, [name, language, points, begin, end, marks.join()]);
  const last = points.at(-1)?.values[name] ?? 0;
  return (
    <div>
      <Box variant="awsui-key-label">{label}</Box>
      <div ref={host} role="img" aria-label={`${label}: ${numberText(language, last, 1)}`} />
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
