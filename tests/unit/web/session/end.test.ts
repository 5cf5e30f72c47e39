import { describe, expect, it } from 'vitest';
import { settle } from '../fakes.ts';
import { person, Stage } from './stage.ts';

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
