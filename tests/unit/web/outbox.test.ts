import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChatHistory } from '../../../mcu/gateway/chat-history.ts';
import type { ChatMessage, Participant } from '../../../mcu/protocol/common.ts';
import { LocalMedia } from '../../../web/lib/client/local-media.ts';
import { RoomSession } from '../../../web/lib/client/session.ts';
import { FakePlatform, settle, type FakeSocket } from './fakes.ts';

const joinedAt = '2025-01-01T00:00:00Z';
const person = (id: string, more: object = {}): Participant => ({
  ...{ id, name: id, role: 'guest', audio: true, video: true, source: 'camera', hand: false },
  ...{ joinedAt, ...more },
});

/** A room and the connection to it, which loses what the test says. */
class Line {
  readonly platform = new FakePlatform();
  readonly session = new RoomSession(this.platform, 'ws://host/ws', new LocalMedia(this.platform));
  /** What somebody who stays in the room reads: what comes twice under one name they take once. */
  readonly read: string[] = [];
  readonly #seen = new Set<string>();
  #history = new ChatHistory(24 * 1024);
  #self = person('me');
  #stays = 0;
  /** How much of what was sent over this socket has reached the server. */
  #heard = 0;
  /** What the server has sent and has not arrived. */
  #down: object[] = [];

  constructor() {
    this.session.join({ room: 'kitchen', name: 'Ana' });
    this.connect('anew');
  }

  get socket(): FakeSocket {
    return this.platform.socket;
  }

  get view() {
    const { state } = this.session;
    if (!('view' in state)) throw new Error(`no view while ${state.phase}`);
    return state.view;
  }

