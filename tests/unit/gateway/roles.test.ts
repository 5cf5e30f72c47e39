import { describe, expect, it } from 'vitest';
import { may, type Right, rightFor, rightsOf } from '../../../mcu/gateway/tokens/roles.ts';
import type { RoomMessage } from '../../../mcu/protocol/client.ts';
import { roles } from '../../../mcu/protocol/common.ts';

const inRoom: Right[] = ['send', 'chat', 'hand', 'react', 'layout', 'record', 'moderate'];
const all: Right[] = ['receive', 'watch', 'api', ...inRoom];

describe('a role', () => {
  it.each([
    ['host', []],
    ['guest', ['record', 'moderate', 'api']],
    ['viewer', [...inRoom, 'api']],
    ['anybody', ['api']],
  ] as const)('%s may do everything but %j', (role, forbidden: readonly Right[]) => {
    expect(all.filter((right) => !may(role, right)).sort()).toEqual([...forbidden].sort());
    expect(rightsOf(role).sort()).toEqual(
      inRoom.filter((right) => !forbidden.includes(right)).sort(),
    );
  });

  it('is one of those that people can have', () => {
    for (const role of roles) expect(may(role, 'receive')).toBe(true);
  });
});

describe('a message', () => {
  const text = 'x';
  const cases: [RoomMessage, Right][] = [
    [{ type: 'offer', pc: 'uplink', sdp: text }, 'send'],
    [{ type: 'answer', pc: 'downlink', sdp: text }, 'receive'],
    [{ type: 'candidate', pc: 'uplink', candidate: null }, 'send'],
    [{ type: 'candidate', pc: 'downlink', candidate: null }, 'receive'],
    [{ type: 'media', audio: true, video: true, source: 'camera' }, 'send'],
    [{ type: 'layout', mode: 'grid' }, 'layout'],
    [{ type: 'quality', max: 'auto' }, 'receive'],
    [{ type: 'network', uplinkKbps: 1 }, 'receive'],
    [{ type: 'record', action: 'start' }, 'record'],
    [{ type: 'chat', text }, 'chat'],
    [{ type: 'hand', raised: true }, 'hand'],
    [{ type: 'react', emoji: '👍' }, 'react'],
    [{ type: 'moderate', participantId: text, action: 'mute' }, 'moderate'],
    [{ type: 'reconnect', pc: 'uplink' }, 'send'],
    [{ type: 'reconnect', pc: 'downlink' }, 'receive'],
  ];
  it.each(cases)('%j needs %s', (message, right) => {
    expect(rightFor(message)).toBe(right);
  });
});
