import type { QualityCap } from '../../mcu/protocol/common.ts';
import {
  LocalMedia,
  RoomSession,
  type Device,
  type MediaState,
  type Platform,
  type SessionState,
} from './client/index.ts';
import { loadPreferences, savePreferences } from './preferences.ts';
import {
  errorSentence,
  mediaProblemSentence,
  qualityNames,
  savingSentence,
  words,
} from './words.ts';

/** How long a sentence about something that passed stays on the page, in milliseconds. */
const noticeMs = 6000;

/** The session and the devices as Svelte state: the one bridge between library and components. */
export class Call {
  readonly session: RoomSession;
  readonly media: LocalMedia;
  #state: SessionState = $state.raw({ phase: 'idle' });
  #mediaState: MediaState = $state.raw({
    microphone: { status: 'idle' },
    camera: { status: 'idle' },
  });
  #announcement = $state('');
  #notice = $state('');
  #noticeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(platform: Platform, url: string) {
    this.media = new LocalMedia(platform);
    this.session = new RoomSession(platform, url, this.media);
    // Whoever asks all pages to save data need not ask this one.
    this.session.setQuality(loadPreferences().quality ?? (platform.savesData() ? 'low' : 'auto'));
    this.media.on('changed', (state) => {
      this.#noticeMissing('microphone', this.#mediaState.microphone, state.microphone);
      this.#noticeMissing('camera', this.#mediaState.camera, state.camera);
      this.#mediaState = state;
    });
    this.session.on('state', (state) => {
      this.#state = state;
      // Whoever is out of the room is not filmed on; who was refused is still trying to get in.
      if (state.phase === 'closed' && state.end.kind === 'closed') this.media.close();
    });
    this.session.on('presence', (event, participant) => {
      this.#announcement = words.people[event](participant.name);
    });
    this.session.on('problem', (code) => {
      this.#show(errorSentence(code));
    });
  }

  /** Where the participant stands. */
  get state(): SessionState {
    return this.#state;
  }

  /** Camera and microphone. */
  get devices(): MediaState {
    return this.#mediaState;
  }

  /** The latest coming or going, for screen readers. */
  get announcement(): string {
    return this.#announcement;
  }

  /** Sets the best quality to be had, and remembers it. */
  chooseQuality(max: QualityCap): void {
    this.session.setQuality(max);
    savePreferences({ quality: max });
    const qualities = 'view' in this.#state ? this.#state.view.qualities : [];
    const [best] = qualities;
    const chosen = qualities.find(({ rung }) => rung === max);
    const name = qualityNames.find(([each]) => each === max)?.[1];
    if (name === undefined || chosen === undefined || best === undefined || chosen === best) return;
    this.#show(savingSentence(name, chosen.kbps, best.kbps));
  }

  /** Something that did not work, in a sentence; empty most of the time. */
  get notice(): string {
    return this.#notice;
  }

  /** In the lobby the preview says it; in a room somebody has just asked for the device, or lost it. */
  #noticeMissing(name: 'camera' | 'microphone', before: Device, now: Device): void {
    if (now === before || now.status !== 'unavailable' || this.#state.phase !== 'live') return;
    this.#show(mediaProblemSentence(name, now.problem));
  }

  #show(sentence: string): void {
    clearTimeout(this.#noticeTimer);
    this.#notice = sentence;
    this.#noticeTimer = setTimeout(() => {
      this.#notice = '';
    }, noticeMs);
  }
}