  /** The server reads so much of what was sent to it. */
  serve(count = Infinity): void {
    for (let index = 0; index < count && this.#heard < this.socket.sent.length; index += 1) {
      const message = this.socket.sent[this.#heard]!;
      this.#heard += 1;
      if (message['type'] === 'hand') {
        this.#self = { ...this.#self, hand: message['raised'] === true };
      }
      if (message['type'] !== 'chat') continue;
      const [text, ref] = [message['text'] as string, message['ref'] as string];
      const repeated = this.#history.repeated(text, ref);
      if (repeated === null) this.#tell(this.#history.write(this.#self, text, ref));
      else this.#down.push({ type: 'chat', ...repeated });
    }
  }

  /** So much of what the server sent arrives. */
  arrive(count = Infinity): void {
    for (const message of this.#down.splice(0, count)) this.socket.receive(message);
  }

  /** Whatever is under way is lost. */
  cut(): void {
    this.#down = [];
    this.socket.drop();
  }

  /** @param how - `anew`: the server has forgotten the stay, `restarted`: and the room with it */
  connect(how: 'resumed' | 'anew' | 'restarted'): void {
    this.session.retryNow();
    this.socket.open();
    this.#heard = this.socket.sent.length;
    if (how === 'restarted') this.#history = new ChatHistory(24 * 1024);
    if (how !== 'resumed') {
      this.#stays += 1;
      this.#self = person(`me-${String(this.#stays)}`);
    }
    this.socket.receive({
      ...{ type: 'joined', participantId: this.#self.id, resumeToken: 'again' },
      ...{ resumed: how === 'resumed', participants: [this.#self], iceServers: [] },
      room: { name: 'kitchen', layout: 'auto', pinned: null, recording: null },
      chat: this.#history.messages,
    });
  }

  get hand(): boolean {
    return this.#self.hand;
  }

  #tell(message: ChatMessage): void {
    this.#down.push({ type: 'chat', ...message });
    if (this.#seen.has(message.ref!)) return;
    this.#seen.add(message.ref!);
    this.read.push(message.text);
  }
}

type Step =
  | { readonly do: 'write' }
  | { readonly do: 'cut' }
  | { readonly do: 'hand' }
  | { readonly do: 'serve' | 'arrive'; readonly count: number }
  | { readonly do: 'connect'; readonly how: 'resumed' | 'anew' | 'restarted' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('write', 'write', 'cut', 'hand') }),
  fc.record({ do: fc.constantFrom('serve', 'arrive'), count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constant('connect'), how: fc.constantFrom('resumed', 'anew', 'restarted') }),
);

describe('what is written in the chat', () => {
  it('is read once and in its order, wherever the connection breaks; a hand ends as it was wanted last', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const line = new Line();
        const written: string[] = [];
        let raised = false;
        for (const each of steps) {
          const isLive = line.session.state.phase === 'live';
          if (each.do === 'write') {
            written.push(`message ${String(written.length)}`);
            line.session.send({ type: 'chat', text: written.at(-1)! });
          } else if (each.do === 'hand') {
            raised = !raised;
            line.session.send({ type: 'hand', raised });
          } else if (each.do === 'connect') {
            if (!isLive) line.connect(each.how);
          } else if (each.do === 'cut') {
            if (isLive) line.cut();
          } else if (isLive) {
            line[each.do](each.count);
          }
        }
        if (line.session.state.phase !== 'live') line.connect('resumed');
        line.serve();
        line.arrive();
        expect(line.read).toEqual(written);
        expect(line.view.chat.map(({ text }) => text)).toEqual(written);
        expect(line.view.outbox).toEqual([]);
        expect(line.hand).toBe(raised);
        line.session.leave();
        expect(line.platform.timers).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('is shown as under way until it has arrived, also while there is no connection', () => {
    const line = new Line();
    line.session.send({ type: 'chat', text: 'hello' });
    expect(line.view.outbox).toMatchObject([{ text: 'hello', state: 'sending' }]);
    line.serve();
    line.arrive();
    expect(line.view.outbox).toEqual([]);
    expect(line.view.chat).toMatchObject([{ text: 'hello' }]);
    line.cut();
    line.session.send({ type: 'chat', text: 'still there' });
    expect(line.view.outbox).toMatchObject([{ text: 'still there', state: 'sending' }]);
  });

  it('takes a silent socket for dead, and gives up when the next one is as silent', async () => {
    const line = new Line();
    line.session.send({ type: 'chat', text: 'hello' });
    await line.platform.pass(10_000);
    expect(line.session.state.phase).toBe('reconnecting');
    line.connect('resumed');
    expect(line.socket.of('chat')).toHaveLength(1);
    const sdp = 'v=0\r\na=ice-ufrag:down\r\n';
    line.socket.receive({ type: 'offer', pc: 'downlink', sdp, negotiation: 1 });
    await line.platform.pass(10_000);
    expect(line.session.state.phase).toBe('live');
    expect(line.view.outbox).toMatchObject([{ text: 'hello', state: 'failed' }]);
    // Not by itself any more, but when asked to; or not at all.
    line.cut();
    line.connect('resumed');
    expect(line.socket.of('chat')).toHaveLength(0);
    line.session.retryChat(line.view.outbox[0]!.ref);
    line.serve();
    line.arrive();
    expect(line.view.outbox).toEqual([]);
    expect(line.read).toEqual(['hello']);
  });

  it('says what the server refuses, which can be given up', () => {
    const line = new Line();
    line.session.send({ type: 'chat', text: 'no' });
    const [{ ref } = { ref: '' }] = line.view.outbox;
    line.socket.receive({ type: 'error', code: 'forbidden', message: '', fatal: false, ref });
    expect(line.view.outbox).toMatchObject([{ text: 'no', state: 'failed' }]);
    line.session.discardChat(ref);
    expect(line.view.outbox).toEqual([]);
  });

  it('is known by its text where a server knows no names of messages', () => {
    const line = new Line();
    line.session.send({ type: 'chat', text: ' hello ' });
    const { selfId } = line.view;
    const message = { id: '1', from: selfId, name: 'Ana', text: 'hello', at: joinedAt };
    line.socket.receive({ type: 'chat', ...message });
    expect(line.view.outbox).toEqual([]);
  });
});

describe('what was asked when the connection broke', () => {
  const ben = person('ben');

  it.each([
    ['layout', { type: 'layout', mode: 'speaker', pinned: null }],
    ['recording', { type: 'record', action: 'start' }],
    ['removal', { type: 'moderate', participantId: 'ben', action: 'remove' }],
    ['muting', { type: 'moderate', participantId: 'ben', action: 'mute' }],
  ] as const)('%s: is asked again in the resumed stay, and nowhere else', async (_, message) => {
    for (const [how, times] of [
      ['resumed', 1],
      ['anew', 0],
    ] as const) {
      const line = new Line();
      line.socket.receive({ type: 'participant', event: 'joined', participant: ben });
      line.session.send(message);
      expect(line.socket.of(message.type)).toEqual([message]);
      line.cut();
      line.session.retryNow();
      line.socket.open();
      line.socket.receive({
        ...{ type: 'joined', participantId: 'me-1', resumeToken: '' },
        ...{ resumed: how === 'resumed', participants: [person('me-1'), ben] },
        ...{ iceServers: [], chat: [] },
        room: { name: 'kitchen', layout: 'auto', pinned: null, recording: null },
      });
      await settle();
      expect(line.socket.of(message.type)).toHaveLength(times);
    }
  });

  it('is not asked again where it was done, somebody else decided, or the server said no', () => {
    const line = new Line();
    const receive = (message: object): void => {
      line.socket.receive(message);
    };
    const layout = { mode: 'grid', pinned: null, canvas: { width: 2, height: 2 }, tiles: [] };
    receive({ type: 'participant', event: 'joined', participant: ben });
    line.session.send({ type: 'layout', mode: 'speaker' });
    receive({ type: 'layout', ...layout, overflow: null });
    line.session.send({ type: 'moderate', participantId: 'ben', action: 'mute' });
    receive({ type: 'participant', event: 'changed', participant: { ...ben, audio: false } });
    line.session.send({ type: 'record', action: 'start' });
    receive({ type: 'error', code: 'no-space', message: '', fatal: false });
    line.cut();
    line.connect('resumed');
    for (const type of ['layout', 'moderate', 'record']) expect(line.socket.of(type)).toEqual([]);
  });

  it('tells the wanted quality again: it may have been lost on the way', () => {
    const line = new Line();
    line.session.setQuality('low');
    line.session.setQuality('auto');
    expect(line.socket.of('quality').map(({ max }) => max)).toEqual(['low', 'auto']);
    line.cut();
    line.connect('resumed');
    expect(line.socket.of('quality').map(({ max }) => max)).toEqual(['auto']);
  });
});
