import fc from 'fast-check';
import type { ClientMessageInput } from '../../../mcu/protocol/client.ts';
import { layoutModes, reactions, rungNames } from '../../../mcu/protocol/common.ts';
import { hostileCandidate } from './candidates.ts';
import { hostileSdp, realAnswers, realOffers } from './sdp.ts';
import { oneOf } from './seed.ts';
import { oddNumber, oddText, oddValue, tellingNames } from './text.ts';

/** What a client sends: text, or bytes that pass for text or for what they are. */
export interface HostileFrame {
  readonly data: string | Buffer;
  readonly binary: boolean;
  /** Whether it is a message as the schema has it; undefined: it has to be looked at. */
  readonly valid?: boolean;
}

/** What one of several clients of a room does. */
export type HostileStep =
  | { readonly kind: 'send'; readonly who: number; readonly frame: HostileFrame }
  /** Their connection goes: without a word, as with a closed tab, or after `leave`. They come back at their next step. */
  | { readonly kind: 'go'; readonly who: number; readonly how: 'cut' | 'away' | 'leave' };

type Fields = Record<string, unknown>;

/** Stands for the id of somebody in the room, who is only known when it is sent. */
export const somebody = (index: number): string => `{id:${String(index)}}`;
const placeholder = /\{id:(\d+)\}/g;

/** The frame with ids in place of those that stand for them. */
export const addressed = (frame: HostileFrame, ids: readonly string[]): HostileFrame => {
  const { data } = frame;
  if (typeof data !== 'string' || !data.includes('{id:')) return frame;
  const name = (_: string, index: string): string => ids[Number(index) % ids.length] ?? 'nobody';
  return { ...frame, data: data.replace(placeholder, name) };
};

const anyId = oneOf(
  [5, fc.integer({ min: 0, max: 9 }).map(somebody)],
  [1, fc.constantFrom('nobody', '__proto__', 'constructor')],
);
const pc = fc.constantFrom('uplink' as const, 'downlink' as const);
const bool = fc.boolean();

const candidate = fc.record({
  type: fc.constant('candidate' as const),
  pc,
  candidate: hostileCandidate,
});
const offer = fc.record({
  type: fc.constant('offer' as const),
  pc: fc.constant('uplink' as const),
  sdp: oneOf([1, hostileSdp(realOffers)], [1, fc.constantFrom(...realOffers)]),
});
const answer = fc.record({
  type: fc.constant('answer' as const),
  pc: fc.constant('downlink' as const),
  sdp: oneOf([1, hostileSdp(realAnswers)], [1, fc.constantFrom(...realAnswers)]),
  negotiation: fc.constantFrom(1, 1, 2, 3, -1, 1001),
});

/** Messages of every kind as the schema has them; what is rare of them costs processes or ends something. */
const validMessage: fc.Arbitrary<ClientMessageInput> = oneOf<ClientMessageInput>(
  [8, candidate],
  [2, offer],
  [2, answer],
  [
    4,
    fc.record(
      {
        type: fc.constant('media' as const),
        audio: bool,
        video: bool,
        source: fc.constantFrom('camera' as const, 'screen' as const),
        shareAudio: bool,
      },
      { requiredKeys: ['type', 'audio', 'video', 'source'] },
    ),
  ],
  [
    3,
    fc.record({
      type: fc.constant('layout' as const),
      mode: fc.constantFrom(...layoutModes),
      pinned: oneOf<string | null>([1, anyId], [1, fc.constant(null)]),
    }),
  ],
  [
    2,
    fc.record({
      type: fc.constant('quality' as const),
      max: fc.constantFrom('auto' as const, ...rungNames),
    }),
  ],
  [
    2,
    fc.record({
      type: fc.constant('network' as const),
      uplinkKbps: fc.integer({ min: 0, max: 1e6 }),
    }),
  ],
  [
    4,
    fc.record({
      type: fc.constant('chat' as const),
      text: oneOf([4, oddText], [1, fc.constantFrom('hi', 'x'.repeat(2000), '👍🏽'.repeat(500))]),
    }),
  ],
  [3, fc.record({ type: fc.constant('hand' as const), raised: bool })],
  [2, fc.record({ type: fc.constant('react' as const), emoji: fc.constantFrom(...reactions) })],
  [1, fc.record({ type: fc.constant('reconnect' as const), pc })],
);
const rareMessage: fc.Arbitrary<ClientMessageInput> = oneOf<ClientMessageInput>(
  [
    1,
    fc.record({
      type: fc.constant('record' as const),
      action: fc.constantFrom('start' as const, 'stop' as const),
    }),
  ],
  [
    3,
    fc.record({
      type: fc.constant('moderate' as const),
      participantId: anyId,
      action: fc.constantFrom('mute' as const, 'mute' as const, 'remove' as const),
    }),
  ],
);

