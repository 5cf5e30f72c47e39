import { expect, test } from 'vitest';
import { type CpuProfile, profileTable } from '../../bench/profile/table.ts';

/** A profile of functions, each called by the one named, with the microseconds spent in itself. */
function profileOf(
  functions: readonly { id: number; by?: number; name: string; url?: string; us: number }[],
): CpuProfile {
  return {
    nodes: functions.map(({ id, name, url = '' }) => ({
      id,
      callFrame: { functionName: name, url },
      children: functions.filter(({ by }) => by === id).map((called) => called.id),
    })),
    samples: functions.map(({ id }) => id),
    timeDeltas: functions.map(({ us }) => us),
  };
}

const room = 'file:///app/dist/mcu/room';
const mixer = 'file:///app/dist/mixer';
const rows = (profile: CpuProfile) =>
  Object.fromEntries(profileTable(profile).rows.map((row) => [row.stage, row]));

test('time is that of the stage whose code it is, JavaScript and native apart', () => {
  const table = rows(
    profileOf([
      { id: 1, name: '(root)', us: 0 },
      { id: 2, by: 1, name: 'compose', url: `${mixer}/compositor/compositor.js`, us: 100 },
      { id: 3, by: 2, name: 'scaleSync', us: 600 },
      { id: 4, by: 1, name: 'send', url: `${room}/downlink.js`, us: 300 },
    ]),
  );
  expect(table['composing']).toMatchObject({ cadence: 'frame', javascript: 0.1, native: 0.6 });
  expect(table['downlink']).toMatchObject({ cadence: 'packet', javascript: 0.3, native: 0 });
});

test('a library works for the stage that called it, the innermost where stages call each other', () => {
  const table = rows(
    profileOf([
      { id: 1, name: '(root)', us: 0 },
      { id: 2, by: 1, name: 'tick', url: `${room}/room.js`, us: 10 },
      { id: 3, by: 2, name: 'encode', url: `${mixer}/encode/video-encoder.js`, us: 20 },
      {
        id: 4,
        by: 3,
        name: 'sendFrame',
        url: '/app/node_modules/node-av/dist/lib/codec.js',
        us: 30,
      },
      { id: 5, by: 3, name: 'deliver', url: 'file:///app/dist/mcu/rtp/h264.js', us: 40 },
    ]),
  );
  expect(table['the rest of the room']?.javascript).toBe(0.1);
  expect(table['video encoding']).toMatchObject({ javascript: 0.2, native: 0.3 });
  expect(table['downlink']?.javascript).toBe(0.4);
});

test('a call of native code counts as native although V8 has it in the JavaScript that called', () => {
  const table = rows(
    profileOf([
      { id: 1, name: '(root)', us: 0 },
      { id: 2, by: 1, name: '#transmit', url: `${room}/downlink.js`, us: 60 },
      { id: 3, by: 1, name: 'send', url: `${room}/downlink.js`, us: 40 },
    ]),
  );
  expect(table['downlink']).toMatchObject({ javascript: 0.4, native: 0.6 });
});

test('garbage collection, native code of nobody, and idle time are told apart', () => {
  const table = profileTable(
    profileOf([
      { id: 1, name: '(root)', us: 0 },
      { id: 2, by: 1, name: '(garbage collector)', us: 10_000 },
      { id: 3, by: 1, name: '(program)', us: 20_000 },
      { id: 4, by: 1, name: '(idle)', us: 70_000 },
    ]),
  );
  expect(table).toMatchObject({ seconds: 0.1, garbageCollection: 0.1, outsideJavaScript: 0.2 });
  expect(table.idle).toBe(0.7);
});

test('a profile without samples is all zeros', () => {
  expect(profileTable({ nodes: [], samples: [], timeDeltas: [] })).toEqual({
    ...{ seconds: 0, rows: [], garbageCollection: 0, outsideJavaScript: 0, idle: 0 },
  });
});
