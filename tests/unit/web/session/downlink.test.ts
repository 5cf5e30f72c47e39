import { describe, expect, it } from 'vitest';
import type { ReceiverLike } from '../../../../web/lib/client/platform.ts';
import { FakeTrack, settle } from '../fakes.ts';
import { joined, offerSdp, Stage } from './stage.ts';

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
