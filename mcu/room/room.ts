import { AudioMixer } from '../../mixer/audio/index.ts';
import { monotonicClock, timerSleep } from '../../mixer/clock.ts';
import type { Compositor } from '../../mixer/compositor/index.ts';
import { openOpusEncoder, profileLevelId } from '../../mixer/encode/index.ts';
import type { Logger } from '../log.ts';
import type { Member, RoomCommand, RoomEvent, RoomSettings } from '../protocol/ipc.ts';
import type { MediaMessage } from '../protocol/server.ts';
import { RoomMetrics } from '../room-metrics.ts';
import { NtpClock } from '../rtp/index.ts';
import { AudioOutput } from './audio-output.ts';
import type { Ease } from './ease.ts';
import { Governing } from './governing.ts';
import { handleParticipantCommand, type ParticipantCommand } from './participant-command.ts';
import { ParticipantLog } from './participant-log.ts';
import { RoomParticipant } from './participant.ts';
import { People } from './people.ts';
import { PresenceCheck } from './presence-check.ts';
import { Reactions } from './reactions.ts';
import { Recorded } from './recorded.ts';
import { RoomReport } from './room-report.ts';
import { RoomTicks } from './room-ticks.ts';
import { Scene } from './scene.ts';
import { SpeakerNews } from './speaker-news.ts';
import { Stage } from './stage.ts';
import { UplinkDemands } from './uplink-demand.ts';
import { VideoOutput } from './video-output.ts';

/** Placeholder pictures drawn within one tick at most: they must not delay it. */
const placeholdersPerFrame = 2;
/** How long tiles take to their new places. */
const transitionMs = 250;
/** How often presence, speakers and metrics are looked at. */
const housekeepingMs = 200;
const metricsMs = 500;
/** How often the paths to the receivers are looked after. */
const adaptMs = 50;

/** Commands for a room that is open. */
export type OpenRoomCommand = Exclude<RoomCommand, { type: 'open' | 'close' }>;

/** What is kept of the room is of `high`, also where no receiver may have that. */
const withHigh = (rungs: RoomSettings['rungs']): RoomSettings['rungs'] =>
  rungs.includes('high') ? rungs : ['high', ...rungs];

/** A room's media: everybody's PeerConnections, one composite, one audio mix, shared encodes. */
export class MediaRoom {
  readonly #settings: RoomSettings;
  readonly #log: Logger;
  readonly #send: (event: RoomEvent) => void;
  readonly #metrics = new RoomMetrics();
  readonly #people = new People();
  readonly #presence: PresenceCheck;
  readonly #stage: Stage;
  readonly #scene: Scene;
  readonly #reactions = new Reactions();
  readonly #demands: UplinkDemands;
  readonly #mixer: AudioMixer;
  readonly #video: VideoOutput<Compositor>;
  readonly #audio: AudioOutput;
  readonly #recorded: Recorded;
  readonly #ntp = new NtpClock(monotonicClock.now(), Date.now());
  readonly #ticks: RoomTicks;
  readonly #report: RoomReport;
  readonly #governing: Governing;
  #metricsAtMs = 0;
  #demandsAtMs = 0;
  #speakers: readonly string[] = [];
  readonly #speakerNews = new SpeakerNews();

