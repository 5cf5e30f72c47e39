import * as z from 'zod';
import { type Bar, barSchema } from '../../lab/benchmark.ts';
import type { LabDocument } from '../../lab/document.ts';
import { figure, table } from '../section.ts';

/** Where and how it was measured. */
export function machine({
  machine: own,
  commit,
  date,
  command,
  quick,
  again = [],
  results,
}: LabDocument): string {
  const { versions } = own;
  const minutes = Object.values(results).reduce((sum, { seconds }) => sum + seconds, 0) / 60;
  return [
    table(
      ['', ''],
      [
        ['machine', `${own.cpu}, ${own.cores} cores, ${own.memoryGiB} GiB, ${own.system}`],
        ['Node', versions.node],
        ['FFmpeg in process', versions.libav],
        ['ffmpeg', versions.ffmpeg],
        ['GStreamer', versions.gstreamer],
        ['Chromium', versions.chromium],
        ['sources', `\`${commit}\``],
        ['date', date.slice(0, 10)],
        ['command', `\`${command}\``],
        ['took', `${figure(minutes)} minutes`],
        ...again.map((later) => [
          `measured again (${later.names.join(', ')})`,
          `${later.date.slice(0, 10)}, sources \`${later.commit}\``,
        ]),
      ],
    ),
    ...(quick
      ? ['**A `--quick` run: it shows that the laboratory works, not what anything costs.**']
      : []),
  ].join('\n\n');
}

const withBars = z.looseObject({ bars: z.array(barSchema) });

/** The bars that a full run is to have. */
const wanted = ['B1', 'B2', 'B3', 'B4', 'B5', 'B6', 'B7', 'B8'];

/** All bars of all benchmarks. */
export function bars({ results }: LabDocument): string {
  const found: Bar[] = Object.values(results).flatMap((entry) =>
    entry.outcome === 'measured' ? withBars.parse(entry.result).bars : [],
  );
  const missing = wanted.filter((id) => !found.some((bar) => bar.id.startsWith(id)));
  const rows = [...found]
    .sort((a, b) => a.id.localeCompare(b.id))
    .map(({ id, what, value, sense, limit, unit, reached }) => [
      ...[id, what, figure(value), `${sense} ${figure(limit)} ${unit}`, reached ? 'yes' : '**no**'],
    ]);
  return [
    table(['', 'figure', 'measured', 'bar', 'reached'], rows),
    ...(missing.length > 0 ? [`Not measured in this run: ${missing.join(', ')}.`] : []),
  ].join('\n\n');
}
