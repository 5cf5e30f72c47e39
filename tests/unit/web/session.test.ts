import { describe, expect, it } from 'vitest';
import { LocalMedia } from '../../../web/lib/client/local-media.ts';
import type { ReceiverLike } from '../../../web/lib/client/platform.ts';
import { ScreenShare } from '../../../web/lib/client/screen-share.ts';
import { RoomSession } from '../../../web/lib/client/session.ts';
import type { SessionState } from '../../../web/lib/client/session-state.ts';
import { FakePlatform, FakeTrack, settle, type FakePeer } from './fakes.ts';

const offerSdp = 'v=0\r\na=ice-ufrag:down\r\n';

function person(id: string, name = id): object {
  const joinedAt = '2025-01-01T00:00:00Z';
  return {
    id,
    name,
    role: 'guest',
    audio: true,
    video: true,
    source: 'camera',
    hand: false,
    joinedAt,
  };
}

function joined(extra: object = {}): object {
  return {
    type: 'joined',
    participantId: 'me',
    resumeToken: 'resume-1',
    room: { name: 'kitchen', layout: 'auto', pinned: null, recording: null },
    participants: [person('me', 'Ana')],
    iceServers: [{ urls: 'stun:stun.example' }],
    chat: [],
    ...extra,
  };
}

class Stage {
  readonly platform = new FakePlatform();
  readonly media = new LocalMedia(this.platform);
  readonly share = new ScreenShare(this.platform);
  readonly session = new RoomSession(this.platform, 'ws://host/ws', this.media, this.share);
  readonly phases: string[] = [];

  constructor() {
    this.session.on('state', (state) => {
      if (this.phases.at(-1) !== state.phase) this.phases.push(state.phase);
    });
  }

  /** In the room with both devices; the uplink is answered and connected, the downlink too. */
  async live(): Promise<{ uplink: FakePeer; downlink: FakePeer }> {
    await this.media.acquire();
    this.join();
    this.platform.socket.receive(joined());
    await settle();
    return await this.connect();
  }

  join(): void {
    this.session.join({ room: 'kitchen', name: 'Ana' });
    this.platform.socket.open();
  }

  async connect(): Promise<{ uplink: FakePeer; downlink: FakePeer }> {
    const uplink = this.platform.peer;
    this.platform.socket.receive({ type: 'answer', pc: 'uplink', sdp: 'a=ice-ufrag:up\r\n' });
    this.platform.socket.receive({ type: 'offer', pc: 'downlink', sdp: offerSdp, negotiation: 1 });
    await settle();
    const downlink = this.platform.peer;
    uplink.become('connected');
    downlink.become('connected');
    return { uplink, downlink };
  }

  get state(): SessionState {
    return this.session.state;
  }

  get view() {
    if (!('view' in this.state)) throw new Error(`no view while ${this.state.phase}`);
    return this.state.view;
  }
}

describe('joining', () => {
  it('sends join first, with what is switched on, and is live with joined', async () => {
    const stage = new Stage();
    await stage.media.acquire();
    stage.join();
    expect(stage.platform.socket.sent).toEqual([
      {
        type: 'join',
        protocol: 1,
        room: 'kitchen',
        name: 'Ana',
        media: { audio: true, video: true },
      },
    ]);
    stage.platform.socket.receive(joined());
    expect(stage.phases).toEqual(['joining', 'live']);
    expect(stage.view.participants.map((each) => each.name)).toEqual(['Ana']);
  });

  it('sends nothing where it may only watch', async () => {
    const stage = new Stage();
    await stage.media.acquire();
    stage.join();
    const { socket } = stage.platform;
    socket.receive(joined({ may: [] }));
    await settle();
    await stage.media.setMicrophone(false);
    await settle();
    expect(stage.view.may).toEqual([]);
    const sent = socket.sent.map((each) => (each as { type: string }).type);
    expect(sent).not.toContain('offer');
    expect(sent).not.toContain('media');
  });

  it('tells why it was refused, and lets one try again', () => {
    const stage = new Stage();
    stage.join();
    stage.platform.socket.receive({ type: 'error', code: 'room-full', message: '', fatal: true });
    expect(stage.state).toEqual({ phase: 'closed', end: { kind: 'refused', code: 'room-full' } });
    stage.join();
    expect(stage.platform.sockets).toHaveLength(2);
    expect(stage.state.phase).toBe('joining');
  });

  it('gives up when the server cannot be reached, at once or after 10 s of silence', async () => {
    const refused = new Stage();
    refused.session.join({ room: 'kitchen', name: 'Ana' });
    refused.platform.socket.drop();
    expect(refused.state).toEqual({ phase: 'closed', end: { kind: 'unreachable' } });

    const silent = new Stage();
    silent.join();
    await silent.platform.pass(9_999);
    expect(silent.state.phase).toBe('joining');
    await silent.platform.pass(1);
    expect(silent.state).toEqual({ phase: 'closed', end: { kind: 'unreachable' } });
    expect(silent.platform.timers).toBe(0);
  });

  it('ignores garbage and messages of a later protocol', () => {
    const stage = new Stage();
    stage.join();
    stage.platform.socket.fire('message', { data: 'no JSON' });
    stage.platform.socket.fire('message', { data: '7' });
    stage.platform.socket.receive(joined());
    const { view } = stage;
    stage.platform.socket.receive({ type: 'hologram' });
    expect(stage.view).toBe(view);
  });
});

