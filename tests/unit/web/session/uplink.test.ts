import { describe, expect, it } from 'vitest';
import { FakeTrack, settle } from '../fakes.ts';
import { joined, Stage } from './stage.ts';

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
