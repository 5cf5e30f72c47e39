import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../mcu/config/settings.ts';
import type { OutputLauncher } from '../../../mcu/gateway/outputs/launcher.ts';
import type { Outcome } from '../../../mcu/gateway/outputs/output-run.ts';
import { identityOf, isRunning, isStopped } from '../../../mcu/gateway/outputs/process-identity.ts';
import { removeStaleFolders, Sockets } from '../../../mcu/gateway/outputs/sockets.ts';
import { makeDataDir } from '../../harness/test-run.ts';
import { until } from '../../harness/until.ts';
import { isRecordingId, makeRecordingId } from '../../../mcu/gateway/recordings/ids.ts';
import { MediaClock } from '../../../mcu/gateway/recordings/media-clock.ts';
import { expired } from '../../../mcu/gateway/recordings/retention.ts';
import { RecordingStore } from '../../../mcu/gateway/recordings/store.ts';
import { chatToVtt } from '../../../mcu/gateway/recordings/vtt.ts';
import { createLog } from '../../../mcu/log.ts';

describe('the id of a recording', () => {
  it('says when it began, sorts by that, and is its own', () => {
    const id = makeRecordingId(new Date('2026-03-04T05:06:07.089Z'));
    expect(id).toMatch(/^20260304-050607089-[0-9a-f]{12}$/);
    expect(isRecordingId(id)).toBe(true);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4e12 }),
        fc.integer({ min: 1, max: 1e12 }),
        (at, more) => {
          const [early, late] = [
            makeRecordingId(new Date(at)),
            makeRecordingId(new Date(at + more)),
          ];
          expect(early < late).toBe(true);
        },
      ),
    );
  });

  it.each(['', '.', '..', 'a/b', 'a\\b', 'a\0', 'a b', 'x'.repeat(65), 'é', '%2e', 'a\n'])(
    'is never %j',
    (text) => {
      expect(isRecordingId(text)).toBe(false);
    },
  );
});

describe('the clock of the media', () => {
  it('begins with the first picture', () => {
    const clock = new MediaClock();
    expect(clock.positionOf(5)).toBe(0);
    expect(clock.segmentStarted(1000, false)).toBe(0);
    expect(clock.positionOf(500)).toBe(0);
    expect(clock.positionOf(3500)).toBe(2.5);
  });

  it('goes on through a crash, and stands still in a pause', () => {
    const clock = new MediaClock();
    clock.segmentStarted(1000, false);
    // The second segment begins 4 s after the first: the gap is in the media.
    expect(clock.segmentStarted(5000, false)).toBe(4);
    clock.paused(6);
    expect(clock.positionOf(7500)).toBe(6);
    expect(clock.positionOf(60_000)).toBe(6);
    expect(clock.segmentStarted(61_000, true)).toBe(6);
    expect(clock.positionOf(60_000)).toBe(6);
    expect(clock.positionOf(62_000)).toBe(7);
    // What was before stays where it was.
    expect(clock.positionOf(2000)).toBe(1);
  });

  it('never goes back', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ after: fc.integer({ min: 1, max: 9999 }), pause: fc.boolean() })),
        fc.array(fc.integer({ min: 0, max: 100_000 })),
        (segments, moments) => {
          const clock = new MediaClock();
          let [at, joined] = [100, false];
          for (const { after, pause } of segments) {
            clock.segmentStarted(at, joined);
            at += after;
            joined = pause;
            if (pause) clock.paused(clock.positionOf(at - 1));
          }
          const positions = moments.sort((a, b) => a - b).map((ms) => clock.positionOf(ms));
          expect(positions).toEqual([...positions].sort((a, b) => a - b));
          expect(positions.every((position) => position >= 0)).toBe(true);
        },
      ),
    );
  });
});

describe('chat as WebVTT', () => {
  const say = (at: number, text: string, name = 'Ann') => ({ at, from: 'a', name, text });

  it('shows each message until the next one, 5 s at most', () => {
    expect(chatToVtt([say(1, 'one'), say(3.5, 'two', 'Bob'), say(3661.25, 'three')])).toBe(
      `WEBVTT

00:00:01.000 --> 00:00:03.500
<v Ann>one

00:00:03.500 --> 00:00:08.500
<v Bob>two

01:01:01.250 --> 01:01:06.250
<v Ann>three
`,
    );
    expect(chatToVtt([])).toBe('WEBVTT\n');
  });

  it('keeps texts and names from being anything else than text', () => {
    const vtt = chatToVtt([say(0, 'a\n\nNOTE --> <i>&amp;\r\n\r\n\r\nb', 'A>\n<b> & "C"')]);
    expect(vtt).toBe(`WEBVTT

00:00:00.000 --> 00:00:05.000
<v A&gt; &lt;b&gt; &amp; "C">a
NOTE --&gt; &lt;i&gt;&amp;amp;
b
`);
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, text) => {
        const lines = chatToVtt([say(1, text, name), say(1, 'last')]).split('\n');
        expect(lines.filter((line) => line.includes('-->'))).toHaveLength(2);
        expect(lines.at(-2)).toBe('<v Ann>last');
      }),
    );
  });
});

