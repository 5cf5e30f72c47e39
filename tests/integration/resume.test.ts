import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SignallingClient } from '../harness/client.ts';
import { FakeGateway } from '../harness/fake-gateway.ts';
import { TestServer } from '../harness/server.ts';
import { sleep, until } from '../harness/until.ts';

const soon = (condition: () => boolean | Promise<boolean>): Promise<void> => until(condition);

const names = (people: readonly { name: string }[]): string[] => people.map(({ name }) => name);

describe('who comes back', () => {
  let gateway: FakeGateway;
  afterEach(async () => {
    await gateway.stop();
  });

  const typesOf = (client: SignallingClient): string[] =>
    client.received.map((message) =>
      message.type === 'participant' ? `participant ${message.event}` : message.type,
    );
  const roomIs = async (name: string, status: number): Promise<void> => {
    await soon(async () => (await gateway.json('GET', `/api/v1/rooms/${name}`)).status === status);
  };
  const away = (client: SignallingClient, room: string, isAway = true): Promise<void> =>
    soon(() =>
      gateway
        .room(room)
        .commands.some(
          (command) =>
            command.type === 'away' &&
            command.participantId === client.id &&
            command.away === isAway,
        ),
    );

  it('is the same participant, at the same place, and nobody saw anything of it', async () => {
    gateway = await FakeGateway.start();
    const alice = await gateway.join('r', 'Alice', { media: { audio: true, video: true } });
    const bob = await gateway.join('R', 'Bob');
    bob.send({ type: 'chat', text: 'hello' });
    alice.send({ type: 'hand', raised: true });
    await bob.next('participant', ({ event }) => event === 'changed');
    await alice.drop();
    await away(alice, 'r');
    bob.send({ type: 'layout', mode: 'single', pinned: alice.id });
    bob.send({ type: 'chat', text: 'still there?' });
    await bob.next('chat', ({ text }) => text === 'still there?');
    const told = bob.received.length;

    const again = await gateway.join('r', 'Somebody', { resume: alice.resumeToken });
    const joined = await again.next('joined');
    expect(joined).toMatchObject({
      participantId: alice.id,
      resumed: true,
      room: { name: 'r', layout: 'single', pinned: alice.id },
    });
    expect(joined.resumeToken).not.toBe(alice.resumeToken);
    expect(names(joined.participants)).toEqual(['Alice', 'Bob']);
    expect(joined.participants[0]).toMatchObject({ hand: true, audio: true, video: true });
    expect(joined.chat.map(({ text }) => text)).toEqual(['hello', 'still there?']);
    await away(alice, 'r', false);
    // The room process was told of nobody but those who came first: PeerConnections go on.
    const kinds = gateway.room('r').commands.map(({ type }) => type);
    expect(kinds.filter((type) => type === 'add')).toHaveLength(2);
    expect(kinds).not.toContain('remove');
    expect(kinds).not.toContain('reconnect');

    again.send({ type: 'chat', text: 'here I am' });
    const answer = await bob.next('chat', ({ text }) => text === 'here I am');
    expect(answer).toMatchObject({ from: alice.id, name: 'Alice' });
    expect(typesOf(bob).slice(told)).toEqual(['chat']);
  });

  it('stays muted by somebody, though that was lost with the connection, until one unmutes', async () => {
    gateway = await FakeGateway.start();
    const media = { audio: true, video: false };
    const alice = await gateway.join('r', 'Alice', { media });
    const bob = await gateway.join('r', 'Bob');
    await alice.drop();
    await away(alice, 'r');
    bob.send({ type: 'moderate', participantId: alice.id, action: 'mute' });
    await bob.next('participant', ({ participant }) => !participant.audio);
    const again = await gateway.join('r', 'Alice', { resume: alice.resumeToken, media });
    expect((await again.next('joined')).participants[0]?.audio).toBe(false);
    expect(await again.next('muted')).toMatchObject({ by: bob.id });
    again.send({ type: 'media', audio: true, video: false, source: 'camera' });
    await again.next('participant', ({ participant }) => participant.audio);
    await again.drop();
    const { resumeToken } = again;
    const third = await gateway.join('r', 'Alice', { resume: resumeToken, media });
    expect((await third.next('joined')).participants[0]?.audio).toBe(true);
    expect(typesOf(third)).not.toContain('muted');
  });

  it('says with `join` what is switched on by now', async () => {
    gateway = await FakeGateway.start();
    const alice = await gateway.join('r', 'Alice', { media: { audio: true, video: true } });
    const bob = await gateway.join('r', 'Bob');
    alice.send({ type: 'media', audio: true, video: true, source: 'screen' });
    await bob.next('participant', ({ participant }) => participant.source === 'screen');
    await alice.drop();
    const media = { audio: false, video: true };
    const again = await gateway.join('r', 'Alice', { resume: alice.resumeToken, media });
    const self = (await again.next('joined')).participants[0];
    expect(self).toMatchObject({ audio: false, video: true, source: 'screen' });
    await bob.next('participant', ({ participant }) => !participant.audio);
    expect(gateway.room('r').commands).toContainEqual({
      type: 'media',
      participantId: alice.id,
      media: { audio: false, video: true, source: 'screen', shareAudio: false },
    });
  });

  it('gets in with each token once, and with the newest only', async () => {
    gateway = await FakeGateway.start();
    const first = await gateway.join('r', 'Alice');
    await first.drop();
    const second = await gateway.join('r', 'Alice', { resume: first.resumeToken });
    await second.drop();
    const used = await gateway.join('r', 'Alice', { resume: first.resumeToken });
    expect(used.id).not.toBe(first.id);
    expect(await used.next('joined')).not.toHaveProperty('resumed');
    const third = await gateway.join('r', 'Alice', { resume: second.resumeToken });
    expect(third.id).toBe(first.id);
    // Tokens are secrets, and none is in the log.
    expect(gateway.log).toContain('participant came back');
    for (const { resumeToken } of [first, second, used, third]) {
      expect(Buffer.from(resumeToken, 'base64url').length).toBeGreaterThanOrEqual(16);
      expect(gateway.log).not.toContain(resumeToken);
    }
  });

  it('joins as somebody new with a token that is not of that room, or of none', async () => {
    gateway = await FakeGateway.start();
    const alice = await gateway.join('one', 'Alice');
    await gateway.join('two', 'Bob');
    await alice.drop();
    const { id, resumeToken } = alice;
    for (const [room, resume] of [
      ['two', resumeToken],
      ['three', resumeToken],
      ['one', ''],
      ['one', 'x'.repeat(128)],
      ['one', id],
      ['one', `${resumeToken} `],
      ['one', resumeToken.slice(0, -1)],
      ['one', '__proto__'],
    ] as const) {
      const other = await gateway.join(room, 'Eve', { resume });
      expect(other.id).not.toBe(id);
      expect((await other.next('joined')).resumed).toBeUndefined();
    }
    const again = await gateway.join('one', 'Alice', { resume: resumeToken });
    expect(again.id).toBe(id);
  });

  it.each([['x'.repeat(129)], [7], [null], [['a']], [{}]])(
    'is refused with a token that is none: %j',
    async (resume) => {
      gateway = await FakeGateway.start();
      const client = await SignallingClient.connect(gateway.url);
      client.sendRaw(JSON.stringify({ type: 'join', protocol: 1, room: 'r', name: 'A', resume }));
      expect(await client.next('error')).toMatchObject({ code: 'bad-message', fatal: true });
      await client.drop();
    },
  );

  it('has so much time, then has left', async () => {
    gateway = await FakeGateway.start({ ONEGRID_RESUME_MS: '5000' });
    const alice = await gateway.join('r', 'Alice');
    const bob = await gateway.join('r', 'Bob');
    const started = performance.now();
    await bob.drop();
    // Coming and going does not add up: each time away is measured by itself.
    let carol = await gateway.join('r', 'Carol');
    const { id } = carol;
    for (let time = 0; time < 3; time++) {
      await carol.drop();
      await sleep(1700);
      carol = await gateway.join('r', 'Carol', { resume: carol.resumeToken });
      expect(carol.id).toBe(id);
    }
    await alice.next('participant', ({ event }) => event === 'left');
    expect(performance.now() - started).toBeGreaterThan(4950);
    const late = await gateway.join('r', 'Bob', { resume: bob.resumeToken });
    expect(late.id).not.toBe(bob.id);
    expect(names((await late.next('joined')).participants)).toEqual(['Alice', 'Carol', 'Bob']);
    expect(
      alice.received.some(
        (message) =>
          message.type === 'participant' &&
          message.event === 'left' &&
          message.participant.id === id,
      ),
    ).toBe(false);
  });

  it('nobody does where that is switched off', async () => {
    gateway = await FakeGateway.start({ ONEGRID_RESUME_MS: '0' });
    const alice = await gateway.join('r', 'Alice');
    const bob = await gateway.join('r', 'Bob');
    await bob.drop();
    await alice.next('participant', ({ event }) => event === 'left');
    const again = await gateway.join('r', 'Bob', { resume: bob.resumeToken });
    expect(again.id).not.toBe(bob.id);
    await Promise.all([alice, again].map((client) => client.drop()));
    await roomIs('r', 404);
  });

  it('takes the place of their own connection that is still open', async () => {
    gateway = await FakeGateway.start();
    const alice = await gateway.join('r', 'Alice');
    const bob = await gateway.join('r', 'Bob');
    const again = await gateway.join('r', 'Alice', { resume: alice.resumeToken });
    expect(again.id).toBe(alice.id);
    expect(await alice.next('closed')).toMatchObject({ reason: 'replaced' });
    await soon(() => !alice.isOpen);
    bob.send({ type: 'chat', text: 'whom do I see?' });
    await again.next('chat');
    expect(typesOf(alice)).not.toContain('chat');
    expect(typesOf(bob)).not.toContain('participant left');
    expect(names((await again.next('joined')).participants)).toEqual(['Alice', 'Bob']);
  });

  it.each(['leaves', 'is removed', 'closes the tab', 'breaks the rules'])(
    'is nobody who %s',
    async (how) => {
      gateway = await FakeGateway.start();
      const alice = await gateway.join('r', 'Alice');
      const bob = await gateway.join('r', 'Bob');
      if (how === 'leaves') bob.send({ type: 'leave' });
      else if (how === 'closes the tab') await bob.drop(1001);
      else if (how === 'breaks the rules') bob.sendRaw('x'.repeat(70_000));
      else await gateway.json('DELETE', `/api/v1/rooms/r/participants/${bob.id}`);
      await alice.next('participant', ({ event }) => event === 'left');
      const again = await gateway.join('r', 'Bob', { resume: bob.resumeToken });
      expect(again.id).not.toBe(bob.id);
    },
  );

  it('keeps their place among the most who may be there, and the room open', async () => {
    gateway = await FakeGateway.start({
      ONEGRID_MAX_PARTICIPANTS: '2',
      ONEGRID_RESUME_MS: '5000',
      ONEGRID_UDP_PORTS: '28300-28309',
    });
    const alice = await gateway.join('r', 'Alice');
    const bob = await gateway.join('r', 'Bob');
    await Promise.all([alice.drop(), bob.drop()]);
    await Promise.all([away(alice, 'r'), away(bob, 'r')]);
    const refused = async (room: string, code: string): Promise<void> => {
      const client = await SignallingClient.connect(gateway.url);
      client.send({ type: 'join', protocol: 1, room, name: 'Eve' });
      expect(await client.next('error')).toMatchObject({ code });
      await client.drop();
    };
    // Ten ports are for two.
    await refused('r', 'overloaded');
    await roomIs('r', 200);
    const again = await gateway.join('r', 'Alice', { resume: alice.resumeToken });
    expect(again.id).toBe(alice.id);
    await again.close();
    await roomIs('r', 200);
    await roomIs('r', 404);
  });

  it('is counted in a full room', async () => {
    gateway = await FakeGateway.start({ ONEGRID_MAX_PARTICIPANTS: '1' });
    const alice = await gateway.join('r', 'Alice');
    await alice.drop();
    await away(alice, 'r');
    const client = await SignallingClient.connect(gateway.url);
    client.send({ type: 'join', protocol: 1, room: 'r', name: 'Eve' });
    expect(await client.next('error')).toMatchObject({ code: 'room-full' });
    await client.drop();
    expect((await gateway.join('r', 'Alice', { resume: alice.resumeToken })).id).toBe(alice.id);
  });

  it('may be removed meanwhile', async () => {
    gateway = await FakeGateway.start();
    const alice = await gateway.join('r', 'Alice');
    await gateway.join('r', 'Bob');
    await alice.drop();
    await away(alice, 'r');
    const path = `/api/v1/rooms/r/participants/${alice.id}`;
    expect((await gateway.json('DELETE', path)).status).toBe(204);
    expect((await gateway.join('r', 'Alice', { resume: alice.resumeToken })).id).not.toBe(alice.id);
  });

  it('begins media anew where the room process died meanwhile', async () => {
    gateway = await FakeGateway.start();
    const alice = await gateway.join('r', 'Alice');
    const bob = await gateway.join('r', 'Bob');
    await alice.drop();
    await away(alice, 'r');
    const old = gateway.room('r');
    old.kill();
    await bob.next('reset');
    const process = gateway.room('r');
    expect(process).not.toBe(old);
    const added = process.commands.flatMap((command) =>
      command.type === 'add' ? [[command.member.name, command.member.away]] : [],
    );
    expect(added).toEqual([
      ['Alice', true],
      ['Bob', false],
    ]);
    const again = await gateway.join('r', 'Alice', { resume: alice.resumeToken });
    await again.next('reset');
    expect(typesOf(again).slice(0, 2)).toEqual(['joined', 'reset']);
    expect(await again.next('joined')).toMatchObject({ participantId: alice.id, resumed: true });
    await soon(() => process.commands.some(({ type }) => type === 'reconnect'));
    // Whoever has answered the new offer knows of it.
    again.send({ type: 'answer', pc: 'downlink', sdp: 'v=0\r\nm=audio 0 RTP/AVP 0\r\n' });
    await soon(() => process.commands.some(({ type }) => type === 'answer'));
    await again.drop();
    const third = await gateway.join('r', 'Alice', { resume: again.resumeToken });
    third.send({ type: 'react', emoji: '👍' });
    await third.next('reaction');
    expect(typesOf(third)).not.toContain('reset');
  });

  it('is not ended by silence while away, and has all the time again once back', async () => {
    gateway = await FakeGateway.start({ ONEGRID_MEDIA_TIMEOUT_MS: '4000' });
    const alice = await gateway.join('r', 'Alice');
    const bob = await gateway.join('r', 'Bob');
    const process = gateway.room('r');
    const gone = (): void => {
      process.tell({ type: 'gone', participantId: alice.id, reason: 'timeout' });
    };
    await alice.drop();
    await away(alice, 'r');
    gone();
    const again = await gateway.join('r', 'Alice', { resume: alice.resumeToken });
    // Sent by the room process before it knew.
    gone();
    again.send({ type: 'react', emoji: '👍' });
    await again.next('reaction');
    await bob.next('reaction');
    expect(again.id).toBe(alice.id);
    expect(typesOf(bob)).not.toContain('participant left');
  });

  it('may have been silent for too long: left for the others, and back under the same id', async () => {
    gateway = await FakeGateway.start({ ONEGRID_MEDIA_TIMEOUT_MS: '4000' });
    const alice = await gateway.join('r', 'Alice', { media: { audio: true, video: true } });
    const bob = await gateway.join('r', 'Bob');
    await sleep(4050);
    const gone = (id: string): void => {
      gateway.room('r').tell({ type: 'gone', participantId: id, reason: 'timeout' });
    };
    gone(alice.id);
    expect(await alice.next('closed')).toMatchObject({ reason: 'timeout' });
    await bob.next('participant', ({ event }) => event === 'left');
    // The room waits for her, also without anybody in it.
    bob.send({ type: 'leave' });
    await bob.next('closed');
    await roomIs('r', 200);
    const carol = await gateway.join('r', 'Carol');
    expect(names((await carol.next('joined')).participants)).toEqual(['Carol']);
    const media = { audio: false, video: true };
    const again = await gateway.join('r', 'Alice', { resume: alice.resumeToken, media });
    await again.next('reset');
    expect(typesOf(again).slice(0, 2)).toEqual(['joined', 'reset']);
    const joined = await again.next('joined');
    expect(joined).toMatchObject({ participantId: alice.id, resumed: true });
    expect(names(joined.participants)).toEqual(['Alice', 'Carol']);
    const { participant } = await carol.next('participant');
    expect(participant).toMatchObject({ id: alice.id, audio: false, video: true });
    expect(typesOf(carol).filter((type) => type.startsWith('participant'))).toEqual([
      'participant joined',
    ]);
  });

  it('keeps a recording going that would pause without anybody', async () => {
    gateway = await FakeGateway.start({
      ONEGRID_RECORDING_EMPTY: 'pause',
      ONEGRID_RESUME_MS: '5000',
    });
    const alice = await gateway.join('r', 'Alice');
    const id = await gateway.record('r');
    await gateway.reached(id, 'active');
    await alice.drop();
    await away(alice, 'r');
    const again = await gateway.join('r', 'Alice', { resume: alice.resumeToken });
    expect((await again.next('joined')).room.recording).toEqual({ id, state: 'active' });
    expect(gateway.room('r').feeds).toBe(1);
    await again.drop();
    await soon(() => gateway.room('r').feeds === 0);
    const { state, participants } = await gateway.recording(id);
    expect(state).toBe('active');
    expect(participants.map(({ id, leftAt }) => [id, leftAt === null])).toEqual([
      [alice.id, false],
    ]);
  });
});

