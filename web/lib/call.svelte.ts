import type { LayoutMode, QualityCap, Reaction, RoomRight } from '../../mcu/protocol/common.ts';
import {
  LocalMedia,
  RoomSession,
  ScreenShare,
  isUnderWay,
  playTones,
  type JoinRequest,
  type Platform,
  type RoomView,
  type SessionState,
  type ShareState,
} from './client/index.ts';
import { ChatDesk } from './chat-desk.svelte.ts';
import { Announcements } from './announcements.svelte.ts';
import { presenceTones, PresenceChimes } from './chimes.ts';
import { DeviceSettings } from './device-settings.svelte.ts';
import { Notices } from './notices.svelte.ts';
import { OwnDevices } from './own-devices.svelte.ts';
import { chooseMode, togglePin, type Arrangement } from './pinning.ts';
import { loadPreferences, savePreferences } from './preferences.ts';
import { reactionOf } from './reactions.ts';
import { recordingNews } from './recording-news.ts';
import { roomNews } from './room-news.ts';
import { pathOfRecordings } from './route.ts';
import { ShownReactions } from './shown-reactions.svelte.ts';
import { withToken } from './token-store.ts';
import {
  closingSentence,
  errorSentence,
  mediaProblemSentence,
  qualityNames,
  savingSentence,
  words,
} from './words.ts';

/** Reactions that follow each other sooner are one, in milliseconds. */
const reactEveryMs = 300;

/** What may be done to somebody else, by who may. */
export type ModerateAction = 'mute' | 'remove';

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
  /** What everybody is told of what passed, or did not work. */
  readonly notices = new Notices();
  /** Which devices are in use, and what was chosen of them. */
  readonly settings: DeviceSettings;
  /** Camera and microphone. */
  readonly devices: OwnDevices;
  #state: SessionState = $state.raw({ phase: 'idle' });
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
    this.share.on('changed', (state) => {
      this.#shared = state;
    });
    this.share.on('failed', () => {
      this.notices.show({ sentence: words.room.shareFailed });
    });
    this.chat = new ChatDesk({
      send: (text) => {
        this.session.send({ type: 'chat', text });
      },
      now: () => performance.now(),
    });
    this.settings = new DeviceSettings(platform, this.media, (sentence) => {
      this.notices.show({ sentence });
    });
    this.devices = new OwnDevices(this.media, this.settings, (name, problem) => {
      // In the lobby the preview says it; in a room somebody has just asked for the device, or lost it.
      if (this.#state.phase !== 'live') return;
      this.notices.show({ sentence: mediaProblemSentence(name, problem) });
    });
    this.session.on('state', (state) => {
      const before = 'view' in this.#state ? this.#state.view : null;
      this.#state = state;
      const written = this.chat.follow('view' in state ? state.view : null);
      if (written !== null) this.#announcement = written;
      if ('view' in state) {
        this.#noticeRecording(before, state.view);
        this.#tellNews(before, state.view);
      } else {
        this.notices.close();
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
      this.notices.show({ sentence: by === null ? mutedBySomebody : muted(by.name) });
    });
    this.session.on('closing', (inMs) => {
      this.notices.show({ sentence: closingSentence(inMs), stays: true });
    });
    this.session.on('problem', (code) => {
      this.#recordAsked = false;
      this.notices.show({ sentence: errorSentence(code) });
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
    if (sends) void this.media.acquire(this.devices.choice);
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

  /** The screen that is shared. */
  get shared(): ShareState {
    return this.#shared;
  }

  /** Mutes or unmutes, and says so: who does it by a key sees and hears nothing of it otherwise. */
  toggleMicrophone(): void {
    const isOn = this.devices.microphone.status === 'on';
    void this.media.setMicrophone(!isOn).then(() => {
      const { status } = this.devices.microphone;
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
    this.notices.show({ sentence: savingSentence(name, chosen.kbps, best.kbps) });
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

  /** Said to screen readers. */
  set #announcement(sentence: string) {
    this.announcements.say(sentence);
  }

  #arrange(arrangement: Arrangement): void {
    this.session.send({ type: 'layout', ...arrangement });
  }

  #tellNews(before: RoomView | null, now: RoomView): void {
    const { announcements, notice } = roomNews(before, now);
    for (const sentence of announcements) this.#announcement = sentence;
    if (notice !== null) this.notices.show({ sentence: notice });
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

  #noticeRecording(before: RoomView | null, now: RoomView): void {
    if (before?.recording === now.recording) return;
    this.#recordAsked = false;
    const { announcement, notice, plays } = recordingNews(before, now);
    if (announcement !== null) this.#announcement = announcement;
    // What it says of the one before would be taken for this one.
    if (
      now.recording !== null &&
      isUnderWay(now.recording) &&
      this.notices.shown?.link !== undefined
    ) {
      this.notices.close();
    }
    if (notice === null) return;
    const path = withToken(pathOfRecordings(now.room), this.token);
    const link = { path, label: words.recordings.heading };
    this.notices.show({ sentence: notice, ...(plays && this.#seesRecordings && { link }) });
  }

  /** Where rooms ask for tokens, recordings are for who may make them. */
  get #seesRecordings(): boolean {
    return this.token === null || this.may('record');
  }
}