describe('retention', () => {
  const kept = [
    { id: 'new', endedAt: '2026-01-03T00:00:00.000Z', bytes: 10 },
    { id: 'old', endedAt: '2026-01-01T00:00:00.000Z', bytes: 10 },
    { id: 'middle', endedAt: '2026-01-02T00:00:00.000Z', bytes: 10 },
  ];
  const now = Date.parse('2026-01-04T00:00:00.000Z');
  const day = 86_400_000;

  it.each([
    [0, 0, []],
    [2 * day, 0, ['old', 'middle']],
    [10 * day, 0, []],
    [0, 30, []],
    [0, 29, ['old']],
    [0, 5, ['old', 'middle', 'new']],
    [3 * day, 15, ['old', 'middle']],
  ])('of %d ms and %d bytes takes %j', (maxAgeMs, maxBytes, gone) => {
    expect(expired(kept, now, { maxAgeMs, maxBytes })).toEqual(gone);
  });
});

describe('a recording that ends', () => {
  it('is not final before all of it is written: who deletes it then would have it back', async () => {
    const dataDir = makeDataDir();
    let ended: (outcome: Outcome) => void = () => undefined;
    const launcher = {
      isClosing: false,
      run: (_output: unknown, _feeds: unknown, hooks: { ended: typeof ended }) => {
        ({ ended } = hooks);
        return { pid: process.pid, finish: () => undefined };
      },
    } as unknown as OutputLauncher;
    const store = new RecordingStore({
      settings: readSettings({ ONEGRID_DATA_DIR: dataDir, ONEGRID_MIN_FREE_BYTES: '0' }),
      log: createLog('silent', 'gateway'),
      launcher,
      onFinal: () => undefined,
    });
    const { id, done } = await store.start(
      {
        name: 'kitchen',
        feeds: { feed: () => undefined, unfeed: () => undefined },
        participants: [],
        layout: { mode: 'auto', pinned: null },
        join: undefined,
        tell: () => undefined,
        pauseOver: () => undefined,
      },
      false,
    );
    store.stop(id);
    ended({ type: 'finished', durationSeconds: 1, bytes: 1, full: false });
    // It is being written now.
    expect(store.list()).toMatchObject([{ state: 'finishing' }]);
    await expect(store.delete(id)).rejects.toMatchObject({ code: 'conflict' });
    await done;
    const file = join(dataDir, 'recordings', id, 'recording.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ state: 'complete' });
    expect(store.list()).toMatchObject([{ state: 'complete' }]);
    await store.delete(id);
    expect(store.list()).toEqual([]);
    await store.close(0);
    rmSync(dataDir, { recursive: true });
  });
});

describe('a process', () => {
  it('is told from another one with its number', () => {
    const self = identityOf(process.pid)!;
    expect(isRunning(self)).toBe(true);
    expect(isRunning({ ...self, started: 'at another time' })).toBe(false);
    expect(identityOf(2 ** 22 + 1)).toBeNull();
    expect(identityOf(-1)).toBeNull();
  });

  it.runIf(process.platform === 'linux')('is stopped until it goes on, which is told', async () => {
    const child = spawn('sleep', ['60']);
    try {
      const pid = child.pid!;
      expect(isStopped(pid)).toBe(false);
      child.kill('SIGSTOP');
      await until(() => isStopped(pid));
      child.kill('SIGCONT');
      await until(() => !isStopped(pid));
      expect(isStopped(2 ** 22 + 1)).toBe(false);
    } finally {
      child.kill('SIGKILL');
    }
  });
});

describe.skipIf(process.platform === 'win32')('sockets', () => {
  it('are short, each its own, in a folder for this user only that goes at the end', () => {
    const sockets = new Sockets();
    const [one, two] = [sockets.next(), sockets.next()];
    expect(one).not.toBe(two);
    expect(Buffer.byteLength(one)).toBeLessThan(100);
    expect(statSync(dirname(one)).mode & 0o777).toBe(0o700);
    sockets.close();
    sockets.close();
    expect(existsSync(dirname(one))).toBe(false);
  });

  it('of gateways that were killed go, and no others', async () => {
    const sockets = new Sockets();
    const folder = dirname(sockets.next());
    const mine = JSON.parse(readFileSync(join(folder, 'owner'), 'utf8')) as object;
    await removeStaleFolders();
    expect(existsSync(folder)).toBe(true);
    sockets.close();

    const parent = makeDataDir();
    const leave = (name: string, owner?: object): void => {
      mkdirSync(join(parent, name));
      writeFileSync(join(parent, name, '1'), '');
      if (owner) writeFileSync(join(parent, name, 'owner'), JSON.stringify(owner));
    };
    leave('onegrid-killed', { ...mine, pid: 2 ** 22 + 1 });
    leave('onegrid-number', { ...mine, started: 'at another time' });
    leave('onegrid-abroad', { ...mine, pid: 2 ** 22 + 1, namespace: 'pid:[1]' });
    leave('onegrid-alive', mine);
    leave('onegrid-nobody');
    leave('onegrid-strange', { pid: 'x' });
    leave('elsewhere', { ...mine, pid: 2 ** 22 + 1 });
    symlinkSync(join(parent, 'elsewhere'), join(parent, 'onegrid-link'));
    await removeStaleFolders(parent);
    const left = ['abroad', 'alive', 'link', 'nobody', 'strange'].map((name) => `onegrid-${name}`);
    expect(readdirSync(parent).sort()).toEqual(['elsewhere', ...left]);
    rmSync(parent, { recursive: true });
  });
});
