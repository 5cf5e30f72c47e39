import type { LabDocument } from '../../lab/document.ts';
import { percent, table } from '../section.ts';

/** Where the time of the busiest room process of each benchmark goes. */
export function profiles({ results }: LabDocument): string {
  const parts = Object.entries(results).flatMap(([name, entry]) => {
    const busiest = entry.outcome === 'measured' ? entry.profiles[0] : undefined;
    if (busiest === undefined) return [];
    const { seconds, rows, garbageCollection, outsideJavaScript, idle } = busiest.table;
    return [
      `\`${name}\`, main thread of the room process, ${seconds.toFixed(0)} s:`,
      table(
        ['% of the time', 'done per', 'JavaScript', 'native'],
        [
          ...rows.map(({ stage, cadence, javascript, native }) => [
            ...[stage, cadence, percent(javascript), percent(native)],
          ]),
          ['garbage collection', '', '', percent(garbageCollection)],
          ['outside of JavaScript', '', '', percent(outsideJavaScript)],
          ['idle', '', '', percent(idle)],
        ],
      ),
    ];
  });
  return parts.length > 0 ? parts.join('\n\n') : 'No profiles in this run (`--profile`).';
}