describe('the uplink', () => {
  it('offers audio and video in one stream, sends only, and keeps the camera within its bitrate', async () => {
    const stage = new Stage();
    await stage.live();
    const [uplink] = stage.platform.peers;
    expect(stage.platform.socket.of('offer')).toEqual([
      { type: 'offer', pc: 'uplink', sdp: 'offer audio+video' },
    ]);
    const [audio, video] = uplink!.senders;
    expect(audio!.init.streams![0]).toBe(video!.init.streams![0]);
    expect(audio!.init.direction).toBe('sendonly');
    expect(video!.init.sendEncodings).toMatchObject([{ maxBitrate: 800_000 }]);
    expect(video!.parameters.degradationPreference).toBe('maintain-resolution');
    expect(uplink!.iceServers).toEqual([{ urls: 'stun:stun.example' }]);
    expect(uplink!.remote).toEqual({ type: 'answer', sdp: 'a=ice-ufrag:up\r\n' });
  });

  it('is not there for a listener, and comes with the first track', async () => {
    const stage = new Stage();
    stage.join();
    stage.platform.socket.receive(joined());
    await settle();
    expect(stage.platform.peers).toHaveLength(0);
    expect(stage.view.links.uplink).toBe('none');
    await stage.media.setMicrophone(true);
    await settle();
    expect(stage.platform.socket.of('offer').map((each) => each['sdp'])).toEqual(['offer audio']);
    expect(stage.platform.socket.of('media')).toEqual([
      { type: 'media', audio: true, video: false, source: 'camera' },
    ]);
  });

  it('renegotiates on the same PeerConnection for a camera that comes later, one offer at a time', async () => {
    const stage = new Stage();
    stage.platform.devices = (request) =>
      request.video === undefined
        ? Promise.resolve({ getTracks: () => [new FakeTrack('audio')] })
        : Promise.reject(Object.assign(new Error(), { name: 'NotFoundError' }));
    await stage.media.acquire();
    stage.join();
    stage.platform.socket.receive(joined());
    await settle();
    stage.platform.devices = () => Promise.resolve({ getTracks: () => [new FakeTrack('video')] });
    await stage.media.setCamera(true);
    await settle();
    const offers = (): unknown[] => stage.platform.socket.of('offer').map((each) => each['sdp']);
    expect(offers()).toEqual(['offer audio']);
    stage.platform.socket.receive({ type: 'answer', pc: 'uplink', sdp: 'a=ice-ufrag:up\r\n' });
    await settle();
    expect(offers()).toEqual(['offer audio', 'offer audio+video']);
    expect(stage.platform.peers).toHaveLength(1);
  });

  it('mutes by silence: the track stays, the room is told', async () => {
    const stage = new Stage();
    const { uplink } = await stage.live();
    await stage.media.setMicrophone(false);
    expect(uplink.senders[0]!.track!.enabled).toBe(false);
    await stage.media.setMicrophone(true);
    expect(uplink.senders[0]!.track!.enabled).toBe(true);
    expect(stage.platform.socket.of('media').map((each) => each['audio'])).toEqual([false, true]);
    expect(stage.platform.socket.of('offer')).toHaveLength(1);
  });

  it('turns the camera really off, and on again without a new offer', async () => {
    const stage = new Stage();
    const { uplink } = await stage.live();
    const sender = uplink.senders[1]!;
    const first = sender.track!;
    await stage.media.setCamera(false);
    await settle();
    expect(first.readyState).toBe('ended');
    expect(sender.track).toBeNull();
    await stage.media.setCamera(true);
    await settle();
    expect(sender.track).not.toBe(first);
    expect(sender.track!.readyState).toBe('live');
    expect(stage.platform.socket.of('media').map((each) => each['video'])).toEqual([false, true]);
    expect(stage.platform.socket.of('offer')).toHaveLength(1);
  });

  it('is made anew when it fails, and when it stays disconnected for 1 s', async () => {
    const stage = new Stage();
    const { uplink } = await stage.live();
    uplink.become('failed');
    expect(stage.view.links.uplink).toBe('interrupted');
    await stage.platform.pass(300);
    expect(uplink.closed).toBe(true);
    expect(stage.platform.socket.of('offer')).toHaveLength(2);

    const second = stage.platform.peer;
    stage.platform.socket.receive({ type: 'answer', pc: 'uplink', sdp: 'v=0' });
    await settle();
    second.become('connected');
    second.become('disconnected');
    await stage.platform.pass(900);
    second.become('connected');
    await stage.platform.pass(10_000);
    expect(stage.platform.socket.of('offer')).toHaveLength(2);
    second.become('disconnected');
    await stage.platform.pass(1_300);
    expect(stage.platform.socket.of('offer')).toHaveLength(3);
  });

  it('never gives the answer to a broken one to its replacement', async () => {
    const stage = new Stage();
    await stage.media.acquire();
    stage.join();
    stage.platform.socket.receive(joined());
    await settle();
    const first = stage.platform.peer;
    first.become('failed');
    await stage.platform.pass(3_000);
    expect(stage.platform.peers).toHaveLength(1);
    stage.platform.socket.receive({ type: 'answer', pc: 'uplink', sdp: 'for the first' });
    await settle();
    const second = stage.platform.peer;
    expect(second).not.toBe(first);
    expect(second.remote).toBeNull();
    stage.platform.socket.receive({ type: 'answer', pc: 'uplink', sdp: 'for the second' });
    await settle();
    expect(second.remote?.sdp).toBe('for the second');
  });

  it('is given up when the server refuses it, and the call goes on as a listener', async () => {
    const stage = new Stage();
    const problems: string[] = [];
    stage.session.on('problem', (code) => problems.push(code));
    await stage.media.acquire();
    stage.join();
    stage.platform.socket.receive(joined());
    await settle();
    stage.platform.socket.receive({ type: 'error', code: 'bad-sdp', message: '', fatal: false });
    await stage.platform.pass(30_000);
    expect(problems).toEqual(['bad-sdp']);
    expect(stage.state.phase).toBe('live');
    expect(stage.view.links.uplink).toBe('none');
    expect(stage.platform.peers).toHaveLength(1);
  });
});

