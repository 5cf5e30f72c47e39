import { describe, expect, it } from 'vitest';
import { settle } from '../fakes.ts';
import { joined, person, Stage } from './stage.ts';

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
