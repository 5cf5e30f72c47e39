import type { LayoutMode, QualityCap, Reaction, RoomRight } from '../../mcu/protocol/common.ts';
import {
  LocalMedia,
  RoomSession,
  ScreenShare,
  isUnderWay,
  playTones,
  type Device,
  type DeviceChoice,
  type JoinRequest,
  type MediaState,
  type Platform,
  type RoomView,
  type SessionState,
  type ShareState,
} from './client/index.ts';
import { ChatDesk } from './chat-desk.svelte.ts';
import { Announcements } from './announcements.svelte.ts';
import { presenceTones, PresenceChimes } from './chimes.ts';
import { DeviceSettings } from './device-settings.svelte.ts';
import { newHands } from './people.ts';
import { isHandheld } from './phone/browser.ts';
import { flipFrom, type Flip } from './phone/flip.ts';
import { chooseMode, togglePin, type Arrangement } from './pinning.ts';
import { loadPreferences, savePreferences } from './preferences.ts';
import { reactionOf } from './reactions.ts';
import { recordingNews } from './recording-news.ts';
import { pathOfRecordings } from './route.ts';
import { ShownReactions } from './shown-reactions.svelte.ts';
import { withToken } from './token-store.ts';
import {
  closingSentence,
  errorSentence,
  mediaProblemSentence,
  qualityNames,
  qualitySentence,
  savingSentence,
  words,
} from './words.ts';

/** How long a sentence about something that passed stays on the page, in milliseconds. */
const noticeMs = 6000;
/** Reactions that follow each other sooner are one, in milliseconds. */
const reactEveryMs = 300;

/** What may be done to somebody else, by who may. */
export type ModerateAction = 'mute' | 'remove';

/** Something that passed, in a sentence. */
export interface Notice {
  readonly sentence: string;
  /** Where it leads to. Such a notice stays until it is closed: nobody has to be quick to follow it. */
  readonly link?: { readonly path: string; readonly label: string };
  /** Whether it stays until it is closed. */
  readonly stays?: boolean;
}