describe('what the server asks of the sound', () => {
  const ask = (stage: Stage, ptime: number, bitrate: number): void => {
    const video = { width: 160, height: 90, fps: 8, bitrate: 50_000 };
    stage.platform.socket.receive({ type: 'uplink', ...video, audio: { ptime, bitrate } });
  };
  const answer = async (stage: Stage, ptime: number): Promise<void> => {
    const sdp = `v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=ptime:${String(ptime)}\r\nm=video 9\r\na=ptime:1\r\n`;
    stage.platform.socket.receive({ type: 'answer', pc: 'uplink', sdp });
    await settle();
  };
  const live = async (): Promise<{ stage: Stage; uplink: FakePeer }> => {
    const stage = new Stage();
    await stage.media.acquire();
    stage.join();
    stage.platform.socket.receive(joined());
    ask(stage, 10, 32_000);
    await settle();
    const uplink = stage.platform.peer;
    await answer(stage, 10);
    return { stage, uplink };
  };

  it('is negotiated anew over the same PeerConnection where its frames have another length', async () => {
    const { stage, uplink } = await live();
    const { socket } = stage.platform;
    expect(socket.of('offer')).toHaveLength(1);
    ask(stage, 60, 16_000);
    await settle();
    expect(socket.of('offer')).toHaveLength(2);
    expect(uplink.senders[0]!.encoding.maxBitrate).toBe(16_000);
    await answer(stage, 60);
    ask(stage, 60, 24_000);
    await settle();
    expect(socket.of('offer')).toHaveLength(2);
    expect(uplink.senders[0]!.encoding.maxBitrate).toBe(24_000);
    ask(stage, 10, 32_000);
    await settle();
    expect(socket.of('offer')).toHaveLength(3);
    expect(stage.platform.peers).toHaveLength(1);
  });

  it('has longer frames before the offer is on its way, shorter ones with the answer', async () => {
    const { stage, uplink } = await live();
    const lengths = (): string[] => uplink.remote?.sdp.match(/a=ptime:\d+/g) ?? [];
    ask(stage, 60, 16_000);
    await settle();
    expect(lengths()).toEqual(['a=ptime:60', 'a=ptime:1']);
    expect(stage.platform.socket.of('offer')).toHaveLength(2);
    // The picture waits for the offer to get through.
    expect(uplink.senders[1]!.encoding.active).toBe(false);
    await answer(stage, 60);
    expect(uplink.senders[1]!.encoding.active).toBe(true);
    ask(stage, 10, 32_000);
    await settle();
    expect(lengths()).toEqual(['a=ptime:60', 'a=ptime:1']);
    expect(uplink.senders[1]!.encoding.active).toBe(true);
    await answer(stage, 10);
    expect(lengths()).toEqual(['a=ptime:10', 'a=ptime:1']);
  });

  it('waits for an answer that is due, and is not asked for twice', async () => {
    const { stage } = await live();
    const { socket } = stage.platform;
    ask(stage, 60, 16_000);
    await settle();
    ask(stage, 20, 16_000);
    await settle();
    expect(socket.of('offer')).toHaveLength(2);
    await answer(stage, 60);
    expect(socket.of('offer')).toHaveLength(3);
    // A server that does not keep to its own word.
    await answer(stage, 60);
    expect(socket.of('offer')).toHaveLength(3);
  });
});

describe('a browser that may send less than it is asked for', () => {
  it('says so, again while it lasts, and when it is over', async () => {
    const stage = new Stage();
    const { uplink } = await stage.live();
    const { socket } = stage.platform;
    const told = (): unknown[] => socket.of('network').map(({ uplinkKbps }) => uplinkKbps);
    uplink.availableOutgoingBitrate = 64_200;
    await stage.platform.pass(3000);
    expect(told()).toEqual([]);
    await stage.platform.pass(4000);
    expect(told()).toEqual([64]);
    await stage.platform.pass(6000);
    expect(told()).toEqual([64, 64]);
    uplink.availableOutgoingBitrate = 90_000;
    await stage.platform.pass(2000);
    expect(told()).toEqual([64, 64, 90]);
    uplink.availableOutgoingBitrate = 2_000_000;
    await stage.platform.pass(20_000);
    expect(told()).toEqual([64, 64, 90, 2000]);
    uplink.availableOutgoingBitrate = undefined;
    await stage.platform.pass(20_000);
    expect(told()).toHaveLength(4);
  });
});