/** A first message: as it should be, or nearly. */
export const joinMessage = (room: string): fc.Arbitrary<Fields> =>
  fc.record(
    {
      type: fc.constant('join'),
      protocol: oneOf([30, fc.constant(1)], [1, oddNumber]),
      room: oneOf([30, fc.constant(room)], [1, oddText]),
      name: oneOf([4, fc.constantFrom('Alice', 'Bob', 'Çelik', '王芳')], [1, oddText]),
      token: oddText,
      resume: oddText,
      media: fc.record({ audio: bool, video: bool }),
    },
    { requiredKeys: ['type', 'protocol', 'room', 'name'] },
  );

const nested = (depth: number, open: string, close: string): string =>
  open.repeat(depth) + '1' + close.repeat(depth);

/** A message with one field missing, of another type, or more than there are. */
const mutated: fc.Arbitrary<string> = fc
  .tuple(
    validMessage,
    fc.double({ min: 0, max: 0.999, noNaN: true }),
    oddValue,
    fc.constantFrom('delete', 'replace', 'rename', 'add', 'proto', 'deep', 'array', 'type'),
    fc.constantFrom(...tellingNames),
    fc.boolean(),
  )
  .map(([message, where, value, how, name, which]) => {
    const fields: Fields = { ...message };
    const keys = Object.keys(fields);
    const key = keys[Math.floor(where * keys.length)] ?? 'type';
    switch (how) {
      case 'delete':
        return JSON.stringify({ ...fields, [key]: undefined });
      case 'replace':
        return JSON.stringify({ ...fields, [key]: value });
      case 'rename':
        return JSON.stringify({ ...fields, [key]: undefined, [name]: fields[key] });
      case 'add':
        return JSON.stringify({ ...fields, [name]: value, more: value });
      case 'proto':
        return JSON.stringify(fields).replace(
          '{',
          '{"__proto__":{"polluted":true,"audio":1},"constructor":{"prototype":{"polluted":true}},',
        );
      case 'deep': {
        // The deepest are as much work as a hundred others, and so are seldom.
        const depth = where < 0.02 ? 20_000 : 50;
        const deep = which ? nested(depth, '[', ']') : nested(depth / 4, '{"a":', '}');
        return JSON.stringify({ ...fields, [key]: '@' }).replace('"@"', deep);
      }
      case 'array':
        return JSON.stringify([fields, fields]);
      default:
        return JSON.stringify({ ...fields, type: name });
    }
  });

/** Text that is no message, and hardly text. */
const broken: fc.Arbitrary<string> = oneOf(
  [
    3,
    fc.tuple(validMessage, fc.double({ min: 0, max: 1, noNaN: true })).map(([message, where]) => {
      const text = JSON.stringify(message);
      return text.slice(0, Math.floor(where * text.length));
    }),
  ],
  [2, oddText],
  [1, oddValue.map((value) => JSON.stringify(value))],
  [1, fc.constantFrom('', '{', '[', '"', '\u0000', 'null', '1e999', '{"type":"leave"', '{}{}')],
  [1, validMessage.map((message) => JSON.stringify(message).replaceAll('"', "'"))],
);

const text = (data: string): HostileFrame => ({ data, binary: false });
/** What is too short or too long, once blanks are cut off, is no chat. */
const asSent = (message: ClientMessageInput): HostileFrame =>
  message.type === 'chat'
    ? text(JSON.stringify(message))
    : { data: JSON.stringify(message), binary: false, valid: true };

const frame: fc.Arbitrary<HostileFrame> = oneOf<HostileFrame>(
  [55, validMessage.map(asSent)],
  [1, rareMessage.map(asSent)],
  [20, mutated.map(text)],
  [15, broken.map(text)],
  [
    2,
    validMessage.map((message) => ({ data: Buffer.from(JSON.stringify(message)), binary: true })),
  ],
  [
    2,
    fc.uint8Array({ maxLength: 200 }).map((bytes) => ({ data: Buffer.from(bytes), binary: true })),
  ],
  [1, joinMessage('elsewhere').map((message) => text(JSON.stringify(message)))],
);

/** Frames that end their connection: too large, or text that is not UTF-8 (RFC 6455 §8.1). */
const fatalFrame: fc.Arbitrary<HostileFrame> = fc.constantFrom<HostileFrame>(
  text(JSON.stringify({ type: 'chat', text: 'x'.repeat(66_000) })),
  text(' '.repeat(200_000)),
  { data: Buffer.alloc(300_000), binary: true },
  { data: Buffer.from([0xc3, 0x28, 0xff]), binary: false },
  { data: Buffer.from([0xed, 0xa0, 0x80]), binary: false },
);

const who = fc.integer({ min: 0, max: 2 });

/** What one of the clients of a room does next. */
export const hostileStep: fc.Arbitrary<HostileStep> = oneOf<HostileStep>(
  [600, fc.record({ kind: fc.constant('send' as const), who, frame })],
  [2, fc.record({ kind: fc.constant('send' as const), who, frame: fatalFrame })],
  [
    4,
    fc.record({
      kind: fc.constant('go' as const),
      who,
      how: fc.constantFrom('cut' as const, 'away' as const, 'leave' as const),
    }),
  ],
);
