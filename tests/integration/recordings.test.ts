import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeGateway, type ToldRecording } from '../harness/fake-gateway.ts';
import { makeDataDir } from '../harness/test-run.ts';
import { sleep, until } from '../harness/until.ts';
import { identityOf } from '../../mcu/gateway/outputs/process-identity.ts';
import type { Recording } from '../../mcu/gateway/recordings/recording.ts';

/** What a gateway that died leaves of a recording. */
function leave(
  dataDir: string,
  id: string,
  state: string,
  segments: number,
  processes: Recording['processes'] = {
    gateway: { pid: 2 ** 22 + 1, started: 'then' },
    // This very process, but started at another time: another one by now.
    output: { pid: process.pid, started: 'then' },
  },
): void {
  const path = join(dataDir, 'recordings', id);
  mkdirSync(path, { recursive: true });
  for (let n = 0; n < segments; n += 1) {
    writeFileSync(join(path, `segment-${String(n)}.mp4`), `segment ${String(n)};`);
    writeFileSync(join(path, `segment-${String(n)}.json`), '{"seconds":2}');
  }
  const recording = {
    id,
    room: 'left',
    state,
    reason: null,
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: null,
    durationSeconds: 1,
    bytes: 1,
    width: 1280,
    height: 720,
    tracks: false,
    participants: [],
    events: [],
    chat: [{ at: 1, from: 'x', name: 'Xenia', text: 'hello' }],
    processes,
  };
  writeFileSync(join(path, 'recording.json'), JSON.stringify(recording));
}

