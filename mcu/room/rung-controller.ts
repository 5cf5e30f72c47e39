import { type RungName, rungNames } from '../../mixer/encode/rung-table.ts';
import type { QualityCap } from '../protocol/common.ts';
import { lowerCap } from './ease.ts';
import type { LinkState } from './link-state.ts';
import { UpProbe } from './up-probe.ts';

/** A rung that may be used, and what it takes on the wire. */
export interface RungOffer {
  readonly name: RungName;
  readonly wireBitsPerSecond: number;
}

/** Why a receiver has the rung it has. */
export type RungReason =
  /** Nothing keeps it from the best. */
  | 'auto'
  /** It was asked for. */
  | 'requested'
  /** The network carries no more. */
  | 'bandwidth'
  /** Too much is lost: pictures could not be decoded. */
  | 'loss'
  /** The server has no time to make more. */
  | 'server';

/** The estimate must stay below this part of what is needed for so long; a blip costs nobody a rung. */
const shortShare = 0.85;
const shortMs = 250;
/** The last picture goes later, and for less: it takes less than it may most of the time. */
const lastPictureMs = 1200;
const lastPictureShare = 0.6;
/** Below this part there is no waiting. */
const farShare = 0.5;
/** So much waits in the path or in the server that there is no doubt, once what is left of the rung before is through. */
const hopelessMs = 500;
const graceMs = 1500;
/** How long the first keyframe, and all that is said at a join, may take; and what a probe has left behind. */
const startPatienceMs = 2500;
const probePatienceMs = 700;
/** A path with less delay than this is not congested, whatever the estimate says. */
const quietQueueMs = 60;
/** A probe asks for more than the rung: pictures differ in size. */
const probeMargin = 1.05;
/** A first burst that came slower than this may have come through a token bucket: half of it is sure, a probe tells the rest. */
const burstTrust = 500_000;
/** After a change the path is left alone for so long. */
const settleMs = 3000;
/** Waits behind the first, second, … failure; the last one for all that follow. */
const backOffMs = [4000, 8000, 15_000, 30_000, 60_000, 120_000] as const;
/** Whoever has to go down so soon after having gone up had no business there. */
const provenMs = 10_000;
/** Failures are forgotten after so long at the best. */
const forgivenMs = 30_000;
/** More than one plea for a keyframe within this, or one with so much loss, and it is the receiver who has to move. */
const pleaWindowMs = 20_000;
const pleaLoss = 0.03;
/** Random loss up to here does not keep anybody from trying. */
const tolerableLoss = 0.1;

/**
 * Chooses one receiver's rung: down at once when the path does not carry it, up only after a probe has shown that it
 * does, towards the best rung at once. Pure: time and the path's state are given to it.
 */
export class RungController {
  readonly #offers: readonly RungOffer[];
  /** Whether it ever changes the rung by itself. */
  readonly adapts: boolean;
  #allowed: readonly RungOffer[];
  #current: RungOffer;
  /** What the path has shown to carry; unlimited until it has shown anything. */
  #capacity = Number.POSITIVE_INFINITY;
  /** What keeps it from the best, apart from the path. */
  #cappedBy: 'requested' | 'server' | null;
  #limit: 'bandwidth' | 'loss' = 'bandwidth';
  #probe: UpProbe | null = null;
  /** Of the next probe; 0 is the first burst's. */
  #nextTag = 1;
  #failures = 0;
  #nextProbeMs = 0;
  #roseAtMs = Number.NEGATIVE_INFINITY;
  #shortSinceMs: number | null = null;
  /** Since the last change of the rung. */
  #steadySinceMs = 0;
  #graceUntilMs = 0;
  /** Until then only what is beyond doubt counts. */
  #patientUntilMs = 0;
  readonly #pleas: number[] = [];

  /**
   * @param offers - best first: at least one with a picture, and `audio`
   * @param cap - the best one wanted
   * @param serverCap - the best one the server has time for
   */
  constructor(offers: readonly RungOffer[], cap: QualityCap, serverCap: QualityCap = 'auto') {
    this.#offers = offers;
    // One picture alone means: that one, whatever comes.
    this.adapts = offers.length > 2;
    this.#allowed = this.#within(lowerCap(cap, serverCap));
    this.#cappedBy = this.#capOf(cap);
    this.#current = this.#best();
  }

  /** What the path has shown to carry, in bits a second; infinite until it has shown anything. */
  get capacity(): number {
    return this.#capacity;
  }

  /** The rung now. */
  get rung(): RungName {
    return this.#current.name;
  }

  /** Whether there is no smaller picture to go down to. */
  get isLastPicture(): boolean {
    return this.#allowed[this.#allowed.indexOf(this.#current) + 1]?.name === 'audio';
  }