  /**
   * Opens the room and starts its clock.
   * @param settings - as the gateway has them
   * @param log - lines carry the room's name already
   * @param send - to the gateway
   */
  constructor(settings: RoomSettings, log: Logger, send: (event: RoomEvent) => void) {
    this.#settings = settings;
    this.#log = log;
    this.#send = send;
    const { canvas, fps } = settings;
    this.#stage = new Stage({
      layoutSize: canvas,
      placeholdersPerFrame,
      transitionMs: settings.transitions ? transitionMs : 0,
    });
    this.#scene = new Scene(this.#stage, canvas);
    this.#demands = new UplinkDemands(canvas, fps, settings.uplinkHoldMs);
    const { health } = this.#metrics;
    const onError = (stage: 'video' | 'audio' | 'tick', what: string) => (error: unknown) => {
      health.errors.inc({ stage });
      log.error({ err: error }, what);
    };
    const { frameDuration, framesComposited } = this.#metrics;
    this.#video = new VideoOutput({
      canvas,
      fps,
      rungs: withHigh(settings.rungs),
      composites: this.#stage,
      now: () => monotonicClock.now(),
      timeOfTick: (tick) => this.#ticks.timeOf(tick),
      onError: onError('video', 'video encoder failed'),
      onTick: (composeMs, encodeMs) => {
        framesComposited.inc();
        frameDuration.observe({ stage: 'compose' }, composeMs / 1000);
        frameDuration.observe({ stage: 'encode' }, encodeMs / 1000);
      },
    });
    this.#mixer = new AudioMixer({
      // Where headers weigh more than sound, silence is not sent: see SoundSender.
      openEncoder: (format) => openOpusEncoder({ ...format, dtx: format.frameMs > 20 }),
      onError: onError('audio', 'audio encoder failed'),
    });
    this.#audio = new AudioOutput(this.#mixer);
    this.#recorded = new Recorded({
      video: this.#video,
      audio: this.#audio,
      nameOf: (id) => this.#people.get(id)?.name ?? '',
      queueBytes: settings.outputQueueBytes,
      log,
      dropped: (kind) => {
        health.outputDropped.inc({ kind });
      },
      send,
    });
    this.#governing = new Governing({
      isOn: settings.governor,
      fps,
      now: () => monotonicClock.now(),
      skipped: () => this.#ticks.skipped.picture,
      isPinned: () => this.#video.isRecorded,
      apply: (ease) => {
        this.#setEase(ease);
      },
      metrics: this.#metrics,
      log,
    });
    this.#presence = new PresenceCheck(this.#people, this.#metrics.paths, send);
    this.#ticks = new RoomTicks({
      clock: monotonicClock,
      sleep: timerSleep,
      fps,
      picture: (tick) => this.#governing.run(tick, () => this.#videoTick(tick)),
      sound: (tick, dueMs) => this.#audio.run(tick, dueMs),
      onError: onError('tick', 'tick failed'),
    });
    this.#report = new RoomReport(this.#metrics, {
      people: this.#people,
      video: this.#video,
      mixer: this.#mixer,
      recorded: this.#recorded,
      ticks: this.#ticks,
      governing: this.#governing,
    });
    setInterval(() => {
      this.#keepHouse();
    }, housekeepingMs);
    setInterval(() => {
      for (const participant of this.#people) participant.adapt();
    }, adaptMs);
  }

  /** Whether picture and sound go on: not where an encoder never comes to an end. */
  get isTicking(): boolean {
    return this.#ticks.isTicking;
  }

  /** Does what the gateway says. What goes wrong with one participant must not end the others' call. */
  handle(command: OpenRoomCommand): void {
    switch (command.type) {
      case 'add':
        this.#add(command.member, command.requestedAt, command.generation);
        return;
      case 'layout':
        this.#scene.arrange(command.mode, command.pinned);
        return;
      case 'feed':
      case 'unfeed':
      case 'snapshot':
        this.#recorded.handle(command);
        return;
      default:
    }
    const { participantId } = command;
    const participant = this.#people.get(participantId);
    // Messages cross: the participant may just have gone.
    if (participant === undefined) return;
    try {
      this.#handleFor(participant, command);
    } catch (error) {
      participant.log.error({ err: error }, `${command.type} failed`);
      const message = 'Something went wrong on the server.';
      this.#send({
        type: 'message',
        participantId,
        message: { type: 'error', code: 'internal', message, fatal: false },
      });
    }
  }

  #handleFor(
    participant: RoomParticipant,
    command:
      ParticipantCommand | Extract<RoomCommand, { type: 'remove' | 'away' | 'hand' | 'react' }>,
  ): void {
    switch (command.type) {
      case 'remove':
        this.#remove(participant);
        return;
      case 'away':
        this.#setAway(participant, command.away, command.join);
        return;
      case 'hand':
        participant.hand = command.raised;
        this.#scene.touch();
        return;
      case 'react':
        this.#reactions.react(participant.id, command.emoji, monotonicClock.now());
        this.#stage.setReactions(this.#reactions.shown);
        return;
      default:
        handleParticipantCommand(participant, command);
    }
  }

  #add(member: Member, requestedAt: number, generation: number): void {
    const { id } = member;
    if (this.#people.get(id) !== undefined) return;
    const signal = (message: MediaMessage): void => {
      this.#send({ type: 'message', participantId: id, message });
    };
    const now = (): number => monotonicClock.now();
    const { canvas, fps } = this.#settings;
    let hasReceived = false;
    const log = new ParticipantLog(this.#log, id, member.join);
    const participant = new RoomParticipant(member, generation, {
      settings: this.#settings,
      log,
      now,
      signal,
      sound: this.#mixer.addSource(id),
      downlink: {
        settings: this.#settings,
        iceServers: member.iceServers,
        isPrivate: member.isPrivate,
        log,
        metrics: this.#metrics,
        now,
        after: (ms, what) => {
          const timer = setTimeout(what, ms);
          return () => {
            clearTimeout(timer);
          };
        },
        ntp: this.#ntp,
        video: this.#video,
        audio: this.#audio,
        profileLevelId: profileLevelId(canvas.width, canvas.height, fps),
        onFirstPacket: () => {
          if (hasReceived) return;
          hasReceived = true;
          this.#metrics.joinDuration.observe((Date.now() - requestedAt) / 1000);
        },
      },
      changed: () => {
        this.#scene.touch();
      },
      ease: () => this.#governing.ease,
    });
    this.#people.add(participant);
    this.#scene.touch();
    this.#scene.tellAgain();
    if (this.#speakers.length > 0) signal({ type: 'speakers', active: [...this.#speakers] });
  }

  /** Who is back is told all that others were told meanwhile. */
  #setAway(participant: RoomParticipant, away: boolean, join?: string): void {
    participant.setAway(away, join);
    if (away) return;
    const { id: participantId } = participant;
    const active = [...this.#speakers];
    for (const message of [this.#scene.told, { type: 'speakers' as const, active }]) {
      if (message !== undefined) this.#send({ type: 'message', participantId, message });
    }
  }

  #remove(participant: RoomParticipant): void {
    this.#people.remove(participant);
    this.#mixer.removeSource(participant.id);
    participant.close();
    this.#scene.touch();
  }

  async #videoTick(tick: number): Promise<void> {
    const layout = this.#scene.update(() => this.#people.members);
    if (layout !== undefined) this.#send({ type: 'broadcast', message: layout });
    this.#askForVideo(layout !== undefined);
    await this.#video.run(tick);
  }

  /** Only here, behind the scene's update: to the one before it a newcomer has no tile. */
  #askForVideo(rearranged: boolean): void {
    const nowMs = monotonicClock.now();
    if (!rearranged && nowMs < this.#demandsAtMs) return;
    this.#demandsAtMs = nowMs + housekeepingMs;
    const { shown } = this.#people;
    const { arrangement } = this.#scene;
    const { watched } = this.#video;
    for (const [id, demand] of this.#demands.update(shown, arrangement, watched, nowMs)) {
      this.#people.get(id)?.askFor(demand);
    }
  }

  #keepHouse(): void {
    const nowMs = monotonicClock.now();
    const { speakers } = this.#mixer;
    this.#scene.setSpeaker(this.#mixer.activeSpeaker);
    if (this.#reactions.expire(nowMs)) this.#stage.setReactions(this.#reactions.shown);
    this.#scene.turnPage(nowMs);
    this.#governing.look();
    this.#tellSpeakers(speakers, nowMs);
    this.#presence.look();
    if (nowMs < this.#metricsAtMs) return;
    this.#metricsAtMs = nowMs + metricsMs - housekeepingMs / 2;
    void this.#report.next(nowMs).then(this.#send);
  }

  #tellSpeakers(speakers: string[], nowMs: number): void {
    if (speakers.join() !== this.#speakers.join()) this.#stage.setSpeaking(speakers);
    this.#speakers = speakers;
    const { except, only } = this.#speakerNews.next(speakers, this.#people.narrow, nowMs);
    const message = { type: 'speakers' as const, active: speakers };
    if (except !== null) this.#send({ type: 'broadcast', message, except: [...except] });
    for (const participantId of only) this.#send({ type: 'message', participantId, message });
  }

  /** Does without something else. */
  #setEase(ease: Ease): void {
    const { transitions } = this.#settings;
    this.#stage.setTransitionMs(transitions && ease.transitions ? transitionMs : 0);
    for (const participant of this.#people) participant.setEase(ease);
  }
}
