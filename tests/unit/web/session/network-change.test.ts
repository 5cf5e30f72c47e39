import { describe, expect, it } from 'vitest';
import { settle } from '../fakes.ts';
import { joined, offerSdp, Stage } from './stage.ts';

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

  /** Somebody whom nothing answers on another network, and whose second socket has opened. */
  const silenced = async (): Promise<Stage> => {
    const stage = new Stage();
    await stage.live();
    stage.platform.changeNetwork();
    await settle();
    await stage.platform.pass(2_700);
    expect(stage.platform.sockets).toHaveLength(2);
    stage.platform.socket.open();
    return stage;
  };

  it('brings another socket within 3 s when that does not answer either', async () => {
    const stage = await silenced();
    expect(stage.platform.socket.of('join')).toHaveLength(1);
  });

  it('does not hurry the second socket, so that slow replies come at all', async () => {
    const stage = await silenced();
    stage.platform.socket.receive(joined({ resumed: true }));
    await settle();
    await stage.platform.pass(4_000);
    expect(stage.platform.sockets).toHaveLength(2);
    await stage.connect();
    expect(stage.state).toMatchObject({
      phase: 'live',
      view: { links: { uplink: 'connected', downlink: 'connected' } },
    });
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
