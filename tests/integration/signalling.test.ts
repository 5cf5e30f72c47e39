import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SignallingClient } from '../harness/client.ts';
import { TestServer } from '../harness/server.ts';
import { until } from '../harness/until.ts';

describe('signalling', () => {
  let server: TestServer;
  const open: SignallingClient[] = [];

  const connect = async (headers?: Record<string, string>): Promise<SignallingClient> => {
    const client = await SignallingClient.connect(server.url, headers);
    open.push(client);
    return client;
  };
  const join = async (room: string, name: string): Promise<SignallingClient> => {
    const client = await SignallingClient.join(server.url, room, name);
    open.push(client);
    return client;
  };

  beforeAll(async () => {
    server = await TestServer.start({ ONEGRID_MAX_PARTICIPANTS: '3', ONEGRID_MAX_ROOMS: '2' });
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((client) => client.close()));
    await until(async () => (await server.metricSum('onegrid_rooms')) === 0);
  });
  afterAll(async () => {
    await server.stop();
  });

  it('answers a join with who is there, and offers the downlink by itself', async () => {
    const alice = await join('Room-1', 'Alice');
    const bob = await join('room-1', '  Bob  ');
    const joined = await bob.next('joined');
    expect(joined.room.name).toBe('room-1');
    expect(joined.participants.map(({ name }) => name)).toEqual(['Alice', 'Bob']);
    const event = await alice.next('participant', ({ event }) => event === 'joined');
    expect(event.participant).toMatchObject({ id: bob.id, name: 'Bob', role: 'guest' });

    const offer = await bob.next('offer');
    expect(offer).toMatchObject({ pc: 'downlink', negotiation: 1 });
    expect(offer.sdp).toMatch(/H264\/90000/);
    expect(offer.sdp).toMatch(/transport-wide-cc/);
    const layout = await bob.next('layout', ({ tiles }) => tiles.length === 2);
    expect(layout.tiles.map(({ participantId }) => participantId)).toEqual([alice.id, bob.id]);
    expect(layout.canvas).toEqual({ width: 1280, height: 720 });
  });

  it('passes on chat, hands, reactions and media switches', async () => {
    const alice = await join('talk', 'Alice');
    const bob = await join('talk', 'Bob');
    alice.send({ type: 'chat', text: ' hello ' });
    alice.send({ type: 'hand', raised: true });
    alice.send({ type: 'react', emoji: '👏' });
    alice.send({ type: 'media', audio: true, video: false, source: 'camera' });
    expect(await bob.next('chat')).toMatchObject({ from: alice.id, name: 'Alice', text: 'hello' });
    expect(await bob.next('reaction')).toMatchObject({ participantId: alice.id, emoji: '👏' });
    const changed = await bob.next('participant', ({ participant }) => participant.audio);
    expect(changed.participant).toMatchObject({ hand: true, audio: true, video: false });

    const carol = await join('talk', 'Carol');
    const { chat, participants } = await carol.next('joined');
    expect(chat.map(({ text }) => text)).toEqual(['hello']);
    expect(participants[0]).toMatchObject({ name: 'Alice', hand: true });
  });

  it('takes a chat message of one name once, and tells its writer that it is there', async () => {
    const alice = await join('twice', 'Alice');
    const bob = await join('twice', 'Bob');
    const texts = ({ received }: SignallingClient): string[] =>
      received.flatMap((message) => (message.type === 'chat' ? [message.text] : []));
    for (const ref of ['one', 'one', 'two']) alice.send({ type: 'chat', text: `I am ${ref}`, ref });
    // Without a name it is another one each time.
    for (const text of ['again', 'again']) alice.send({ type: 'chat', text });
    await until(() => texts(bob).length === 4 && texts(alice).length === 5);
    expect(texts(bob)).toEqual(['I am one', 'I am two', 'again', 'again']);
    const [first, second] = alice.received.filter((message) => message.type === 'chat');
    expect(second).toEqual(first);
    expect(first).toMatchObject({ ref: 'one', from: alice.id });

    // Who came anew, after their own stay was forgotten.
    const again = await join('twice', 'Alice');
    expect((await again.next('joined')).chat.map(({ ref }) => ref)).toContain('two');
    again.send({ type: 'chat', text: 'I am two', ref: 'two' });
    expect(await again.next('chat')).toMatchObject({ ref: 'two', from: alice.id });
    again.send({ type: 'chat', text: '', ref: 'three' });
    again.send({ type: 'chat', text: 'three', ref: 'no name' });
    await until(() => again.received.filter(({ type }) => type === 'error').length === 2);
    expect(texts(bob)).toHaveLength(4);
  });

  it('puts hands in the order in which they were raised, until they are lowered', async () => {
    const alice = await join('hands', 'Alice');
    const bob = await join('hands', 'Bob');
    const raised = async (client: SignallingClient): Promise<string> => {
      client.send({ type: 'hand', raised: true });
      const of = await alice.next(
        'participant',
        ({ participant: { id, hand } }) => id === client.id && hand,
      );
      return of.participant.handAt!;
    };
    const times = [await raised(bob), await raised(alice)];
    expect(times.toSorted()).toEqual(times);
    bob.send({ type: 'hand', raised: false });
    await until(() => {
      const told = alice.received.findLast(({ type }) => type === 'participant');
      return told?.type === 'participant' && !told.participant.hand;
    });
    const { participants } = await (await join('hands', 'Carol')).next('joined');
    expect(participants.map(({ hand, handAt }) => [hand, handAt])).toEqual([
      [true, times[1]],
      [false, undefined],
      [false, undefined],
    ]);
  });

  it('lets people mute each other, who may unmute', async () => {
    const alice = await join('mute', 'Alice');
    const bob = await join('mute', 'Bob');
    expect((await alice.next('joined')).mayModerate).toBe(true);
    const speak = (): void => {
      bob.send({ type: 'media', audio: true, video: false, source: 'camera' });
    };
    const heard = (): boolean[] =>
      alice.received.flatMap((message) =>
        message.type === 'participant' && message.participant.id === bob.id
          ? [message.participant.audio]
          : [],
      );
    speak();
    await until(() => heard().at(-1) === true);
    alice.send({ type: 'moderate', participantId: bob.id, action: 'mute' });
    expect(await bob.next('muted')).toEqual({ type: 'muted', by: alice.id });
    await until(() => heard().at(-1) === false);
    // There is nothing more to mute, and nobody is told so.
    alice.send({ type: 'moderate', participantId: bob.id, action: 'mute' });
    alice.send({ type: 'chat', text: 'muted?' });
    await bob.next('chat');
    speak();
    await until(() => heard().at(-1) === true);
    expect(bob.received.filter(({ type }) => type === 'muted')).toHaveLength(1);
  });

  it('lets people remove each other, who may not resume', async () => {
    const alice = await join('remove', 'Alice');
    const bob = await join('remove', 'Bob');
    alice.send({ type: 'moderate', participantId: bob.id, action: 'remove' });
    expect(await bob.next('closed')).toMatchObject({ reason: 'removed' });
    await until(() => !bob.isOpen);
    await alice.next('participant', ({ event }) => event === 'left');
    alice.send({ type: 'moderate', participantId: bob.id, action: 'remove' });
    expect(await alice.next('error')).toMatchObject({ code: 'not-found', fatal: false });

    const again = await connect();
    const { resumeToken: resume } = bob;
    again.send({ type: 'join', protocol: 1, room: 'remove', name: 'Bob', resume });
    const joined = await again.next('joined');
    expect(joined.resumed).toBeUndefined();
    expect(joined.participantId).not.toBe(bob.id);
  });

  it('lays the room out as asked, for everybody', async () => {
    const alice = await join('layouts', 'Alice');
    const bob = await join('layouts', 'Bob');
    bob.send({ type: 'layout', mode: 'single', pinned: alice.id });
    const layout = await alice.next('layout', ({ mode }) => mode === 'single');
    expect(layout.pinned).toBe(alice.id);
    expect(layout.tiles.map(({ participantId }) => participantId)).toEqual([alice.id]);
    const carol = await join('layouts', 'Carol');
    expect(await carol.next('layout')).toEqual(layout);
    bob.send({ type: 'layout', mode: 'grid', pinned: 'nobody' });
    expect(await bob.next('error')).toMatchObject({ code: 'not-found', fatal: false });
  });

  it.each([
    ['a bad room name', { room: 'no spaces', name: 'A' }, 'bad-room-name'],
    ['a long room name', { room: 'x'.repeat(65), name: 'A' }, 'bad-room-name'],
    ['an empty name', { room: 'r', name: '   ' }, 'bad-name'],
    ['a name with a control character', { room: 'r', name: 'a\u0007b' }, 'bad-name'],
    ['a join of the wrong shape', { room: 'r', name: 'A', media: 'all' as never }, 'bad-message'],
    ['another protocol', { room: 'r', name: 'A', protocol: 9 }, 'unsupported-protocol'],
  ])('refuses %s', async (_what, fields, code) => {
    const client = await connect();
    client.send({ type: 'join', protocol: 1, ...fields });
    expect(await client.next('error')).toMatchObject({ code, fatal: true });
    await until(() => !client.isOpen);
  });

  it('refuses the one too many in a room, and the one too many room', async () => {
    await join('full', 'A');
    await join('full', 'B');
    await join('full', 'C');
    const late = await connect();
    late.send({ type: 'join', protocol: 1, room: 'FULL', name: 'D' });
    expect(await late.next('error')).toMatchObject({ code: 'room-full', fatal: true });

    await join('second', 'A');
    const third = await connect();
    third.send({ type: 'join', protocol: 1, room: 'third', name: 'A' });
    expect(await third.next('error')).toMatchObject({ code: 'overloaded', fatal: true });
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
  });

  it('answers nonsense with an error and changes nothing', async () => {
    const alice = await join('nonsense', 'Alice');
    const nonsense = [
      'not json',
      '[]',
      'null',
      '{"type":"unknown"}',
      '{"type":"chat","text":""}',
      '{"type":"media","audio":"yes","video":true,"source":"camera"}',
      '{"type":"record","action":"pause"}',
    ];
    for (const text of nonsense) alice.sendRaw(text);
    alice.sendRaw(Buffer.from('{"type":"hand","raised":true}'));
    alice.send({ type: 'offer', pc: 'uplink', sdp: 'v=0\r\nnonsense' });
    alice.send({ type: 'join', protocol: 1, room: 'elsewhere', name: 'Alice' });
    await until(
      () => alice.received.filter(({ type }) => type === 'error').length === nonsense.length + 3,
    );
    const codes = alice.received.flatMap((message) =>
      message.type === 'error' ? [message.code] : [],
    );
    expect(codes.slice(0, nonsense.length + 1).every((code) => code === 'bad-message')).toBe(true);
    expect(codes.slice(-2)).toEqual(['bad-sdp', 'conflict']);
    const bob = await join('nonsense', 'Bob');
    expect((await bob.next('joined')).participants[0]).toMatchObject({ hand: false });
  });

  it('cuts off a message that is too large, and only its sender', async () => {
    const alice = await join('large', 'Alice');
    const bob = await join('large', 'Bob');
    bob.sendRaw(JSON.stringify({ type: 'chat', text: 'x'.repeat(70_000) }));
    expect(await bob.next('error')).toMatchObject({ code: 'too-large', fatal: true });
    await until(() => !bob.isOpen);
    await alice.next('participant', ({ event }) => event === 'left');
    expect(alice.isOpen).toBe(true);
  });

  it('asks for a join first', async () => {
    const client = await connect();
    client.send({ type: 'hand', raised: true });
    expect(await client.next('error')).toMatchObject({ code: 'not-joined', fatal: true });
  });

  it('answers requests for what is not there, and those that make no sense', async () => {
    for (const [path, status, code] of [
      ['/nothing', 404, 'not-found'],
      ['/r/%E0%A4%A', 400, 'bad-request'],
    ] as const) {
      const answer = await fetch(server.url + path);
      expect(answer.status).toBe(status);
      expect(await answer.json()).toMatchObject({ error: { code } });
    }
    expect(server.complaints()).toEqual([]);
  });

  it('does not let anybody in after a refusal', async () => {
    const client = await connect();
    client.send({ type: 'join', protocol: 9, room: 'refused', name: 'Eve' });
    client.send({ type: 'join', protocol: 1, room: 'refused', name: 'Eve' });
    await until(() => !client.isOpen);
    expect(client.received.map(({ type }) => type)).toEqual(['error']);
    expect(await server.metricSum('onegrid_participants')).toBe(0);
  });

  it('refuses pages of other origins', async () => {
    await expect(connect({ origin: 'https://evil.example' })).rejects.toThrow('403');
    const same = await connect({ origin: server.url });
    expect(same.isOpen).toBe(true);
  });

  it('gives a fresh downlink offer on reconnect', async () => {
    const alice = await join('again', 'Alice');
    await alice.next('offer');
    alice.send({ type: 'reconnect', pc: 'downlink' });
    const second = await alice.next('offer', ({ negotiation }) => negotiation === 2);
    const first = await alice.next('offer');
    expect(/ice-ufrag:(\S+)/.exec(second.sdp)?.[1]).not.toBe(
      /ice-ufrag:(\S+)/.exec(first.sdp)?.[1],
    );
  });

  it('says goodbye to who leaves, and closes the empty room', async () => {
    const alice = await join('bye', 'Alice');
    alice.send({ type: 'leave' });
    expect(await alice.next('closed')).toMatchObject({ reason: 'left' });
    await until(() => !alice.isOpen);
  });
});