describe('what the server asks for', () => {
  const ask = (stage: Stage, height: number, fps = 25): void => {
    stage.platform.socket.receive({
      type: 'uplink',
      width: (height * 16) / 9,
      height,
      fps,
      bitrate: 500_000,
      audio: { ptime: 10, bitrate: 32_000 },
    });
  };
  const linesOf = (peer: FakePeer): number =>
    Math.floor(720 / (peer.senders[1]!.encoding.scaleResolutionDownBy ?? 1));

  it('is sent', async () => {
    const stage = new Stage();
    const { uplink } = await stage.live();
    expect(linesOf(uplink)).toBe(360);
    ask(stage, 180);
    await settle();
    expect(linesOf(uplink)).toBe(180);
    ask(stage, 90, 0);
    await settle();
    expect(uplink.senders[1]!.encoding.active).toBe(false);
    expect(stage.platform.socket.of('offer')).toHaveLength(1);
  });

  it('before the offer is what the uplink begins with', async () => {
    const stage = new Stage();
    stage.join();
    stage.platform.socket.receive(joined());
    ask(stage, 180);
    await stage.media.acquire();
    await settle();
    const [encoding] = stage.platform.peer.senders[1]!.init.sendEncodings!;
    expect(encoding).toMatchObject({ active: true, maxFramerate: 25, maxBitrate: 500_000 });
    expect(encoding!.scaleResolutionDownBy).toBeCloseTo(4, 3);
  });

  it('holds for another camera, after a reset, and over a new uplink', async () => {
    const stage = new Stage();
    const { uplink } = await stage.live();
    ask(stage, 180);
    await settle();
    await stage.media.setCamera(false);
    await stage.media.setCamera(true);
    await settle();
    expect(linesOf(uplink)).toBe(180);

    stage.platform.socket.receive({ type: 'reset', reason: 'room process restarted' });
    await settle();
    const second = stage.platform.peer;
    expect(second).not.toBe(uplink);
    expect(linesOf(second)).toBe(180);

    stage.platform.socket.receive({ type: 'answer', pc: 'uplink', sdp: 'v=0' });
    await settle();
    second.become('failed');
    await stage.platform.pass(300);
    const third = stage.platform.peer;
    expect(third).not.toBe(second);
    expect(linesOf(third)).toBe(180);
  });

  it('is forgotten by who joins anew', async () => {
    const stage = new Stage();
    await stage.live();
    ask(stage, 90, 0);
    stage.platform.socket.drop();
    await stage.platform.pass(300);
    stage.platform.socket.open();
    stage.platform.socket.receive(joined({ participantId: 'me-again' }));
    await settle();
    expect(stage.platform.peer.senders[1]!.encoding.active).toBe(true);
  });
});

describe('the downlink', () => {
  it('answers each offer with a new PeerConnection and echoes its negotiation', async () => {
    const stage = new Stage();
    const { downlink } = await stage.live();
    stage.platform.socket.receive({ type: 'offer', pc: 'downlink', sdp: 'second', negotiation: 2 });
    await settle();
    expect(downlink.closed).toBe(true);
    expect(stage.platform.socket.of('answer')).toEqual([
      { type: 'answer', pc: 'downlink', sdp: `answer to ${offerSdp}`, negotiation: 1 },
      { type: 'answer', pc: 'downlink', sdp: 'answer to second', negotiation: 2 },
    ]);
  });

  it('answers only the last of two offers that come at once', async () => {
    const stage = new Stage();
    stage.join();
    stage.platform.socket.receive(joined());
    stage.platform.socket.receive({ type: 'offer', pc: 'downlink', sdp: 'one', negotiation: 1 });
    stage.platform.socket.receive({ type: 'offer', pc: 'downlink', sdp: 'two', negotiation: 2 });
    await settle();
    expect(stage.platform.socket.of('answer').map((each) => each['negotiation'])).toEqual([2]);
  });

  it('shows the tracks that arrive', async () => {
    const stage = new Stage();
    const { downlink } = await stage.live();
    const [sound, picture] = [new FakeTrack('audio'), new FakeTrack('video')];
    downlink.fire('track', { track: sound, receiver: {} });
    downlink.fire('track', { track: picture, receiver: {} });
    expect(stage.view.links).toMatchObject({ sound, picture, downlink: 'connected' });
  });

  it('plays sound later while the line is narrow, over every downlink, and no picture', async () => {
    const stage = new Stage();
    const { downlink } = await stage.live();
    const [sound, picture]: ReceiverLike[] = [{}, {}];
    downlink.fire('track', { track: new FakeTrack('audio'), receiver: sound });
    downlink.fire('track', { track: new FakeTrack('video'), receiver: picture });
    expect(sound!.jitterBufferTarget).toBeNull();
    const tell = (reason: string): void => {
      stage.platform.socket.receive({ type: 'quality', rung: 'low', reason, estimateKbps: 200 });
    };
    tell('requested');
    expect(sound!.jitterBufferTarget).toBeNull();
    tell('bandwidth');
    expect(sound!.jitterBufferTarget).toBe(200);
    stage.platform.socket.receive({ type: 'offer', pc: 'downlink', sdp: 'two', negotiation: 2 });
    await settle();
    const next: ReceiverLike = {};
    stage.platform.peer.fire('track', { track: new FakeTrack('audio'), receiver: next });
    expect(next.jitterBufferTarget).toBe(200);
    tell('auto');
    expect(next.jitterBufferTarget).toBeNull();
    expect(picture).toEqual({});
  });

  it('is asked for again when it fails; a server that offers none is taken for lost', async () => {
    const stage = new Stage();
    const { downlink } = await stage.live();
    downlink.become('failed');
    await stage.platform.pass(300);
    expect(stage.platform.socket.of('reconnect')).toEqual([{ type: 'reconnect', pc: 'downlink' }]);
    await stage.platform.pass(2_999);
    expect(stage.state.phase).toBe('live');
    await stage.platform.pass(1);
    expect(stage.state.phase).toBe('reconnecting');
  });

  it('does not ask in a tight circle for offers it cannot use', async () => {
    const stage = new Stage();
    stage.join();
    stage.platform.socket.receive(joined());
    for (let negotiation = 1; negotiation <= 5; negotiation++) {
      stage.platform.socket.receive({ type: 'offer', pc: 'downlink', sdp: 'garbage', negotiation });
      await settle();
    }
    expect(stage.platform.socket.of('reconnect')).toHaveLength(0);
    await stage.platform.pass(2_999);
    expect(stage.platform.socket.of('reconnect')).toHaveLength(0);
    await stage.platform.pass(1);
    expect(stage.platform.socket.of('reconnect')).toHaveLength(1);
  });
});

