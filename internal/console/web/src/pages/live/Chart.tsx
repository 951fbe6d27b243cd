import Box from '@cloudscape-design/components/box';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Point } from './point';
import { useLanguage } from '../../words/language';
import { numberText, whenText } from '../../words/When';

// Drawn on a canvas, which knows no light or dark: a grey that both can bear.
const lines: uPlot.Axis = { stroke: '#7d8998', grid: { stroke: '#7d899833', width: 1 }, ticks: { stroke: '#7d899833', width: 1 } };

export default function Chart({ name, points }: { name: string; points: Point[] }) {
  const { language } = useLanguage();
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  useEffect(() => {
    const made = new uPlot(
      { width: host.current!.clientWidth || 400, height: 160, axes: [
          { ...lines, values: (_, ticks) => ticks.map((at) => whenText(language, new Date(at * 1000), 'time')), space: 90 },
          { ...lines, values: (_, ticks) => ticks.map((tick) => new Intl.NumberFormat(language).format(tick)) },
        ], series: [{}, { label: name, stroke: '#2a7fb8', fill: '#2a7fb822' }], legend: { show: false } },
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
  }, [name, language, points]);
  const last = points.at(-1)?.values[name] ?? 0;
  return (
    <div>
      <Box variant="awsui-key-label">{name}</Box>
      <div ref={host} role="img" aria-label={`${name}: ${numberText(language, last, 1)}`} />
    </div>
  );
}
