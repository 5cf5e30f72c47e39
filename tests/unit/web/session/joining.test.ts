import { describe, expect, it } from 'vitest';
import { settle } from '../fakes.ts';
import { joined, Stage } from './stage.ts';

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

  it('leaves nothing running where one leaves on hearing that one joins', () => {
    const stage = new Stage();
    stage.session.on('state', ({ phase }) => {
      if (phase === 'joining') stage.session.leave();
    });
    stage.session.join({ room: 'kitchen', name: 'Ana' });
    expect(stage.state).toEqual({ phase: 'closed', end: { kind: 'closed', reason: 'left' } });
    expect(stage.platform.sockets.every(({ closed }) => closed)).toBe(true);
    expect(stage.platform.timers).toBe(0);
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