describe('a change of the network', () => {
  it('leaves alone what still receives', async () => {
    const stage = new Stage();
    const { uplink, downlink } = await stage.live();
    stage.platform.changeNetwork();
    await stage.platform.pass(300);
    uplink.received += 1;
    downlink.received += 1;
    await stage.platform.pass(5_000);
    expect(stage.platform.socket.of('reconnect')).toHaveLength(0);
    expect(stage.platform.socket.of('offer')).toHaveLength(1);
    expect(stage.phases.at(-1)).toBe('live');
  });

  it('brings fresh PeerConnections within 3 s for those that do not', async () => {
    const stage = new Stage();
    const { uplink, downlink } = await stage.live();
    stage.platform.changeNetwork();
    stage.platform.changeNetwork();
    await settle();
    await stage.platform.pass(1_300);
    expect(uplink.closed).toBe(true);
    expect(stage.platform.socket.of('offer')).toHaveLength(2);
    expect(stage.platform.socket.of('reconnect')).toHaveLength(1);
    stage.platform.socket.receive({ type: 'offer', pc: 'downlink', sdp: offerSdp, negotiation: 2 });
    await settle();
    expect(downlink.closed).toBe(true);
  });

  it('does not take for life what was still to be read of before', async () => {
    const stage = new Stage();
    const { uplink, downlink } = await stage.live();
    stage.platform.changeNetwork();
    await stage.platform.pass(100);
    uplink.received += 1;
    downlink.received += 1;
    // The new link comes up, which is a change too, and nothing gets through it.
    stage.platform.changeNetwork();
    await stage.platform.pass(1_300);
    expect(uplink.closed).toBe(true);
    expect(stage.platform.socket.of('reconnect')).toHaveLength(1);
  });

  it('gives up at once what is disconnected already', async () => {
    const stage = new Stage();
    const { uplink } = await stage.live();
    uplink.become('disconnected');
    stage.platform.changeNetwork();
    await stage.platform.pass(300);
    expect(uplink.closed).toBe(true);
  });

  it('brings another socket within 3 s when that does not answer either', async () => {
    const stage = new Stage();
    await stage.live();
    stage.platform.changeNetwork();
    await settle();
    await stage.platform.pass(2_700);
    expect(stage.platform.sockets).toHaveLength(2);
    stage.platform.socket.open();
    expect(stage.platform.socket.of('join')).toHaveLength(1);
  });

  it('is of no interest once the stay has ended, and its timers are gone', async () => {
    const stage = new Stage();
    await stage.live();
    stage.platform.changeNetwork();
    await settle();
    stage.session.leave();
    expect(stage.platform.networkListeners).toBe(0);
    expect(stage.platform.timers).toBe(0);
  });
});

describe('sleep', () => {
  it('is over: who was coming back tries at once, and waits for no socket of before', async () => {
    const stage = new Stage();
    await stage.live();
    for (let attempt = 0; attempt < 5; attempt++) {
      stage.platform.socket.drop();
      await stage.platform.pass(3_000);
    }
    stage.platform.socket.drop();
    const waiting = stage.platform.sockets.length;
    stage.platform.wake();
    expect(stage.platform.sockets).toHaveLength(waiting + 1);
    const hanging = stage.platform.socket;
    stage.platform.wake();
    expect(hanging.closed).toBe(true);
    expect(stage.platform.sockets).toHaveLength(waiting + 2);
    stage.platform.socket.open();
    expect(stage.platform.socket.of('join')).toMatchObject([{ name: 'Ana', resume: 'resume-1' }]);
  });

  it('has not hurt who still receives, and brings another socket within 3 s to who does not', async () => {
    const stage = new Stage();
    const { uplink, downlink } = await stage.live();
    stage.platform.wake();
    await stage.platform.pass(300);
    uplink.received += 1;
    downlink.received += 1;
    await stage.platform.pass(5_000);
    expect(stage.platform.sockets).toHaveLength(1);
    stage.platform.wake();
    await settle();
    await stage.platform.pass(2_700);
    expect(stage.platform.sockets).toHaveLength(2);
  });
});

