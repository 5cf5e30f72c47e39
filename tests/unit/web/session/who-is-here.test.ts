import { describe, expect, it } from 'vitest';
import { person, Stage } from './stage.ts';

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