describe('recordings', () => {
  let gateway: FakeGateway;
  afterEach(() => gateway.stop());

  const folder = (id: string): string => join(gateway.dataDir, 'recordings', id);
  const written = (id: string): Recording =>
    JSON.parse(readFileSync(join(folder(id), 'recording.json'), 'utf8')) as Recording;
  const isWritten = (id: string): boolean => existsSync(join(folder(id), 'recording.json'));
  const media = (id: string): string => readFileSync(join(folder(id), 'media.mp4'), 'utf8');
  const outputPid = async (id: string, not = 0): Promise<number> => {
    const pid = (): number | undefined =>
      isWritten(id) ? written(id).processes?.output?.pid : undefined;
    await until(() => ![undefined, not].includes(pid()));
    return pid()!;
  };
  const stop = (id: string) => gateway.json<ToldRecording>('POST', `/api/v1/recordings/${id}/stop`);

  it('go from starting to complete, and everybody is told', async () => {
    gateway = await FakeGateway.start();
    const alice = await gateway.join('Talk', 'Alice');
    const started = await gateway.json<ToldRecording>('POST', '/api/v1/rooms/TALK/recordings');
    expect(started).toMatchObject({ status: 201, body: { state: 'starting', room: 'talk' } });
    const { id } = started.body;
    await gateway.reached(id, 'active');
    const bob = await gateway.join('talk', 'Bob');
    expect((await bob.next('joined')).room.recording).toEqual({ id, state: 'active' });
    alice.send({ type: 'chat', text: 'a --> <b>\n\n& c' });
    alice.send({ type: 'media', audio: true, video: false, source: 'camera' });
    alice.send({ type: 'layout', mode: 'speaker' });
    alice.send({ type: 'react', emoji: '👍' });
    await bob.next('reaction');
    gateway.room('talk').tell({
      type: 'broadcast',
      message: { type: 'speakers', active: [alice.id] },
    });
    await bob.close();
    await alice.next('participant', ({ event }) => event === 'left');
    expect(await stop(id)).toMatchObject({ status: 200, body: { id, state: 'finishing' } });
    const done = await gateway.reached(id, 'complete');
    expect(done).toMatchObject({
      room: 'talk',
      reason: 'stopped',
      width: 1280,
      height: 720,
      media: `/api/v1/recordings/${id}/media`,
      poster: `/api/v1/recordings/${id}/poster.jpg`,
      participants: [
        { id: alice.id, name: 'Alice', leftAt: null },
        { id: bob.id, name: 'Bob', leftAt: expect.any(String) as string },
      ],
    });
    expect(done.durationSeconds).toBeGreaterThan(0);
    // Again: nothing changes.
    expect(await stop(id)).toEqual({ status: 200, body: done });

    await until(() => alice.received.some((m) => m.type === 'recording' && m.state === 'complete'));
    expect(
      alice.received.flatMap((m) => (m.type === 'recording' ? [[m.state, m.reason]] : [])),
    ).toEqual([
      ['starting', undefined],
      ['active', undefined],
      ['finishing', 'stopped'],
      ['complete', 'stopped'],
    ]);
    expect(media(id)).toBe('segment 0;');
    const { events, processes } = written(id);
    expect(processes).toBeNull();
    expect(events.map(({ type }) => type)).toEqual([
      'join',
      'layout',
      'join',
      'unmute',
      'layout',
      'speakers',
      'leave',
    ]);
    expect(events.every(({ at }, index) => at >= (events[index - 1]?.at ?? 0))).toBe(true);
    const chat = await (await gateway.request(`/api/v1/recordings/${id}/chat.vtt`)).text();
    expect(chat).toMatch(/^WEBVTT\n\n00:00:0\d\.\d{3} --> 00:00:0\d\.\d{3}\n/);
    expect(chat).toContain('<v Alice>a --&gt; &lt;b&gt;\n&amp; c\n');
    // What the room process was told.
    const kinds = gateway.room('talk').commands.map(({ type }) => type);
    expect(kinds.filter((kind) => kind === 'feed' || kind === 'unfeed')).toEqual([
      'feed',
      'unfeed',
    ]);
  });

  it('are one at a time for a room, also when two start at once', async () => {
    gateway = await FakeGateway.start();
    const alice = await gateway.join('two', 'Alice');
    const path = '/api/v1/rooms/two/recordings';
    alice.send({ type: 'record', action: 'start' });
    const answers = await Promise.all([1, 2, 3].map(() => gateway.json('POST', path)));
    const started = await alice.next('recording', ({ state }) => state === 'active');
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses.filter((status) => status === 409).length).toBeGreaterThanOrEqual(2);
    expect((await gateway.json<ToldRecording[]>('GET', '/api/v1/recordings')).body).toHaveLength(1);
    expect(await gateway.json('POST', path)).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict' } },
    });
    alice.send({ type: 'record', action: 'start' });
    expect(await alice.next('error')).toMatchObject({ code: 'conflict', fatal: false });
    alice.send({ type: 'record', action: 'stop' });
    await gateway.reached(started.id, 'complete');
    alice.send({ type: 'record', action: 'stop' });
    expect(await alice.next('error', ({ code }) => code === 'not-found')).toMatchObject({
      fatal: false,
    });
    expect(await gateway.json('POST', '/api/v1/rooms/none/recordings')).toMatchObject({
      status: 404,
      body: { error: { code: 'not-found' } },
    });
  });

  it('can be started and stopped at the same time', async () => {
    gateway = await FakeGateway.start();
    const alice = await gateway.join('race', 'Alice');
    alice.send({ type: 'record', action: 'start' });
    alice.send({ type: 'record', action: 'stop' });
    const { id } = await alice.next('recording');
    await alice.next('recording', ({ state }) => state === 'failed' || state === 'complete');
    // Whatever there was of it, another one can follow.
    const next = await gateway.recorded('race');
    expect(next > id).toBe(true);
  });

  it('go on in another segment when the output process dies, and end at the third death', async () => {
    gateway = await FakeGateway.start();
    await gateway.join('crash', 'Alice');
    const id = await gateway.record('crash');
    await gateway.reached(id, 'active');
    const first = await outputPid(id);
    process.kill(first, 'SIGKILL');
    const second = await outputPid(id, first);
    await until(() => existsSync(join(folder(id), 'segment-1.mp4')));
    expect(await gateway.recording(id)).toMatchObject({ state: 'active', reason: null });
    process.kill(second, 'SIGKILL');
    const third = await outputPid(id, second);
    await until(() => existsSync(join(folder(id), 'segment-2.mp4')));
    process.kill(third, 'SIGKILL');
    expect(await gateway.reached(id, 'interrupted')).toMatchObject({ reason: null });
    expect(media(id)).toBe('segment 0;segment 1;segment 2;');
  });

  it('go on in the same segment when the room process dies', async () => {
    gateway = await FakeGateway.start();
    await gateway.join('media', 'Alice');
    const id = await gateway.record('media');
    await gateway.reached(id, 'active');
    gateway.room('media').kill();
    await until(() => gateway.room('media').feeds === 1);
    await stop(id);
    await gateway.reached(id, 'complete');
    expect(media(id)).toBe('segment 0;');
  });

  it('are interrupted when room processes keep dying, and people are told why the room is closed', async () => {
    gateway = await FakeGateway.start();
    const alice = await gateway.join('doomed', 'Alice');
    const id = await gateway.record('doomed');
    await gateway.reached(id, 'active');
    for (const deaths of [1, 2, 3]) {
      const room = gateway.room('doomed');
      room.kill();
      if (deaths < 3) await until(() => gateway.room('doomed') !== room);
    }
    expect(await gateway.reached(id, 'interrupted')).toMatchObject({ reason: null });
    expect(media(id)).toBe('segment 0;');
    await alice.next('closed');
    expect(alice.received.slice(-3)).toMatchObject([
      { type: 'error', code: 'internal', fatal: true },
      { type: 'recording', state: 'finishing' },
      { type: 'closed', reason: 'room-closed' },
    ]);
    const metrics = await (await gateway.request('/metrics')).text();
    expect(metrics).toMatch(/^onegrid_rooms_given_up_total 1$/m);
  });

  it('end as complete when the disk is full, and when too little is free none starts', async () => {
    gateway = await FakeGateway.start();
    const alice = await gateway.join('full', 'Alice');
    const id = await gateway.record('full');
    await gateway.reached(id, 'active');
    process.kill(await outputPid(id), 'SIGUSR2');
    expect(await gateway.reached(id, 'complete')).toMatchObject({ reason: 'disk-full' });
    expect(alice.isOpen).toBe(true);
    await gateway.stop();

    gateway = await FakeGateway.start({ ONEGRID_MIN_FREE_BYTES: String(1e15 - 1) });
    const bob = await gateway.join('full', 'Bob');
    expect(await gateway.json('POST', '/api/v1/rooms/full/recordings')).toMatchObject({
      status: 507,
      body: { error: { code: 'no-space' } },
    });
    bob.send({ type: 'record', action: 'start' });
    expect(await bob.next('error')).toMatchObject({ code: 'no-space', fatal: false });
  });

  it('end when the last one leaves', async () => {
    gateway = await FakeGateway.start();
    const alice = await gateway.join('empty', 'Alice');
    const id = await gateway.record('empty');
    await gateway.reached(id, 'active');
    await alice.close();
    expect(await gateway.reached(id, 'complete')).toMatchObject({ reason: 'room-empty' });
    expect((await gateway.json('GET', '/api/v1/rooms/empty')).status).toBe(404);
  });

  it('pause while nobody is there, where the settings say so', async () => {
    gateway = await FakeGateway.start({
      ONEGRID_RECORDING_EMPTY: 'pause',
      ONEGRID_RECORDING_PAUSE_MS: '5000',
    });
    const paused = (): Promise<void> => until(() => written(id).processes?.output === null);
    /** Where in the media somebody came. */
    const cameAt = async ({ id: participantId }: { id: string }): Promise<number | undefined> => {
      const join = () =>
        written(id).events.find(
          (event) => event.type === 'join' && event.participantId === participantId,
        );
      await until(() => join() !== undefined);
      return join()?.at;
    };
    const alice = await gateway.join('pause', 'Alice');
    const id = await gateway.record('pause');
    await gateway.reached(id, 'active');
    await sleep(300);
    await alice.close();
    await paused();
    expect(gateway.room('pause').feeds).toBe(0);
    const before = (await gateway.recording(id)).durationSeconds;
    const bob = await gateway.join('pause', 'Bob');
    expect((await bob.next('joined')).room.recording).toEqual({ id, state: 'active' });
    await until(() => existsSync(join(folder(id), 'segment-1.mp4')));
    await until(async () => (await gateway.recording(id)).durationSeconds > before);
    // The pause is not in the media.
    expect(await cameAt(bob)).toBeCloseTo(before, 1);
    await bob.close();
    await paused();
    const second = (await gateway.recording(id)).durationSeconds;
    const carol = await gateway.join('pause', 'Carol');
    await until(async () => (await gateway.recording(id)).durationSeconds > second);
    // Neither is the next one, and what was there before the first is there once.
    expect(await cameAt(carol)).toBeCloseTo(second, 1);
    await carol.close();
    const ended = await gateway.reached(id, 'complete');
    expect(ended).toMatchObject({ reason: 'room-empty' });
    expect(media(id)).toBe('segment 0;segment 1 joined;segment 2 joined;');
    expect(ended.bytes).toBe(media(id).length);
    const { seconds } = JSON.parse(readFileSync(join(folder(id), '.media.json'), 'utf8')) as {
      seconds: number;
    };
    expect(ended.durationSeconds).toBeCloseTo(seconds, 2);
    await until(async () => (await gateway.json('GET', '/api/v1/rooms/pause')).status === 404);
  });

  it('end at their longest', async () => {
    gateway = await FakeGateway.start({ ONEGRID_RECORDING_MAX_MS: '500' });
    await gateway.join('long', 'Alice');
    const id = await gateway.record('long');
    expect(await gateway.reached(id, 'complete')).toMatchObject({ reason: 'limit' });
  });

  it('are finished before the server stops, and there after it', async () => {
    gateway = await FakeGateway.start();
    await gateway.join('stop', 'Alice');
    const id = await gateway.record('stop', { tracks: true });
    await gateway.reached(id, 'active');
    await until(() => isWritten(id));
    await gateway.stop(true);
    expect(written(id)).toMatchObject({ state: 'complete', reason: 'stopped' });
    gateway = await FakeGateway.start({}, gateway.dataDir);
    const recording = await gateway.recording(id);
    expect(recording).toMatchObject({ state: 'complete', room: 'stop' });
    const { id: participant, track } = recording.participants[0]!;
    expect(await (await gateway.request(track!)).text()).toBe(participant);
  });

  it('that a dead gateway left are repaired, one after the other', async () => {
    const dataDir = makeDataDir();
    leave(dataDir, '20260101-000000000-a', 'active', 2);
    leave(dataDir, '20260101-000000000-b', 'starting', 0);
    leave(dataDir, '20260101-000000000-c', 'finishing', 1);
    gateway = await FakeGateway.start({}, dataDir);
    const a = await gateway.reached('20260101-000000000-a', 'interrupted');
    expect(a).toMatchObject({ durationSeconds: 4, reason: null, room: 'left' });
    expect(Date.parse(a.endedAt!)).toBeGreaterThan(Date.now() - 60_000);
    expect(media(a.id)).toBe('segment 0;segment 1;');
    expect(await (await gateway.request(`/api/v1/recordings/${a.id}/chat.vtt`)).text()).toContain(
      '<v Xenia>hello',
    );
    expect(await gateway.reached('20260101-000000000-b', 'failed')).toMatchObject({ media: null });
    await gateway.reached('20260101-000000000-c', 'interrupted');
    const list = (await gateway.json<ToldRecording[]>('GET', '/api/v1/recordings')).body;
    expect(list.map(({ id }) => id.at(-1))).toEqual(['c', 'b', 'a']);
  });

  it('wait for their repair until the output process of the dead gateway has ended its file', async () => {
    const dataDir = makeDataDir();
    const old = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
    const gone = once(old, 'exit');
    const processes = {
      gateway: { pid: 2 ** 22 + 1, started: 'then' },
      output: identityOf(old.pid!),
    };
    leave(dataDir, 'still-writing', 'active', 1, processes);
    gateway = await FakeGateway.start({}, dataDir);
    await sleep(700);
    expect(await gateway.recording('still-writing')).toMatchObject({ state: 'finishing' });
    expect((await gateway.json('DELETE', '/api/v1/recordings/still-writing')).status).toBe(409);
    expect(existsSync(join(folder('still-writing'), 'media.mp4'))).toBe(false);
    old.kill('SIGKILL');
    await gone;
    await gateway.reached('still-writing', 'interrupted');
  });

  it('of another server that runs are left alone', async () => {
    const dataDir = makeDataDir();
    const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
    const gone = once(other, 'exit');
    try {
      leave(dataDir, 'not-ours', 'active', 1, { gateway: identityOf(other.pid!)!, output: null });
      leave(dataDir, 'ours', 'active', 1);
      gateway = await FakeGateway.start({}, dataDir);
      await gateway.reached('ours', 'interrupted');
      expect(written('not-ours').state).toBe('active');
      expect((await gateway.json('GET', '/api/v1/recordings/not-ours')).status).toBe(404);
    } finally {
      other.kill('SIGKILL');
      await gone;
    }
  });

  it('without a recording.json that can be read are repaired as well', async () => {
    const dataDir = makeDataDir();
    leave(dataDir, 'empty-file', 'active', 1);
    leave(dataDir, 'no-media', 'active', 0);
    writeFileSync(join(dataDir, 'recordings', 'empty-file', 'recording.json'), '');
    writeFileSync(join(dataDir, 'recordings', 'no-media', 'recording.json'), '{');
    gateway = await FakeGateway.start({}, dataDir);
    expect(await gateway.reached('empty-file', 'interrupted')).toMatchObject({ room: 'unknown' });
    expect((await gateway.json('GET', '/api/v1/recordings/no-media')).status).toBe(404);
  });

  it('go when they are too much', async () => {
    gateway = await FakeGateway.start({ ONEGRID_RECORDINGS_MAX_BYTES: '25' });
    await gateway.join('retention', 'Alice');
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) ids.push(await gateway.recorded('retention'));
    // 10 bytes each: two are kept.
    await until(() => !existsSync(folder(ids[0]!)));
    expect(existsSync(folder(ids[1]!))).toBe(true);
    expect((await gateway.json('GET', `/api/v1/recordings/${ids[0]!}`)).status).toBe(404);
  });
});
