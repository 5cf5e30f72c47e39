import { Emitter } from './emitter.ts';
import {
  cameraConstraints,
  defaultChoices,
  isProcessedAs,
  microphoneConstraints,
  problemOf,
  requestFor,
  type Facing,
  type MediaChoices,
  type MediaProblem,
  type SoundProcessing,
} from './media-request.ts';
import type { MediaRequest, Platform, StreamLike, TrackLike } from './platform.ts';

/**
 * A camera or microphone. `off` keeps a muted microphone's track (it comes back at once); a camera
 * that is off has none, and its light is out.
 */
export type Device =
  | { readonly status: 'idle' | 'asking' }
  | { readonly status: 'on'; readonly track: TrackLike }
  | { readonly status: 'off'; readonly track: TrackLike | null }
  | { readonly status: 'unavailable'; readonly problem: MediaProblem };

/** Both devices, as they are now. */
export interface MediaState {
  readonly microphone: Device;
  readonly camera: Device;
}

/** Which devices are wanted switched on. */
export interface DeviceChoice {
  readonly microphone: boolean;
  readonly camera: boolean;
}

/** What {@link LocalMedia} reports. */
export interface LocalMediaEvents {
  changed: [state: MediaState];
  /** The device in use was unplugged, and another one has taken its place. */
  fellBack: [device: keyof MediaState];
  /** Another device was chosen and could not be had: the one before is still in use. */
  refused: [device: keyof MediaState, problem: MediaProblem];
}

/** The tracks there are to send; a muted microphone still counts. */
export interface LocalTracks {
  readonly audio: TrackLike | null;
  readonly video: TrackLike | null;
}

/** This participant's camera and microphone. Nothing here throws: what is missing is a state. */
export class LocalMedia extends Emitter<LocalMediaEvents> {
  readonly #platform: Pick<Platform, 'getUserMedia'>;
  #state: MediaState = { microphone: { status: 'idle' }, camera: { status: 'idle' } };
  /** Grows with every release, so that what was asked for earlier and comes later is let go. */
  #generation = 0;
  #choices: MediaChoices;
  /** Whether the microphone is to be muted, whichever it will be. */
  #muted = false;
  /** Of the microphone, given out by {@link listen}. */
  #listeners: TrackLike[] = [];
  /** Whether the camera is to be off, should it still come. */
  #unseen = false;
  /** Grows with every switch of a device, so that only the last one of several counts. */
  readonly #switches = { microphone: 0, camera: 0 };

  constructor(
    platform: Pick<Platform, 'getUserMedia'>,
    choices: Partial<MediaChoices> = defaultChoices,
  ) {
    super();
    this.#platform = platform;
    this.#choices = { ...defaultChoices, ...choices };
  }

  /** What was chosen of both. */
  get choices(): MediaChoices {
    return this.#choices;
  }

  /** Both devices, as they are now. */
  get state(): MediaState {
    return this.#state;
  }

