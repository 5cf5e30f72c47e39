import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Hiccups } from '../harness/hiccups.ts';
import { decode, probe } from '../harness/judge.ts';
import { killRun } from '../harness/recording-kills.ts';
import { ask, mediaOf, reach, record, stop } from '../harness/recordings.ts';
import { room, Show } from '../harness/show.ts';
import { SlowDisk } from '../harness/slow-disk.ts';
import { sleep } from '../harness/until.ts';
import { useDisks } from '../integration/output/mounts.ts';

describe('a recording', () => {
  const disks = useDisks();

  // That of a room process alone is in recording.test.ts, with people in it.
  it('loses at most a second and a half to kill -9 of everything', async () => {
    const data = mkdtempSync(join(tmpdir(), 'kill-'));
    try {
      const hiccups = new Hiccups();
      const run = await killRun('all', 4000 + Math.random() * 1000, data);
      const { longestMs: machineMs } = await hiccups.take();
      await hiccups.stop();
      console.log(`${run.lostSeconds.toFixed(2)} s lost`);
      expect(run.errors).toEqual([]);
      expect(run.lostSeconds).toBeLessThan(1.5 + machineMs / 1000);
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  });

  const fullDisk = 'ends when the disk is full, says so, plays, and the call goes on';
  const skipped = disks.missing === null ? '' : ` (skipped: ${disks.missing})`;
  it.skipIf(disks.missing !== null)(`${fullDisk}${skipped}`, async () => {
    const data = mkdtempSync(join(tmpdir(), 'full-'));
    disks.mount(data, 64 * 2 ** 20);
    let show: Show | undefined;
    try {
      show = await Show.begin({ ONEGRID_DATA_DIR: data, ONEGRID_MIN_FREE_BYTES: '0' });
      const before = await show.composites(3000);
      // What a long recording would have filled.
      mkdirSync(join(data, 'other'));
      writeFileSync(join(data, 'other', 'ballast'), Buffer.alloc(60 * 2 ** 20, 1));
      const { id } = await record(show.server, room);
      const recording = await reach(show.server, id, ['complete', 'interrupted', 'failed']);
      expect(recording).toMatchObject({ state: 'complete', reason: 'disk-full' });
      const file = mediaOf(data, id);
      expect(recording.durationSeconds).toBeGreaterThan(2);
      expect((await probe(file)).durationSeconds).toBeCloseTo(recording.durationSeconds, 0);
      expect((await decode(file)).errors).toEqual([]);
      expect(await show.composites(3000)).toBeGreaterThan(0.6 * before);
      const refused = await ask<{ error: { code: string } }>(
        show.server,
        'POST',
        `/rooms/${room}/recordings`,
        {},
      );
      expect(refused.status === 201 || refused.body.error.code === 'no-space').toBe(true);
    } finally {
      await show?.end();
      disks.unmount(data);
      rmSync(data, { recursive: true });
    }
  });

  it('does not slow the room where the disk hangs for five seconds, and loses nothing', async () => {
    const disk = SlowDisk.make(64);
    const data = disk?.folder ?? mkdtempSync(join(tmpdir(), 'slow-'));
    let show: Show | undefined;
    try {
      show = await Show.begin({ ONEGRID_DATA_DIR: data, ONEGRID_MIN_FREE_BYTES: '0' });
      const started = await record(show.server, room);
      const startedMs = performance.now();
      const atStart = await show.server.metricSum('onegrid_frames_composited_total');
      const before = await show.composites(5000);
      const pid = (await show.server.logged('segment started'))['outputPid'] as number;
      // Where no disk can be made to hang, the process that writes to it does.
      if (disk === null) process.kill(pid, 'SIGSTOP');
      else disk.freeze();
      const during = await show.composites(5000);
      if (disk === null) process.kill(pid, 'SIGCONT');
      else disk.thaw();
      console.log(
        `${before.toFixed(0)} composites before, ${during.toFixed(0)} while ${disk === null ? 'the process' : 'the disk'} hangs`,
      );
      expect(during).toBeGreaterThan(0.8 * before);
      await sleep(2000);
      const recordedSeconds = (performance.now() - startedMs) / 1000;
      const made = (await show.server.metricSum('onegrid_frames_composited_total')) - atStart;
      const recording = await stop(show.server, started.id);
      expect(recording).toMatchObject({ state: 'complete', reason: 'stopped' });
      // Of the five seconds of the disk nothing is missing: what is may be the time until the first picture.
      expect(recording.durationSeconds).toBeGreaterThan(recordedSeconds - 2);
      const file = mediaOf(data, started.id);
      const { video } = await probe(file);
      expect(video!.frames).toBeGreaterThan(made - 50);
      expect((await decode(file)).errors).toEqual([]);
    } finally {
      await show?.end();
      if (disk === null) rmSync(data, { recursive: true });
      else disk.remove();
    }
  });
});
