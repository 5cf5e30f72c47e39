import {
  type RungName,
  rungNames,
  rungPlan,
  type VideoRungName,
} from '../../mixer/encode/rung-table.ts';
import type { QualityCap } from '../protocol/common.ts';
import type { RoomSettings } from '../protocol/ipc.ts';
import type { MediaMessage } from '../protocol/server.ts';

/**
 * The rung of a receiver: the best allowed one that is not above the cap, or the lowest allowed one where all are above
 * it. `audio` is always allowed, for those who ask for it.
 *
 * @param allowed - at least one, best first
 */
export function chooseRung(max: QualityCap, allowed: readonly VideoRungName[]): RungName {
  if (max === 'audio') return 'audio';
  const [best = 'high'] = allowed;
  if (max === 'auto') return best;
  const cap = rungNames.indexOf(max);
  return allowed.find((name) => rungNames.indexOf(name) >= cap) ?? allowed.at(-1) ?? best;
}

/** What a receiver is told about the rung it gets. */
export function qualityMessage(
  rung: RungName,
  max: QualityCap,
  { canvas, fps }: Pick<RoomSettings, 'canvas' | 'fps'>,
): MediaMessage {
  const { wireBitsPerSecond } = rungPlan(rung, { ...canvas, fps });
  return {
    type: 'quality',
    rung,
    reason: max === 'auto' ? 'auto' : 'requested',
    estimateKbps: Math.round(wireBitsPerSecond / 1000),
  };
}