describe('candidates', () => {
  it('wait for the description, and those of another one are dropped', async () => {
    const stage = new Stage();
    stage.join();
    stage.platform.socket.receive(joined());
    const send = (candidate: object | null): void => {
      stage.platform.socket.receive({ type: 'candidate', pc: 'downlink', candidate });
    };
    stage.platform.socket.receive({ type: 'offer', pc: 'downlink', sdp: offerSdp, negotiation: 1 });
    send({ candidate: 'early', usernameFragment: 'down' });
    send({ candidate: 'stale', usernameFragment: 'before' });
    await settle();
    send({ candidate: 'late' });
    send({ candidate: 'stale too', usernameFragment: 'before' });
    send(null);
    await settle();
    const taken = stage.platform.peer.candidates.map((each) => each.candidate);
    expect(taken).toEqual(['early', 'late']);
  });

  it('trickle up with their direction, and end with null only when all are found', async () => {
    const stage = new Stage();
    const { uplink, downlink } = await stage.live();
    const found = (candidate: string): object => ({
      candidate: { toJSON: () => ({ candidate, sdpMid: '0', usernameFragment: 'u' }) },
    });
    uplink.fire('icecandidate', found('host'));
    uplink.fire('icecandidate', found(''));
    uplink.fire('icecandidate', found('relay'));
    uplink.fire('icecandidate', { candidate: null });
    downlink.fire('icecandidate', { candidate: null });
    expect(stage.platform.socket.of('candidate')).toEqual([
      {
        type: 'candidate',
        pc: 'uplink',
        candidate: { candidate: 'host', sdpMid: '0', usernameFragment: 'u' },
      },
      {
        type: 'candidate',
        pc: 'uplink',
        candidate: { candidate: 'relay', sdpMid: '0', usernameFragment: 'u' },
      },
      { type: 'candidate', pc: 'uplink', candidate: null },
      { type: 'candidate', pc: 'downlink', candidate: null },
    ]);
  });
});

