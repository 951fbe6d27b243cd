import Box from '@cloudscape-design/components/box';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Point } from './point';

// Drawn on a canvas, which knows no light or dark: a grey that both can bear.
const axis: uPlot.Axis = { stroke: '#7d8998', grid: { stroke: '#7d899833', width: 1 }, ticks: { stroke: '#7d899833', width: 1 } };

export default function Chart({ name, points }: { name: string; points: Point[] }) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  useEffect(() => {
    const made = new uPlot(
      { width: host.current!.clientWidth || 400, height: 160, axes: [axis, axis], series: [{}, { label: name, stroke: '#2a7fb8', fill: '#2a7fb822' }], legend: { show: false } },
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
  }, [name]);
  useEffect(() => {
    plot.current?.setData([points.map((point) => point.at), points.map((point) => point.values[name] ?? 0)]);
  }, [name, points]);
  const last = points.at(-1)?.values[name] ?? 0;
  return (
    <div>
      <Box variant="awsui-key-label">{name}</Box>
      <div ref={host} role="img" aria-label={`${name}: ${last.toFixed(1)}`} />
    </div>
  );
}
