import {
  canChooseSpeaker,
  DeviceWatch,
  noDevices,
  type DeviceInfo,
  type DeviceLists,
  type LocalMedia,
  type MediaState,
  type Platform,
  type SoundProcessing,
  type TrackLike,
} from './client/index.ts';
import { loadPreferences, savePreferences } from './preferences.ts';
import { mediaProblemSentence, words } from './words.ts';

/** The kinds of devices there are to choose. */
export type DeviceKind = 'microphone' | 'camera' | 'speaker';

/** Which devices there are, which are in use, and what was chosen of them, as Svelte state; remembers the choices. */
export class DeviceSettings {
  readonly #media: LocalMedia;
  readonly #watch: DeviceWatch;
  readonly #notice: (sentence: string) => void;
  #lists: DeviceLists = $state.raw(noDevices);
  #microphone: TrackLike | null = $state.raw(null);
  /** By their ids; empty: as the browser deems right. */
  #inUse = $state({ microphone: '', camera: '', speaker: '' });
  #processing: SoundProcessing = $state.raw(loadPreferences().media);
  #chimes = $state(loadPreferences().chimes);
  #shortcuts = $state(loadPreferences().shortcuts);

  /** @param notice - called with what a participant ought to know, in a sentence */
  constructor(
    platform: Pick<Platform, 'listDevices' | 'onDeviceChange'>,
    media: LocalMedia,
    notice: (sentence: string) => void,
  ) {
    this.#media = media;
    this.#notice = notice;
    this.#inUse.speaker = loadPreferences().speaker ?? '';
    this.#watch = new DeviceWatch(platform);
    this.#watch.on('changed', (lists) => {
      this.#setLists(lists);
    });
    media.on('changed', (state) => {
      this.#setMedia(state);
    });
    media.on('fellBack', (device) => void this.#tellFallBack(device));
    media.on('refused', (device, problem) => {
      this.#notice(mediaProblemSentence(device, problem));
    });
    this.#setMedia(media.state);
    void this.#watch.refresh();
  }

  /** The devices of a kind that there are to choose from; speakers only where the browser lets a page choose. */
  devicesOf(kind: DeviceKind): readonly DeviceInfo[] {
    if (kind === 'microphone') return this.#lists.microphones;
    if (kind === 'camera') return this.#lists.cameras;
    return canChooseSpeaker() ? this.#lists.speakers : [];
  }

  /** The id of the device of a kind that is in use, or would be; empty: as the browser deems right. */
  inUse(kind: DeviceKind): string {
    return this.#inUse[kind];
  }

  /** What there is of a microphone, muted or not. */
  get microphone(): TrackLike | null {
    return this.#microphone;
  }

  /** What the browser is to do to the microphone's sound. */
  get processing(): SoundProcessing {
    return this.#processing;
  }

  /** Whether one hears somebody come and go. */
  get chimes(): boolean {
    return this.#chimes;
  }

  set chimes(on: boolean) {
    this.#chimes = on;
    savePreferences({ chimes: on });
  }

  /** Whether single keys do what they are for: who speaks to a computer, say, would press them by accident. */
  get shortcuts(): boolean {
    return this.#shortcuts;
  }

  set shortcuts(on: boolean) {
    this.#shortcuts = on;
    savePreferences({ shortcuts: on });
  }

  /** Uses a device from now on, and in later visits. */
  async choose(kind: DeviceKind, id: string): Promise<void> {
    this.#inUse[kind] = id;
    if (kind === 'speaker') {
      savePreferences({ speaker: id || null });
      return;
    }
    await this.#media.choose(kind, id || null);
    savePreferences({ media: this.#media.choices });
    this.#setMedia(this.#media.state);
  }

  /** Switches one kind of processing on or off, now and in later visits. */
  async process(change: Partial<SoundProcessing>): Promise<void> {
    this.#processing = { ...this.#processing, ...change };
    await this.#media.process(change);
    savePreferences({ media: this.#media.choices });
  }

  /** The sound cannot come out where it was to: it comes out at the default speaker. */
  handleSpeakerGone(): void {
    if (this.#inUse.speaker === '') return;
    this.#inUse.speaker = '';
    this.#notice(words.settings.speakerGone);
  }

  #setLists(lists: DeviceLists): void {
    this.#lists = lists;
    const { speakers } = lists;
    if (speakers.length > 0 && !speakers.some(({ id }) => id === this.#inUse.speaker)) {
      this.handleSpeakerGone();
    }
  }

  #setMedia({ microphone, camera }: MediaState): void {
    const devices = { microphone, camera };
    let isNew = false;
    for (const kind of ['microphone', 'camera'] as const) {
      const device = devices[kind];
      const track = device.status === 'on' || device.status === 'off' ? device.track : null;
      const id = track?.getSettings().deviceId ?? this.#media.choices[kind] ?? '';
      isNew ||= track !== null && id !== this.#inUse[kind];
      this.#inUse[kind] = id;
      if (kind === 'microphone') this.#microphone = track;
    }
    // With permission come ids and names.
    if (isNew || this.#lists.microphones.length + this.#lists.cameras.length === 0) {
      void this.#watch.refresh();
    }
  }

  async #tellFallBack(kind: 'microphone' | 'camera'): Promise<void> {
    await this.#watch.refresh();
    const device = this.devicesOf(kind).find(({ id }) => id === this.#inUse[kind]);
    this.#notice(words.settings.fellBack(kind, device?.label || words.settings.standard));
  }
}