/** The session and the devices as Svelte state: the one bridge between library and components. */
export class Call {
  readonly session: RoomSession;
  readonly media: LocalMedia;
  readonly share: ScreenShare;
  /** The room token one joins with; null where there is none. */
  readonly token: string | null;
  readonly chat: ChatDesk;
  readonly reactions = new ShownReactions();
  #shared: ShareState = $state.raw({ status: 'off' });
  /** What screen readers are told: who came or went, what began or ended. */
  readonly announcements = new Announcements();
  /** Which devices are in use, and what was chosen of them. */
  readonly settings: DeviceSettings;
  #state: SessionState = $state.raw({ phase: 'idle' });
  #mediaState: MediaState = $state.raw({
    microphone: { status: 'idle' },
    camera: { status: 'idle' },
  });
  #choice: DeviceChoice = $state.raw(loadPreferences().devices);
  #notice: Notice | null = $state.raw(null);
  #noticeTimer: ReturnType<typeof setTimeout> | undefined;
  #recordAsked = $state(false);
  #reactedAtMs = Number.NEGATIVE_INFINITY;
  #joined: { readonly request: JoinRequest; readonly sends: boolean } | null = null;
  /** Whether one was in a room, or about to be, when the page went away. */
  #returns = false;
  /** The mode when this page pinned somebody; null while it has not. */
  #modeBeforePin: LayoutMode | null = null;

  /** @param token - the room token; null where there is none */
  constructor(platform: Platform, url: string, token: string | null = null) {
    this.token = token;
    this.media = new LocalMedia(platform, loadPreferences().media);
    this.share = new ScreenShare(platform);
    this.session = new RoomSession(platform, url, this.media, this.share);
    // Whoever asks all pages to save data need not ask this one.
    this.session.setQuality(loadPreferences().quality ?? (platform.savesData() ? 'low' : 'auto'));
    this.media.on('changed', (state) => {
      this.#noticeMissing('microphone', this.#mediaState.microphone, state.microphone);
      this.#noticeMissing('camera', this.#mediaState.camera, state.camera);
      this.#mediaState = state;
    });
    this.share.on('changed', (state) => {
      this.#shared = state;
    });
    this.share.on('failed', () => {
      this.#show({ sentence: words.room.shareFailed });
    });
    this.chat = new ChatDesk({
      send: (text) => {
        this.session.send({ type: 'chat', text });
      },
      now: () => performance.now(),
    });
    this.settings = new DeviceSettings(platform, this.media, (sentence) => {
      this.#show({ sentence });
    });
    this.session.on('state', (state) => {
      const before = 'view' in this.#state ? this.#state.view : null;
      this.#state = state;
      const written = this.chat.follow('view' in state ? state.view : null);
      if (written !== null) this.#announcement = written;
      if ('view' in state) {
        this.#noticeRecording(before, state.view);
        this.#noticePinned(before, state.view);
        this.#noticeHands(before, state.view);
        this.#noticeQuality(before, state.view);
        this.#noticeUnsent(before, state.view);
      } else {
        this.closeNotice();
        this.reactions.clear();
        this.#modeBeforePin = null;
      }
      if (state.phase !== 'live') this.#recordAsked = false;
      // Whoever is out of the room is not filmed on; who was refused is still trying to get in.
      if (state.phase === 'closed') this.share.stop();
      if (state.phase === 'closed' && state.end.kind === 'closed') this.media.close();
    });
    const chimes = new PresenceChimes();
    this.session.on('presence', (event, participant) => {
      this.#announcement = words.people[event](participant.name);
      const people = 'view' in this.#state ? this.#state.view.participants.length : 0;
      if (chimes.isHeard(people, performance.now()) && this.settings.chimes) {
        void playTones(presenceTones[event], this.settings.inUse('speaker'));
      }
    });
    this.session.on('reaction', (id, emoji) => {
      this.#noticeReaction(id, emoji);
    });
    this.session.on('muted', (by) => {
      const { muted, mutedBySomebody } = words.moderate;
      this.#show({ sentence: by === null ? mutedBySomebody : muted(by.name) });
    });
    this.session.on('closing', (inMs) => {
      this.#show({ sentence: closingSentence(inMs), stays: true });
    });
    this.session.on('problem', (code) => {
      this.#recordAsked = false;
      this.#show({ sentence: errorSentence(code) });
    });
  }

  /** Where the participant stands. */
  get state(): SessionState {
    return this.#state;
  }

  /** Whether one may do that in the room one is in. */
  may(right: RoomRight): boolean {
    return 'view' in this.#state && this.#state.view.may.includes(right);
  }

  /**
   * Joins a room, by the invitation where there is one.
   * @param sends - whether with the devices that are chosen; who only watches needs none
   */
  join(request: JoinRequest, sends: boolean): void {
    this.#joined = { request, sends };
    // Not waited for: who is still asked for permission joins as a listener, and is heard when it comes.
    if (sends) void this.media.acquire(this.#choice);
    this.session.join({ ...request, ...(this.token !== null && { token: this.token }) });
  }

  /**
   * Leaves, as the page is closed, or another one shown in its place: nobody waits for who does not come back. A socket that is
   * just closed with the page may say so too late, or never.
   */
  leaveWithPage(): void {
    const { phase } = this.#state;
    this.#returns = phase !== 'idle' && phase !== 'closed';
    this.session.leave();
  }

  /** The page is shown again as it was left (the browser's back-forward cache): back into the room. */
  returnWithPage(): void {
    if (this.#returns && this.#joined !== null) {
      this.join(this.#joined.request, this.#joined.sends);
    }
    this.#returns = false;
  }

  /** Camera and microphone. */
  get devices(): MediaState {
    return this.#mediaState;
  }

  /** The screen that is shared. */
  get shared(): ShareState {
    return this.#shared;
  }

  /** Which devices one joins with. */
  get choice(): DeviceChoice {
    return this.#choice;
  }

  /** Chooses, before joining, which devices are on, now and in later visits; asks for one that could not be had. */
  chooseDevices(change: Partial<DeviceChoice>): void {
    this.#choice = { ...this.#choice, ...change };
    savePreferences({ devices: this.#choice });
    // Whoever has left is not filmed again before they join.
    const { microphone, camera } = this.#mediaState;
    if (microphone.status === 'idle' && camera.status === 'idle') return;
    if (change.microphone !== undefined) void this.media.setMicrophone(change.microphone);
    if (change.camera !== undefined) void this.media.setCamera(change.camera);
  }

  /** How to get to the other camera of a phone; null where this is none, has only one, or it is off. */
  get flip(): Flip | null {
    const { camera } = this.#mediaState;
    if (camera.status !== 'on' || !isHandheld()) return null;
    const { facingMode } = camera.track.getSettings();
    const cameras = this.settings.devicesOf('camera').map(({ id }) => id);
    return flipFrom(facingMode, this.settings.inUse('camera'), cameras);
  }

  /** Uses the other camera of a phone. */
  async flipCamera(): Promise<void> {
    const { flip } = this;
    if (flip === null) return;
    if ('face' in flip) await this.media.face(flip.face);
    else await this.settings.choose('camera', flip.choose);
  }

  /** Asks for the devices that could not be had, if they are wanted. */
  async askAgain(): Promise<void> {
    // One question after the other.
    if (this.media.state.microphone.status === 'unavailable') {
      await this.media.setMicrophone(true);
      if (!this.#choice.microphone) await this.media.setMicrophone(false);
    }
    if (this.media.state.camera.status === 'unavailable') await this.media.setCamera(true);
  }

  /** Mutes or unmutes, and says so: who does it by a key sees and hears nothing of it otherwise. */
  toggleMicrophone(): void {
    const isOn = this.#mediaState.microphone.status === 'on';
    void this.media.setMicrophone(!isOn).then(() => {
      const { status } = this.#mediaState.microphone;
      if (status === 'on') this.#announcement = words.muted.unmuted;
      else if (status === 'off') this.#announcement = words.muted.muted;
    });
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
    this.#show({ sentence: savingSentence(name, chosen.kbps, best.kbps) });
  }

  /** Whether a recording was asked for, or its end, and the server has not said anything yet. */
  get recordAsked(): boolean {
    return this.#recordAsked;
  }

  /** Asks the server to record the room, or to stop that. Nothing while it has yet to answer. */
  record(action: 'start' | 'stop'): void {
    if (this.#recordAsked || this.#state.phase !== 'live') return;
    this.#recordAsked = true;
    this.session.send({ type: 'record', action });
  }

  /** Lets one choose a screen to share, or ends that. */
  toggleShare(): void {
    if (this.#shared.status === 'on') this.share.stop();
    else void this.share.start();
  }

  /** Raises one's hand, or lowers it. */
  raiseHand(raised: boolean): void {
    this.session.send({ type: 'hand', raised });
  }

  /** Shows what one thinks, for a moment. A finger that trembles counts once. */
  react(emoji: Reaction): void {
    const now = performance.now();
    if (now - this.#reactedAtMs < reactEveryMs) return;
    this.#reactedAtMs = now;
    this.session.send({ type: 'react', emoji });
  }

  /** Mutes or removes somebody, where one may. */
  moderate(participantId: string, action: ModerateAction): void {
    this.session.send({ type: 'moderate', participantId, action });
  }

  /** Pins somebody for the whole room, or lets them go who is pinned. */
  togglePin(id: string): void {
    if (this.#state.phase !== 'live' || !this.may('layout')) return;
    const { view } = this.#state;
    const arrangement = togglePin(view, id, this.#modeBeforePin);
    if (arrangement.pinned === null) this.#modeBeforePin = null;
    else if (view.pinned === null) this.#modeBeforePin = view.mode;
    this.#arrange(arrangement);
  }

  /** Arranges the picture for the whole room. */
  chooseLayout(mode: LayoutMode): void {
    if (this.#state.phase !== 'live') return;
    this.#modeBeforePin = null;
    this.#arrange(chooseMode(this.#state.view, mode));
  }

  /** Something that passed, or did not work; null most of the time. */
  get notice(): Notice | null {
    return this.#notice;
  }

  /** Takes the notice away. */
  closeNotice(): void {
    clearTimeout(this.#noticeTimer);
    this.#notice = null;
  }

  /** Said to screen readers. */
  set #announcement(sentence: string) {
    this.announcements.say(sentence);
  }

  /** What one gets now, when that has changed while one was looking. */
  #noticeQuality(before: RoomView | null, now: RoomView): void {
    const { quality } = now;
    if (before === null || quality === null || before.quality === null) return;
    if (before.quality.rung === quality.rung && before.quality.reason === quality.reason) return;
    this.#announcement = qualitySentence(quality);
  }

  #arrange(arrangement: Arrangement): void {
    this.session.send({ type: 'layout', ...arrangement });
  }

  #noticeUnsent(before: RoomView | null, { outbox }: RoomView): void {
    if (before === null || before.outbox === outbox) return;
    const failed = (list: RoomView['outbox']): number =>
      list.filter(({ state }) => state === 'failed').length;
    if (failed(outbox) > failed(before.outbox)) this.#show({ sentence: words.chat.notSent });
  }

  #noticePinned(before: RoomView | null, now: RoomView): void {
    if (before === null || before.pinned === now.pinned) return;
    const pinned = now.participants.find(({ id }) => id === now.pinned);
    if (now.pinned === null) this.#announcement = words.tiles.nobodyPinned;
    else if (pinned !== undefined) this.#announcement = words.tiles.pinned(pinned.name);
  }

  #noticeHands(before: RoomView | null, { participants, selfId }: RoomView): void {
    if (before === null || before.participants === participants) return;
    const [first] = newHands(before.participants, participants, selfId);
    if (first !== undefined) this.#announcement = words.people.handRaised(first.name);
  }

  #noticeReaction(id: string, emoji: string): void {
    const reaction = reactionOf(emoji);
    if (reaction === null || this.#state.phase !== 'live') return;
    this.reactions.show(id, reaction);
    const { participants, selfId } = this.#state.view;
    const who = participants.find((each) => each.id === id);
    if (who === undefined || id === selfId) return;
    this.#announcement = words.reactions[reaction].says(who.name);
  }

  /** In the lobby the preview says it; in a room somebody has just asked for the device, or lost it. */
  #noticeMissing(name: 'camera' | 'microphone', before: Device, now: Device): void {
    if (now === before || now.status !== 'unavailable' || this.#state.phase !== 'live') return;
    this.#show({ sentence: mediaProblemSentence(name, now.problem) });
  }

  #noticeRecording(before: RoomView | null, now: RoomView): void {
    if (before?.recording === now.recording) return;
    this.#recordAsked = false;
    const { announcement, notice, plays } = recordingNews(before, now);
    if (announcement !== null) this.#announcement = announcement;
    // What it says of the one before would be taken for this one.
    if (now.recording !== null && isUnderWay(now.recording) && this.#notice?.link !== undefined) {
      this.closeNotice();
    }
    if (notice === null) return;
    const path = withToken(pathOfRecordings(now.room), this.token);
    const link = { path, label: words.recordings.heading };
    this.#show({ sentence: notice, ...(plays && this.#seesRecordings && { link }) });
  }

  /** Where rooms ask for tokens, recordings are for who may make them. */
  get #seesRecordings(): boolean {
    return this.token === null || this.may('record');
  }

  #show(notice: Notice): void {
    this.closeNotice();
    this.#notice = notice;
    if (notice.link !== undefined || notice.stays === true) return;
    this.#noticeTimer = setTimeout(() => {
      this.#notice = null;
    }, noticeMs);
  }
}
