import { frameSamples, sampleRate } from '../audio/index.ts';
import { Actor, type Parts } from './actor.ts';
import { type Cast, type CastMember, isPresent } from './cast.ts';
import type { ReadyMedia } from './ready-media.ts';
import type { Shown, Speech } from './scene.ts';
import { hasCome, isNeverSeen, type Script } from './script.ts';
import { soundSwitches } from './sound-switches.ts';
import { sampleAt, SoundTrack, ticksUntil } from './sound-track.ts';
import { settled } from './settled.ts';
import type { Timeline } from './timeline.ts';

/** Participants are opened this long before they join: their voices begin two ticks early. Seconds. */
const openAheadSeconds = 0.05;

/** Everybody's media, from their join to their leave, and where a render stands. Moments are seconds of the output. */
export class Stage {
  /** What the person who asked for the render should hear of. */
  readonly warnings: string[] = [];
  readonly #timeline: Timeline;
  readonly #script: Script;
  readonly #parts: Parts;
  readonly #ready: ReadyMedia | undefined;
  readonly #sound = new SoundTrack();
  /** Those who are to be opened, in the order of their joins. */
  readonly #waiting: CastMember[];
  /** In the order of their joins. */
  readonly #actors: Actor[] = [];

  /**
   * @param script - That of the timeline, at its beginning.
   * @param parts - What the output needs.
   * @param ready - What has been opened already.
   */
  constructor(timeline: Timeline, cast: Cast, script: Script, parts: Parts, ready?: ReadyMedia) {
    this.#timeline = timeline;
    this.#script = script;
    this.#parts = parts;
    this.#ready = ready;
    this.#waiting = [...cast.members];
  }

  /** Who is heard to speak at the last moment. */
  get speech(): Speech {
    return this.#sound.speech;
  }

  /**
   * Plays the script up to a moment and decodes what its picture, and the sound up to it, are made of: all inputs at
   * once. The last moment's picture must have been composed.
   *
   * @throws InputError
   */
  async prepare(seconds: number): Promise<void> {
    this.#script.advance(seconds);
    await this.#openDue(seconds);
    await this.#sound.read(ticksUntil(seconds));
    if (!this.#parts.video) return;
    const seen = this.#actors.filter(
      ({ member }) => isPresent(member, seconds) && !this.#script.role(member.id).videoOff,
    );
    await settled(seen.map((actor) => actor.see(seconds)));
  }

  /**
   * Goes on to the moment that has been prepared.
   *
   * @returns The sound from the last moment to this one, in whole ticks.
   */
  advance(seconds: number): Float32Array {
    const sound = this.#sound.advance(ticksUntil(seconds));
    this.#dismiss(seconds);
    return sound;
  }

  /** Who is there at the moment that was advanced to, in the order of their joins. */
  presentAt(seconds: number): Shown[] {
    return this.#actors
      .filter(({ member }) => isPresent(member, seconds))
      .map(({ shown }) => shown);
  }

  /**
   * Mixes what is left of the sound.
   *
   * @param endSample - Where it ends.
   * @returns The sound from the last moment to there.
   */
  async finishSound(endSample: number): Promise<Float32Array> {
    const endTick = Math.ceil(endSample / frameSamples);
    const start = this.#sound.position;
    await this.#openDue(endSample / sampleRate);
    await this.#sound.read(endTick);
    return this.#sound.advance(endTick).subarray(0, Math.max(endSample - start, 0));
  }

  /** Frees everything. Can be called twice. */
  close(): void {
    for (const actor of this.#actors.splice(0)) this.#close(actor);
    this.#sound.close();
  }

  /** Opens the media of those who join before a moment, or shortly after. */
  async #openDue(seconds: number): Promise<void> {
    const due = this.#waiting.filter(({ joinAt }) => hasCome(joinAt - openAheadSeconds, seconds));
    this.#waiting.splice(0, due.length);
    for (const member of due) this.#enter(await this.#open(member));
  }

  #open(member: CastMember): Promise<Actor> {
    const { video, audio } = this.#parts;
    const seen = video && !isNeverSeen(this.#timeline, member.id, member.joinAt);
    return Actor.open(member, { video: seen, audio }, this.#ready);
  }

  #enter(actor: Actor): void {
    const { member } = actor;
    this.#actors.push(actor);
    if (!this.#parts.audio || !member.hasAudio) return;
    const joinAt = sampleAt(member.joinAt);
    const leaveAt = sampleAt(member.leaveAt);
    this.#sound.add(member.id, actor, {
      ...{ joinAt, leaveAt },
      switches: soundSwitches(this.#timeline, member),
    });
  }

  /** Closes the media of those who have left. */
  #dismiss(seconds: number): void {
    for (const actor of [...this.#actors]) {
      if (!hasCome(actor.member.leaveAt, seconds)) continue;
      this.#actors.splice(this.#actors.indexOf(actor), 1);
      this.#close(actor);
    }
  }

  #close(actor: Actor): void {
    const { errors, member } = actor;
    actor.close();
    if (errors === 0) return;
    this.warnings.push(
      `The input "${member.media}" is damaged: ${errors} of its packets were left out.`,
    );
  }
}