describe('coming back', () => {
  it('rejoins with the resume token and keeps the PeerConnections of a resumed stay', async () => {
    const stage = new Stage();
    const { uplink, downlink } = await stage.live();
    stage.platform.socket.receive({
      type: 'layout',
      mode: 'grid',
      pinned: null,
      canvas: { width: 1280, height: 720 },
      tiles: [],
      overflow: null,
    });
    stage.platform.socket.drop();
    expect(stage.state.phase).toBe('reconnecting');
    expect(stage.view.links.downlink).toBe('connected');
    await stage.platform.pass(300);
    stage.platform.socket.open();
    expect(stage.platform.socket.sent[0]).toMatchObject({ type: 'join', resume: 'resume-1' });
    stage.platform.socket.receive(joined({ resumed: true, resumeToken: 'resume-2' }));
    await settle();
    expect(stage.state.phase).toBe('live');
    expect([uplink.closed, downlink.closed]).toEqual([false, false]);
    expect(stage.platform.peers).toHaveLength(2);
    expect(stage.platform.socket.sent).toHaveLength(1);
    expect(stage.view.layout?.mode).toBe('grid');

    stage.platform.socket.drop();
    await stage.platform.pass(300);
    stage.platform.socket.open();
    expect(stage.platform.socket.sent[0]).toMatchObject({ resume: 'resume-2' });
  });

  it('repairs in a resumed stay what broke while nobody could be told', async () => {
    const stage = new Stage();
    const { uplink, downlink } = await stage.live();
    stage.platform.socket.drop();
    downlink.become('failed');
    uplink.become('failed');
    await stage.platform.pass(300);
    stage.platform.socket.open();
    stage.platform.socket.receive(joined({ resumed: true }));
    await settle();
    expect(stage.platform.socket.of('reconnect')).toHaveLength(1);
    expect(stage.platform.socket.of('offer')).toHaveLength(1);
    expect(uplink.closed).toBe(true);
  });

  it('starts both directions anew where the server knows nothing of the stay', async () => {
    const stage = new Stage();
    const { uplink, downlink } = await stage.live();
    stage.platform.socket.drop();
    await stage.platform.pass(300);
    stage.platform.socket.open();
    stage.platform.socket.receive(joined({ participantId: 'me-again' }));
    await settle();
    expect([uplink.closed, downlink.closed]).toEqual([true, true]);
    expect(stage.platform.socket.of('offer')).toHaveLength(1);
    expect(stage.view.selfId).toBe('me-again');
    expect(stage.view.links).toMatchObject({ downlink: 'connecting', picture: null });
  });

  it('keeps what was written before, and adds what was written meanwhile', async () => {
    const stage = new Stage();
    await stage.live();
    const line = (id: string): object => ({ id, from: 'b', name: 'Ben', text: id, at: '' });
    for (const id of ['1', '2']) stage.platform.socket.receive({ type: 'chat', ...line(id) });
    const back = async (chat: object[], extra: object): Promise<string[]> => {
      stage.platform.socket.drop();
      await stage.platform.pass(300);
      stage.platform.socket.open();
      stage.platform.socket.receive(joined({ chat, ...extra }));
      return stage.view.chat.map(({ id }) => id);
    };
    expect(await back([line('2'), line('3')], { resumed: true })).toEqual(['1', '2', '3']);
    // Another server, which knows nothing.
    expect(await back([], { participantId: 'me-again' })).toEqual(['1', '2', '3']);
  });

  it.each(['shutdown', 'timeout'])('comes back by itself after `closed: %s`', async (reason) => {
    const stage = new Stage();
    await stage.live();
    stage.platform.socket.receive({ type: 'closed', reason });
    expect(stage.state.phase).toBe('reconnecting');
    await stage.platform.pass(300);
    stage.platform.socket.open();
    expect(stage.platform.socket.sent[0]).toMatchObject({ type: 'join', resume: 'resume-1' });
    stage.platform.socket.receive(joined({ resumed: true, resumeToken: 'resume-2' }));
    stage.platform.socket.receive({ type: 'reset', reason: '' });
    await settle();
    expect(stage.state.phase).toBe('live');
    expect(stage.platform.socket.of('offer')).toHaveLength(1);
    // Whose media never comes is not let in again and again.
    stage.platform.socket.receive({ type: 'closed', reason: 'timeout' });
    expect(stage.state).toEqual({ phase: 'closed', end: { kind: 'closed', reason: 'timeout' } });
  });

  it('backs off to 3 s, does not stop trying, and tries at once when told to', async () => {
    const stage = new Stage();
    await stage.live();
    stage.platform.socket.drop();
    for (const delay of [300, 600, 1200, 2400, 3000, 3000]) {
      const before = stage.platform.sockets.length;
      await stage.platform.pass(delay - 1);
      expect(stage.platform.sockets).toHaveLength(before);
      await stage.platform.pass(1);
      expect(stage.platform.sockets).toHaveLength(before + 1);
      stage.platform.socket.drop();
    }
    const before = stage.platform.sockets.length;
    stage.session.retryNow();
    expect(stage.platform.sockets).toHaveLength(before + 1);
    stage.session.retryNow();
    expect(stage.platform.sockets).toHaveLength(before + 1);
  });

  it('waits out a refusal that passes, and ends with one that stays', async () => {
    const stage = new Stage();
    await stage.live();
    stage.platform.socket.drop();
    await stage.platform.pass(300);
    stage.platform.socket.open();
    stage.platform.socket.receive({ type: 'error', code: 'overloaded', message: '', fatal: true });
    expect(stage.state.phase).toBe('reconnecting');
    await stage.platform.pass(600);
    stage.platform.socket.open();
    stage.platform.socket.receive({ type: 'error', code: 'room-full', message: '', fatal: true });
    expect(stage.state).toEqual({ phase: 'closed', end: { kind: 'refused', code: 'room-full' } });
  });

  it('tells what was switched while the socket was gone', async () => {
    const stage = new Stage();
    await stage.live();
    stage.platform.socket.drop();
    await stage.media.setMicrophone(false);
    await stage.platform.pass(300);
    stage.platform.socket.open();
    expect(stage.platform.socket.sent[0]).toMatchObject({ media: { audio: false, video: true } });
  });

  it('tells of a screen that is shared once it is back, and of one that is not any more', async () => {
    const stage = new Stage();
    await stage.live();
    await stage.share.start();
    expect(stage.platform.socket.of('media').at(-1)).toEqual({
      ...{ type: 'media', audio: true, video: true, source: 'screen' },
    });
    const comeBack = async (source: string, extra: object): Promise<object[]> => {
      stage.platform.socket.drop();
      await stage.platform.pass(3000);
      stage.platform.socket.open();
      expect(stage.platform.socket.of('join')[0]!['media']).toEqual({ audio: true, video: true });
      const self = { ...person('me', 'Ana'), source };
      stage.platform.socket.receive(joined({ participants: [self], ...extra }));
      await settle();
      return stage.platform.socket.of('media').map(({ source }) => ({ source }));
    };
    // As somebody new the server knows nothing of it.
    expect(await comeBack('camera', {})).toEqual([{ source: 'screen' }]);
    const sent = stage.platform.peers.flatMap(({ senders, closed }) =>
      closed ? [] : senders.map(({ track }) => track),
    );
    expect(sent).toContain(stage.share.state.status === 'on' && stage.share.state.video);
    stage.share.stop();
    expect(await comeBack('screen', { resumed: true })).toEqual([{ source: 'camera' }]);
    expect(await comeBack('camera', { resumed: true })).toEqual([]);
  });

  it('raises the hand again where the server has forgotten it', async () => {
    const stage = new Stage();
    await stage.live();
    const self = { ...person('me', 'Ana'), hand: true };
    stage.platform.socket.receive({ type: 'participant', event: 'changed', participant: self });
    const comeBack = async (extra: object): Promise<object[]> => {
      stage.platform.socket.drop();
      await stage.platform.pass(3000);
      stage.platform.socket.open();
      stage.platform.socket.receive(joined(extra));
      await settle();
      return stage.platform.socket.of('hand');
    };
    expect(await comeBack({ participants: [self], resumed: true })).toEqual([]);
    expect(await comeBack({})).toEqual([{ type: 'hand', raised: true }]);
  });

  it('after reset closes both directions and offers the uplink afresh', async () => {
    const stage = new Stage();
    const { uplink, downlink } = await stage.live();
    stage.platform.socket.receive({ type: 'reset', reason: 'room process restarted' });
    await settle();
    expect([uplink.closed, downlink.closed]).toEqual([true, true]);
    expect(stage.platform.socket.of('offer')).toHaveLength(2);
    expect(stage.platform.peer.iceServers).toEqual([{ urls: 'stun:stun.example' }]);
    const again = await stage.connect();
    expect(again.downlink).not.toBe(downlink);
    expect(stage.view.links).toMatchObject({ uplink: 'connected', downlink: 'connected' });
    expect(stage.phases).toEqual(['joining', 'live']);
  });
});

describe('who is here', () => {
  it('follows joins, changes and leaves, and tells of others only', async () => {
    const stage = new Stage();
    const heard: string[] = [];
    stage.session.on('presence', (event, { name }) => heard.push(`${name} ${event}`));
    await stage.live();
    const send = (event: string, participant: object): void => {
      stage.platform.socket.receive({ type: 'participant', event, participant });
    };
    send('joined', person('me', 'Ana'));
    send('joined', person('b', 'Ben'));
    send('changed', { ...person('b', 'Ben'), audio: false });
    stage.platform.socket.receive({ type: 'speakers', active: ['b'] });
    expect(stage.view.participants.map((each) => each.id)).toEqual(['me', 'b']);
    expect(stage.view.participants[1]!.audio).toBe(false);
    expect(stage.view.speakers).toEqual(['b']);
    send('left', person('me', 'Ana'));
    send('joined', { ...person('me', 'Ana'), joinedAt: '2024-12-31T00:00:00Z' });
    expect(stage.view.participants.map((each) => each.id)).toEqual(['me', 'b']);
    send('left', person('b', 'Ben'));
    expect(stage.view.participants.map((each) => each.id)).toEqual(['me']);
    expect(stage.view.speakers).toEqual([]);
    expect(heard).toEqual(['Ben joined', 'Ben left']);
  });
});

