import { type RungName, rungNames, rungPlan } from '../../mixer/encode/rung-table.ts';
import type { RoomSettings } from '../protocol/ipc.ts';
import type { MediaMessage } from '../protocol/server.ts';
import type { RungOffer, RungReason } from './rung-controller.ts';

type PictureSettings = Pick<RoomSettings, 'canvas' | 'fps'>;

/** An estimate is told again when it has changed by this part, and not more often. */
const notableShare = 0.25;
const estimateIntervalMs = 5000;

/** The rungs that may be used, best first, and `audio`. */
export function offersOf(settings: PictureSettings & Pick<RoomSettings, 'rungs'>): RungOffer[] {
  const canvas = { ...settings.canvas, fps: settings.fps };
  return rungNames
    .filter((name) => name === 'audio' || settings.rungs.includes(name))
    .map((name) => ({ name, wireBitsPerSecond: rungPlan(name, canvas).wireBitsPerSecond }));
}

/** What a receiver is told about the rung it gets: what there is, every change, and its estimate now and then. */
export class QualityNews {
  readonly #settings: Parameters<typeof offersOf>[0];
  #told: { rung: RungName; reason: RungReason; estimateKbps: number; atMs: number } | undefined;

  constructor(settings: Parameters<typeof offersOf>[0]) {
    this.#settings = settings;
  }

  /** What was told last, with all there is to choose from, for who may have missed it; undefined before. */
  again(): MediaMessage | undefined {
    if (this.#told === undefined) return undefined;
    const { rung, reason, estimateKbps } = this.#told;
    return { type: 'quality', rung, reason, estimateKbps, rungs: this.#choice() };
  }

  /**
   * @param bitsPerSecond - what the path is thought to carry; null: not known, what the rung takes is told
   * @returns the message; undefined where there is nothing to tell
   */
  next(
    rung: RungName,
    reason: RungReason,
    bitsPerSecond: number | null,
    nowMs: number,
  ): MediaMessage | undefined {
    const { canvas, fps } = this.#settings;
    const told = this.#told;
    const isSame = told?.rung === rung && told.reason === reason;
    if (isSame && (bitsPerSecond === null || nowMs - told.atMs < estimateIntervalMs)) {
      return undefined;
    }
    const bits = bitsPerSecond ?? rungPlan(rung, { ...canvas, fps }).wireBitsPerSecond;
    const estimateKbps = Math.round(bits / 1000);
    if (isSame && Math.abs(estimateKbps / told.estimateKbps - 1) < notableShare) return undefined;
    this.#told = { rung, reason, estimateKbps, atMs: nowMs };
    const message = { type: 'quality' as const, rung, reason, estimateKbps };
    return told === undefined ? { ...message, rungs: this.#choice() } : message;
  }

  #choice(): { rung: RungName; kbps: number }[] {
    return offersOf(this.#settings).map(({ name, wireBitsPerSecond }) => ({
      rung: name,
      kbps: Math.round(wireBitsPerSecond / 1000),
    }));
  }
}
