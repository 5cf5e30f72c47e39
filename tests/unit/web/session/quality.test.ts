import { describe, expect, it } from 'vitest';
import { joined, Stage } from './stage.ts';

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