describe('the end', () => {
  it('is told beforehand where the server stops, and the call goes on', async () => {
    const stage = new Stage();
    await stage.live();
    const told: number[] = [];
    stage.session.on('closing', (inMs) => told.push(inMs));
    stage.platform.socket.receive({
      type: 'closing',
      at: '2026-01-01T10:00:00.000Z',
      inMs: 60_000,
    });
    expect(told).toEqual([60_000]);
    expect(stage.session.state.phase).toBe('live');
  });

  it('switches the microphone off for who is muted, who is told by whom and may unmute', async () => {
    const stage = new Stage();
    await stage.live();
    const { socket } = stage.platform;
    socket.receive({ type: 'participant', event: 'joined', participant: person('ben', 'Ben') });
    const told: (string | undefined)[] = [];
    stage.session.on('muted', (by) => told.push(by?.name));
    socket.receive({ type: 'muted', by: 'ben' });
    await settle();
    expect(stage.media.switchedOn.audio).toBe(false);
    expect(socket.of('media').at(-1)).toMatchObject({ audio: false });
    await stage.media.setMicrophone(true);
    expect(socket.of('media').at(-1)).toMatchObject({ audio: true });
    socket.receive({ type: 'muted', by: 'who has left' });
    expect(told).toEqual(['Ben', undefined]);
  });

  it('leaves with a word, and leaves nothing running', async () => {
    const stage = new Stage();
    const { uplink, downlink } = await stage.live();
    const { socket } = stage.platform;
    stage.session.leave();
    expect(socket.sent.at(-1)).toEqual({ type: 'leave' });
    expect(socket.closed).toBe(true);
    expect([uplink.closed, downlink.closed]).toEqual([true, true]);
    expect(stage.state).toEqual({ phase: 'closed', end: { kind: 'closed', reason: 'left' } });
    stage.session.leave();
    await stage.platform.pass(60_000);
    expect(stage.platform.timers).toBe(0);
    expect(stage.platform.sockets).toHaveLength(1);
  });

  it('does not come back from closed', async () => {
    const stage = new Stage();
    await stage.live();
    stage.platform.socket.receive({ type: 'closed', reason: 'removed' });
    stage.platform.socket.fire('close');
    await stage.platform.pass(60_000);
    expect(stage.state).toEqual({ phase: 'closed', end: { kind: 'closed', reason: 'removed' } });
    expect(stage.platform.sockets).toHaveLength(1);
    expect(stage.platform.timers).toBe(0);
  });

  it('ends while reconnecting, too', async () => {
    const stage = new Stage();
    await stage.live();
    stage.platform.socket.drop();
    stage.session.leave();
    await stage.platform.pass(60_000);
    expect(stage.platform.sockets).toHaveLength(1);
    expect(stage.platform.timers).toBe(0);
  });
});

describe('the quality', () => {
  const told = { type: 'quality', rung: 'low', reason: 'requested', estimateKbps: 182 };

  it('is asked for once in the room, and shown as the server has it', async () => {
    const stage = new Stage();
    await stage.live();
    expect(stage.view.quality).toBeNull();
    expect(stage.platform.socket.of('quality')).toEqual([]);
    stage.session.setQuality('low');
    expect(stage.session.maxQuality).toBe('low');
    expect(stage.platform.socket.of('quality')).toEqual([{ type: 'quality', max: 'low' }]);
    stage.platform.socket.receive(told);
    expect(stage.view.quality).toEqual(told);
  });

  it('waits for the room, and is kept when the connection is lost', async () => {
    const stage = new Stage();
    stage.session.setQuality('audio');
    await stage.live();
    expect(stage.platform.socket.of('quality')).toEqual([{ type: 'quality', max: 'audio' }]);
    stage.platform.socket.drop();
    stage.session.setQuality('tiny');
    await stage.platform.pass(300);
    stage.platform.socket.open();
    expect(stage.platform.socket.of('quality')).toEqual([]);
    stage.platform.socket.receive(joined());
    expect(stage.platform.socket.of('quality')).toEqual([{ type: 'quality', max: 'tiny' }]);
  });

  it('is sound only while that is enough, and then again what was chosen', async () => {
    const stage = new Stage();
    await stage.live();
    stage.session.holdToSound(true);
    stage.session.holdToSound(true);
    stage.session.setQuality('low');
    stage.session.holdToSound(false);
    const told = stage.platform.socket.of('quality').map(({ max }) => max);
    expect(told).toEqual(['audio', 'low']);
  });

  it('is told to who was away when it changed', async () => {
    const stage = new Stage();
    await stage.live();
    stage.session.holdToSound(true);
    stage.platform.socket.drop();
    stage.session.holdToSound(false);
    await stage.platform.pass(300);
    stage.platform.socket.open();
    stage.platform.socket.receive({ ...joined(), resumed: true });
    expect(stage.platform.socket.of('quality')).toEqual([{ type: 'quality', max: 'auto' }]);
  });
});
