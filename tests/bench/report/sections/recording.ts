import type * as z from 'zod';
import type { recordingSchema } from '../../recording.ts';
import { figure, type Section, table } from '../section.ts';

/** What recordings and HLS add to a call. */
export function recording({ rows, participants, hls }: z.infer<typeof recordingSchema>): Section {
  const percent = (cores: number): string => figure(cores * 100);
  return {
    markdown: [
      `A call of ${participants} synthetic participants at \`high\`; % of a core, of all processes of the server, without and with, in turn.`,
      table(
        ['what', 'without', 'with', 'more', 'video encoders more', 'composites, of those without'],
        rows.map(({ what, without, with: added, cores, encoders, rate }) => [
          ...[what, percent(without.median), percent(added.median), percent(cores)],
          ...[String(encoders.with - encoders.without), `${figure(rate * 100)} %`],
        ]),
      ),
      `The ${hls.clients} clients loaded ${hls.segments} segments, ${figure(hls.bytes / 1e6)} MB; ${hls.failures} requests failed. They share the machine with the server, whose gateway hands out the files.`,
    ].join('\n\n'),
    plots: {},
  };
}