  /** Why it is that one. */
  get reason(): RungReason {
    if (this.#current !== this.#allowed[0]) return this.#limit;
    return this.#cappedBy ?? 'auto';
  }

  /** The probe that is running; null for none. */
  get probe(): UpProbe | null {
    return this.#probe;
  }

  /** Sets the best rung that is wanted, and the best the server has time for. What the path has shown before counts. */
  setCap(cap: QualityCap, serverCap: QualityCap = 'auto'): void {
    this.#allowed = this.#within(lowerCap(cap, serverCap));
    this.#cappedBy = this.#capOf(cap);
    this.#probe = null;
    this.#current = this.#best();
    this.#shortSinceMs = null;
  }

  /** What the path is known to carry from the start, such as from a first burst; null: nothing is known. */
  start(bitsPerSecond: number | null, nowMs: number): void {
    if (!this.adapts) return;
    const cautious = this.#offers.find(({ name }) => name === 'low') ?? this.#offers.at(-2);
    const shown = bitsPerSecond ?? cautious?.wireBitsPerSecond ?? 0;
    const least = Math.min(shown, this.#offers.at(-2)?.wireBitsPerSecond ?? 0);
    this.#capacity = shown < burstTrust ? Math.max(shown / 2, least) : shown;
    this.#current = this.#best();
    this.#nextProbeMs = nowMs + settleMs / 3;
    this.#patientUntilMs = nowMs + startPatienceMs;
    this.#graceUntilMs = nowMs + graceMs;
  }

  /** Call it every 50 ms or with every feedback; `rung`, `reason` and `probe` hold what came of it. */
  update(link: LinkState, nowMs: number): void {
    if (!this.adapts || this.#capacity === Number.POSITIVE_INFINITY) return;
    if (this.#isShort(link, nowMs)) {
      this.#goDown(link, nowMs);
      return;
    }
    if (nowMs - this.#steadySinceMs > forgivenMs && this.#current === this.#allowed[0])
      this.#failures = 0;
    if (this.isLastPicture && link.queueMs > hopelessMs / 2) this.#lower(link);
    if (this.#probe !== null) this.#follow(this.#probe, link, nowMs);
    else if (this.#mayProbe(link, nowMs)) {
      const better = this.#allowed.slice(0, this.#allowed.indexOf(this.#current)).reverse();
      const rates = better.map(({ wireBitsPerSecond }) => wireBitsPerSecond * probeMargin);
      this.#probe = new UpProbe(this.#nextTag, rates, link, nowMs);
      this.#nextTag += rates.length;
    }
  }

  /**
   * The receiver cannot decode what it gets. Where others watch the same rung they shall not pay for it time and again:
   * then it is moved to a lower one, which begins with a keyframe.
   * @param shared - whether others watch its rung
   * @returns whether a keyframe of the present rung is to be made
   */
  plea(shared: boolean, { lossFraction }: LinkState, nowMs: number): boolean {
    while (this.#pleas.length > 0 && nowMs - (this.#pleas[0] ?? 0) > pleaWindowMs)
      this.#pleas.shift();
    this.#pleas.push(nowMs);
    const lower = this.#allowed[this.#allowed.indexOf(this.#current) + 1];
    const isChronic = this.#pleas.length > 1 || lossFraction > pleaLoss;
    if (!this.adapts || !shared || !isChronic || lower === undefined) return true;
    if (lower.name === 'audio') return true;
    this.#pleas.length = 0;
    this.#limit = 'loss';
    this.#fall(lower.wireBitsPerSecond, nowMs);
    return false;
  }

  /** Whether the path does not carry the rung any more. */
  #isShort(link: LinkState, nowMs: number): boolean {
    const { queueMs, backlogMs, limitedBy, usage } = link;
    const lower = this.#allowed[this.#allowed.indexOf(this.#current) + 1];
    // A smaller picture gets through where a larger does not, but none is no better than one with losses.
    if (lower === undefined || (lower.name === 'audio' && limitedBy === 'loss')) return false;
    // A still picture takes less than its rung may.
    const need = Math.min(this.#current.wireBitsPerSecond, link.sentBitsPerSecond * 1.05);
    // An estimate that nothing has lowered is one that has not grown yet.
    const isCongested =
      limitedBy === 'loss' ||
      limitedBy === 'timeout' ||
      (limitedBy === 'delay' && (usage === 'over' || queueMs > quietQueueMs));
    const isFlooded =
      (queueMs > hopelessMs / 2 || backlogMs > (this.isLastPicture ? 2 : 1) * hopelessMs) &&
      nowMs >= this.#graceUntilMs &&
      this.#probe === null;
    // What a probe has sent too much is through in a moment.
    const isProbing = this.#probe !== null || nowMs < this.#patientUntilMs;
    const share = lower.name === 'audio' ? lastPictureShare : shortShare;
    const enough = need * (isProbing ? farShare : share);
    const isShort = isFlooded || (isCongested && link.bitsPerSecond < enough);
    if (!isShort) {
      this.#shortSinceMs = null;
      return false;
    }
    this.#shortSinceMs ??= nowMs;
    const shortForMs = nowMs - this.#shortSinceMs;
    // To lose the picture is worse than to wait a moment.
    if (lower.name === 'audio') return shortForMs >= lastPictureMs;
    const isFar = isCongested && link.bitsPerSecond < need * farShare;
    return isFar || shortForMs >= shortMs;
  }

  /** A path that is full carries what arrives, and no more, whatever a token bucket has let it seem. */
  #lower({ acknowledgedBitsPerSecond, bitsPerSecond }: LinkState): void {
    const arrives = Math.max(acknowledgedBitsPerSecond ?? 0, bitsPerSecond);
    const least = this.#current.wireBitsPerSecond;
    this.#capacity = Math.min(this.#capacity, Math.max(arrives, least));
  }

  #goDown(link: LinkState, nowMs: number): void {
    this.#limit = link.limitedBy === 'loss' ? 'loss' : 'bandwidth';
    this.#fall(link.bitsPerSecond, nowMs);
  }

  /** At least one rung down, to what the path carries. */
  #fall(capacity: number, nowMs: number): void {
    // Losses do not show in a probe: who has to go down for them tries again later and later.
    const isFailure = this.#probe !== null || nowMs - this.#roseAtMs < provenMs;
    if (isFailure || this.#limit === 'loss') this.#failures += 1;
    this.#probe = null;
    this.#shortSinceMs = null;
    this.#capacity = Math.min(capacity, this.#current.wireBitsPerSecond * 0.99);
    this.#current = this.#best();
    this.#roseAtMs = Number.NEGATIVE_INFINITY;
    this.#graceUntilMs = nowMs + graceMs;
    this.#steadySinceMs = nowMs;
    this.#nextProbeMs = nowMs + this.#backOff();
  }

  #mayProbe({ usage, queueMs, lossFraction, backlogMs }: LinkState, nowMs: number): boolean {
    return (
      this.#current !== this.#allowed[0] &&
      nowMs >= this.#nextProbeMs &&
      usage !== 'over' &&
      queueMs < quietQueueMs &&
      backlogMs === 0 &&
      lossFraction < tolerableLoss
    );
  }

  #follow(probe: UpProbe, link: LinkState, nowMs: number): void {
    const outcome = probe.update(link, nowMs);
    if (outcome.kind === 'running') return;
    this.#probe = null;
    this.#graceUntilMs = nowMs + graceMs;
    this.#patientUntilMs = nowMs + probePatienceMs;
    const before = this.#current;
    const carried =
      outcome.kind === 'passed'
        ? (this.#allowed[0]?.wireBitsPerSecond ?? 0)
        : outcome.bitsPerSecond;
    this.#capacity = Math.max(this.#capacity, carried);
    this.#current = this.#best();
    if (this.#current !== before) this.#roseAtMs = this.#steadySinceMs = nowMs;
    if (outcome.kind === 'failed') this.#failures += 1;
    this.#nextProbeMs = nowMs + (outcome.kind === 'failed' ? this.#backOff() : settleMs);
  }

  #backOff(): number {
    const last = backOffMs[backOffMs.length - 1] ?? 0;
    return this.#failures === 0 ? settleMs : (backOffMs[this.#failures - 1] ?? last);
  }

  /** Which cap it is that counts, where so much is wanted. */
  #capOf(cap: QualityCap): 'requested' | 'server' | null {
    if (this.#within(cap)[0] !== this.#allowed[0]) return 'server';
    return cap === 'auto' ? null : 'requested';
  }

  /** Those not above the cap, and the lowest where all are. Sound alone is the last resort of those who adapt. */
  #within(cap: QualityCap): readonly RungOffer[] {
    const [audio, ...pictures] = [...this.#offers].reverse();
    pictures.reverse();
    const from = cap === 'auto' ? 0 : rungNames.indexOf(cap);
    const allowed = pictures.filter(({ name }) => rungNames.indexOf(name) >= from);
    if (allowed.length === 0 && cap !== 'audio') allowed.push(...pictures.slice(-1));
    const hasAudio = cap === 'audio' || this.adapts;
    return audio !== undefined && hasAudio ? [...allowed, audio] : allowed;
  }

  #best(): RungOffer {
    const fits = this.#allowed.find(({ wireBitsPerSecond }) => wireBitsPerSecond <= this.#capacity);
    const best = fits ?? this.#allowed.at(-1);
    if (best === undefined) throw new RangeError('There is no rung.');
    return best;
  }
}