  /** What there is to send. */
  get tracks(): LocalTracks {
    return { audio: trackOf(this.#state.microphone), video: trackOf(this.#state.camera) };
  }

  /** What is switched on, as `join` and `media` tell it. */
  get switchedOn(): { audio: boolean; video: boolean } {
    return {
      audio: this.#state.microphone.status === 'on',
      video: this.#state.camera.status === 'on',
    };
  }

  /**
   * A track of the microphone that is not muted, to measure it; null while there is none. It is the caller's to stop, and ends
   * at the latest with the microphone it is of.
   */
  listen(): TrackLike | null {
    const listener = this.tracks.audio?.clone() ?? null;
    if (listener === null) return null;
    listener.enabled = true;
    const isLive = ({ readyState }: TrackLike): boolean => readyState === 'live';
    this.#listeners = [...this.#listeners.filter(isLive), listener];
    return listener;
  }

  /**
   * Asks for both devices together, and for each alone when that fails. Only from idle.
   * @param choice - a microphone that is not wanted yet is asked for all the same, and muted; such a camera is left alone
   */
  async acquire(choice: DeviceChoice = { microphone: true, camera: true }): Promise<void> {
    if (this.#state.microphone.status !== 'idle' || this.#state.camera.status !== 'idle') return;
    this.#muted = !choice.microphone;
    this.#unseen = !choice.camera;
    const generation = this.#generation;
    if (this.#unseen) {
      this.#update({ microphone: { status: 'asking' }, camera: { status: 'off', track: null } });
      this.#settle(generation, { microphone: await this.#askFor('audio') });
      return;
    }
    this.#update({ microphone: { status: 'asking' }, camera: { status: 'asking' } });
    try {
      const stream = await this.#ask({
        audio: microphoneConstraints(this.#choices),
        video: cameraConstraints(this.#choices),
      });
      this.#settle(generation, {
        microphone: this.#deviceFrom(stream, 'audio'),
        camera: this.#deviceFrom(stream, 'video'),
      });
    } catch {
      const microphone = await this.#askFor('audio');
      const camera = await this.#askFor('video');
      this.#settle(generation, { microphone, camera });
    }
  }

  /** Mutes or unmutes; asks for the microphone where there was none. While it is asked for: how it is to come. */
  async setMicrophone(on: boolean): Promise<void> {
    this.#muted = !on;
    const device = this.#state.microphone;
    const track = trackOf(device);
    if (device.status === 'asking' || (device.status === 'on') === on) return;
    if (track !== null) {
      track.enabled = on;
      this.#update({ microphone: { status: on ? 'on' : 'off', track } });
    } else if (on) {
      this.#update({ microphone: { status: 'asking' } });
      const generation = this.#generation;
      this.#settle(generation, { microphone: await this.#askFor('audio') });
    }
  }

  /** Turns the camera really off (its light goes out), or asks for it again. While it is asked for: how it is to come. */
  async setCamera(on: boolean): Promise<void> {
    this.#unseen = !on;
    const device = this.#state.camera;
    if (device.status === 'asking' || (device.status === 'on') === on) return;
    if (!on) {
      trackOf(device)?.stop();
      this.#update({ camera: { status: 'off', track: null } });
      return;
    }
    this.#update({ camera: { status: 'asking' } });
    const generation = this.#generation;
    this.#settle(generation, { camera: await this.#askFor('video') });
  }

  /**
   * Uses another device from now on; null: as the browser deems right. A muted microphone stays muted, and a camera that is
   * off stays off. Where it cannot be had, the one before stays in use, and `refused` says so.
   */
  async choose(name: keyof MediaState, id: string | null): Promise<void> {
    const before = this.#choices[name];
    this.#choices = { ...this.#choices, [name]: id };
    const { status } = this.#state[name];
    const isWanted = status === 'unavailable' || trackOf(this.#state[name]) !== null;
    if (isWanted && !(await this.#switch(name)))
      this.#choices = { ...this.#choices, [name]: before };
  }

  /**
   * Asks for the microphone or camera in use once more: what the system took it for has ended, and its track may be silent for good.
   * @returns false where it cannot be had yet: the one before stays
   */
  async renew(name: keyof MediaState): Promise<boolean> {
    return trackOf(this.#state[name]) === null || (await this.#switch(name, 'say nothing'));
  }

  /**
   * Takes a device that was unplugged, or that there was none of, now that there may be one: muted as the one before, and a camera
   * only where it is still wanted. Where it cannot be had yet, nothing changes.
   */
  async recover(name: keyof MediaState): Promise<void> {
    const before = this.#state[name];
    if (before.status !== 'unavailable' || !isGone(before.problem)) return;
    if (name === 'camera' && this.#unseen) return;
    const switches = this.#switches[name];
    const device = await this.#askFor(kindOf(name));
    if (switches !== this.#switches[name] || this.#state[name] !== before) {
      // Chosen, asked for or closed meanwhile, or another one is in its place already.
      trackOf(device)?.stop();
      return;
    }
    // A system that has just been given one may not be ready with it; whoever has refused it is not asked again.
    if (device.status === 'unavailable' && !isRefusal(device.problem)) return;
    this.#update(this.#asWanted({ [name]: device }));
  }

  /** Uses a camera that looks the other way from now on, as phones have them. */
  async face(facing: Facing): Promise<void> {
    const before = this.#choices;
    this.#choices = { ...before, camera: null, facing };
    if (this.tracks.video !== null && !(await this.#switch('camera'))) this.#choices = before;
  }

  /** Has the browser process the microphone's sound in another way from now on. */
  async process(change: Partial<SoundProcessing>): Promise<void> {
    this.#choices = { ...this.#choices, ...change };
    const track = this.tracks.audio;
    if (track === null) return;
    try {
      await track.applyConstraints(microphoneConstraints(this.#choices));
    } catch {
      // Not every browser changes a microphone that is in use.
    }
    // Chromium processes a microphone in one way for all its tracks, so all are let go first.
    if (!isProcessedAs(track, this.#choices)) await this.#switch('microphone', 'let go first');
  }

  /** Lets both devices go; {@link acquire} may be called again. */
  close(): void {
    this.#generation += 1;
    this.#muted = false;
    this.#letGo('microphone');
    this.#letGo('camera');
    this.#unseen = false;
    this.#update({ microphone: { status: 'idle' }, camera: { status: 'idle' } });
  }

  /** In an async function, so that even a getUserMedia that throws at once is a rejection. */
  async #ask(request: MediaRequest): Promise<StreamLike> {
    return await this.#platform.getUserMedia(request);
  }

  /** @param choices - where the one that was chosen is gone, any will do */
  async #askFor(kind: 'audio' | 'video', choices = this.#choices): Promise<Device> {
    try {
      const stream = await this.#ask(requestFor(kind, choices));
      const inUse = Object.values(this.tracks);
      for (const other of stream.getTracks()) {
        if (other.kind !== kind && !inUse.includes(other)) other.stop();
      }
      return this.#deviceFrom(stream, kind);
    } catch (error) {
      const problem = problemOf(error);
      if (problem === 'missing' && choices[nameOf(kind)] !== null) {
        return await this.#askFor(kind, anyDevice(choices));
      }
      return { status: 'unavailable', problem };
    }
  }

  #deviceFrom(stream: StreamLike, kind: 'audio' | 'video'): Device {
    const track = stream.getTracks().find((each) => each.kind === kind);
    if (track === undefined) return { status: 'unavailable', problem: 'missing' };
    if (track.readyState === 'ended') return { status: 'unavailable', problem: 'lost' };
    if (kind === 'video') track.contentHint = 'motion';
    track.addEventListener('ended', () => {
      if (this.tracks[kind] === track) void this.#replaceLost(nameOf(kind));
    });
    return { status: 'on', track };
  }

  /**
   * Takes another device in the place of the one in use, or of the one that could not be had.
   * @returns whether it has come to that
   */
  async #switch(name: keyof MediaState, order?: 'let go first' | 'say nothing'): Promise<boolean> {
    const current = ++this.#switches[name];
    const before = trackOf(this.#state[name]);
    const kind = kindOf(name);
    if (order === 'let go first') this.#letGo(name);
    let device = await this.#askFor(kind);
    if (device.status === 'unavailable' && device.problem === 'busy' && before !== null) {
      // Phones open one camera at a time.
      this.#letGo(name);
      device = await this.#askFor(kind);
    }
    if (current !== this.#switches[name] || trackOf(this.#state[name]) !== before) {
      // Chosen again, switched off or closed meanwhile.
      trackOf(device)?.stop();
      return true;
    }
    if (device.status === 'unavailable' && before?.readyState === 'live') {
      if (order !== 'say nothing') this.emit('refused', name, device.problem);
      return false;
    }
    this.#letGo(name);
    this.#update({ [name]: this.#withMute(name, device) });
    return true;
  }

  /** A device that is unplugged leaves its place to any other one. */
  async #replaceLost(name: keyof MediaState): Promise<void> {
    const lost = { status: 'unavailable', problem: 'lost' } as const;
    const current = ++this.#switches[name];
    this.#update({ [name]: lost });
    const kind = kindOf(name);
    const device = await this.#askFor(kind, anyDevice(this.#choices));
    if (current !== this.#switches[name] || this.#state[name] !== lost) {
      trackOf(device)?.stop();
    } else if (device.status === 'on') {
      this.#update({ [name]: this.#withMute(name, device) });
      this.emit('fellBack', name);
    }
  }

  #letGo(name: keyof MediaState): void {
    trackOf(this.#state[name])?.stop();
    if (name === 'camera') return;
    for (const listener of this.#listeners) listener.stop();
    this.#listeners = [];
  }

  #withMute(name: keyof MediaState, device: Device): Device {
    if (name === 'camera' || device.status !== 'on' || !this.#muted) return device;
    device.track.enabled = false;
    return { status: 'off', track: device.track };
  }

  /** It may have been switched off while it was asked for. */
  #asWanted(devices: Partial<MediaState>): Partial<MediaState> {
    const { microphone, camera } = devices;
    const isUnwanted = this.#unseen && camera?.status === 'on';
    if (isUnwanted) camera.track.stop();
    return {
      ...devices,
      ...(microphone && { microphone: this.#withMute('microphone', microphone) }),
      ...(isUnwanted && { camera: { status: 'off', track: null } }),
    };
  }

  #settle(generation: number, devices: Partial<MediaState>): void {
    if (generation === this.#generation) {
      this.#update(this.#asWanted(devices));
      return;
    }
    for (const device of Object.values(devices)) trackOf(device)?.stop();
  }

  #update(devices: Partial<MediaState>): void {
    this.#state = { ...this.#state, ...devices };
    this.emit('changed', this.#state);
  }
}

function trackOf(device: Device): TrackLike | null {
  return device.status === 'on' || device.status === 'off' ? device.track : null;
}

function nameOf(kind: 'audio' | 'video'): keyof MediaState {
  return kind === 'audio' ? 'microphone' : 'camera';
}

function kindOf(name: keyof MediaState): 'audio' | 'video' {
  return name === 'microphone' ? 'audio' : 'video';
}

function isGone(problem: MediaProblem): boolean {
  return problem === 'lost' || problem === 'missing';
}

function isRefusal(problem: MediaProblem): boolean {
  return problem === 'refused' || problem === 'dismissed' || problem === 'blocked';
}

function anyDevice(choices: MediaChoices): MediaChoices {
  return { ...choices, microphone: null, camera: null };
}
