import fc from 'fast-check';
import { oneOf } from './seed.ts';
import { oddValue, tellingNames } from './text.ts';

/** Of all messages between processes. */
export const types = [
  ...[
    'message',
    'broadcast',
    'gone',
    'metrics',
    'snapshot',
    'add',
    'open',
    'remove',
    'feed',
    'candidate',
  ],
  ...[
    'offer',
    'listening',
    'started',
    'progress',
    'finished',
    'failed',
    'connection',
    'assemble',
    'join',
    'chat',
  ],
];
const message = oneOf<unknown>(
  [
    5,
    fc
      .tuple(
        fc.constantFrom(...types),
        fc.dictionary(
          oneOf(
            [3, fc.constantFrom('participantId', 'message', 'metrics', 'jpeg', 'member', 'sdp')],
            [1, fc.constantFrom(...tellingNames)],
          ),
          oddValue,
        ),
      )
      .map(([type, fields]) => ({ ...fields, type })),
  ],
  [1, oddValue],
);

/** As processes that are well say them. */
const honest: readonly Record<string, unknown>[] = [
  { type: 'gone', participantId: 'a', reason: 'timeout' },
  { type: 'metrics', metrics: [], load: { cpuSeconds: 1, skippedShare: 0, level: 0 } },
  { type: 'snapshot', requestId: 1, jpeg: null },
  { type: 'broadcast', message: { type: 'speakers', active: ['a'] }, except: [] },
  { type: 'remove', participantId: 'a' },
  { type: 'feed', feedId: 'f', socket: '/tmp/f', tracks: false },
  { type: 'offer', participantId: 'a', sdp: 'v=0' },
  { type: 'listening' },
  { type: 'started', agoMs: 40 },
  { type: 'progress', bytes: 1, durationSeconds: 2 },
];
type Said = Record<string, unknown>;

/** One of these, and one thing in it that is wrong. */
const almost = (all: readonly Said[]): fc.Arbitrary<Said> =>
  fc.tuple(fc.constantFrom(...all), fc.nat(), oddValue).map(([said, which, odd]) => {
    const names = Object.keys(said);
    return { ...said, [names[which % names.length]!]: odd };
  });

/** What any process may say to any other. */
export const said = oneOf<unknown>(
  [5, message],
  [3, fc.constantFrom(...honest)],
  [2, almost(honest)],
);

/** Stands for somebody in the room, whom lying-room.mjs knows. */
const somebody = '{somebody}';
const toOne = (message: Said): Said => ({ type: 'message', participantId: somebody, message });
const rectangle = { x: 0, y: 0, width: 640, height: 360 };

/** As room processes that are well say them; of nothing that they tell is there anything in this room. */
const roomSays: readonly Said[] = [
  toOne({ type: 'answer', pc: 'uplink', sdp: 'v=0' }),
  toOne({ type: 'offer', pc: 'downlink', sdp: 'v=0', negotiation: 7 }),
  toOne({ type: 'candidate', pc: 'uplink', candidate: null }),
  toOne({ type: 'quality', rung: 'low', reason: 'loss', estimateKbps: 100 }),
  toOne({ type: 'error', code: 'bad-sdp', message: 'It is not.', fatal: false }),
  { type: 'broadcast', message: { type: 'speakers', active: [somebody, 'nobody'] } },
  { type: 'broadcast', message: { type: 'speakers', active: [] }, except: [somebody, 'nobody'] },
  {
    type: 'broadcast',
    message: {
      type: 'layout',
      mode: 'grid',
      pinned: 'nobody',
      canvas: { width: 1280, height: 720 },
      tiles: [{ ...rectangle, participantId: somebody }],
      overflow: { ...rectangle, count: -1 },
    },
  },
  { type: 'gone', participantId: somebody, reason: 'timeout' },
  { type: 'gone', participantId: somebody, reason: 'closed' },
  { type: 'metrics', metrics: [{ name: 'onegrid_participants', values: [{ value: 9 }] }] },
  { type: 'metrics', metrics: [], load: { cpuSeconds: 1e300, skippedShare: 1, level: 9e9 } },
  { type: 'metrics', metrics: [], rungs: [{ rung: 'low', codec: 'vp8', viewers: 3, kbps: 1e9 }] },
  { type: 'snapshot', requestId: 1, jpeg: '////' },
  { type: 'pulse', residentBytes: 1e15 },
];

/** What a room process says that has gone wrong. */
export const roomLie = oneOf<unknown>(
  [4, fc.constantFrom(...roomSays)],
  [4, almost(roomSays)],
  [1, message],
  [1, oddValue],
);
