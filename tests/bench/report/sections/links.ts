import type * as z from 'zod';
import type { linksSchema } from '../../links.ts';
import type { Received } from '../../links/received.ts';
import { figure, type Section, table } from '../section.ts';

/** What comes through narrow links. */
export function links({ rows, why }: z.infer<typeof linksSchema>): Section {
  const said = (received: Received | undefined): string =>
    received === undefined
      ? '–'
      : `${figure(received.videoKbps)} + ${figure(received.audioKbps)}, ${figure(received.fps)} fps`;
  return {
    markdown: [
      'kbit/s of picture and sound, headers left out, and pictures a second. Each link has a queue of 300 ms. Both sides are held to the best rung whose packets fill at most nine tenths of the link.',
      table(
        ['link, kbit/s', 'rung', 'onegrid', 'Chromium to Chromium', 'share', 'held to `high` only'],
        rows.map(({ linkKbps, rung, measured }) => [
          ...[String(linkKbps), `\`${rung}\``, said(measured?.onegrid), said(measured?.peers)],
          ...[measured === null ? '–' : figure(measured.share), said(measured?.unheld)],
        ]),
      ),
      ...(why === null ? [] : [`Not measured: ${why}.`]),
    ].join('\n\n'),
    plots: {},
  };
}