describe('who comes back to a real room process', () => {
  let server: TestServer;
  const clients: SignallingClient[] = [];
  beforeAll(async () => {
    server = await TestServer.start({ ONEGRID_MEDIA_TIMEOUT_MS: '7000' });
  });
  afterAll(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await server.stop();
  });
  const join = async (name: string, more = {}): Promise<SignallingClient> => {
    const client = await SignallingClient.join(server.url, 'real', name, more);
    clients.push(client);
    return client;
  };

  it('is told again how things stand, and is waited for however silent', async () => {
    const alice = await join('Alice');
    const { rungs } = await alice.next('quality');
    expect(rungs).toHaveLength(5);
    const uplink = await alice.next('uplink');
    await alice.drop();
    await sleep(7500);
    const bob = await join('Bob', { media: { audio: true, video: true } });
    expect(names((await bob.next('joined')).participants)).toEqual(['Alice', 'Bob']);
    await bob.next('layout', ({ tiles }) => tiles.length === 2);

    const again = await join('Alice', { resume: alice.resumeToken });
    expect(again.id).toBe(alice.id);
    const layout = await again.next('layout');
    expect(layout.tiles.map(({ participantId }) => participantId)).toEqual([alice.id, bob.id]);
    expect(await again.next('quality')).toMatchObject({ rungs });
    expect(await again.next('speakers')).toMatchObject({ active: [] });
    expect(Object.keys(await again.next('uplink'))).toEqual(Object.keys(uplink));
    // Its downlink is the one from before: nothing was offered anew.
    expect(again.received.some(({ type }) => type === 'offer')).toBe(false);
    again.send({ type: 'reconnect', pc: 'downlink' });
    expect(await again.next('offer')).toMatchObject({ negotiation: 2 });

    // Once back, silence counts again.
    expect(await again.next('closed')).toMatchObject({ reason: 'timeout' });
    const carol = await join('Carol');
    const late = await join('Alice', { resume: again.resumeToken });
    expect(late.id).toBe(alice.id);
    await late.next('reset');
    expect(late.received.slice(0, 2).map(({ type }) => type)).toEqual(['joined', 'reset']);
    // At the place from before, though Carol was there first.
    const back = await late.next('layout', ({ tiles }) =>
      [alice, carol].every(({ id }) => tiles.some(({ participantId }) => participantId === id)),
    );
    const tiles = back.tiles.map(({ participantId }) => participantId);
    expect(tiles.filter((id) => id !== bob.id)).toEqual([alice.id, carol.id]);
    await late.next('offer');
    expect(server.complaints()).toEqual([]);
  });
});
