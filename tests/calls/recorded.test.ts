import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isNear } from '../harness/chromium.ts';
import type { FakeMedia } from '../harness/fake-media.ts';
import { openHouse } from '../harness/house.ts';
import { probe, tones } from '../harness/judge.ts';
import type { Rgb } from '../harness/probes.ts';
import { colourIn, judgeRecording } from '../harness/recorded.ts';
import { ask, reach, record, stop } from '../harness/recordings.ts';
import { sleep, until } from '../harness/until.ts';

const red: Rgb = [200, 30, 30];
const green: Rgb = [30, 170, 60];
const person = (colour: Rgb, tone: number): FakeMedia => ({
  colour: `rgb(${colour.join(',')})`,
  tone,
  fps: 15,
});
const canvas = { width: 640, height: 360 };

describe('a recording of a call in which much happens', () => {
  const data = mkdtempSync(join(tmpdir(), 'data-'));
  const house = openHouse({
    ONEGRID_DATA_DIR: data,
    ONEGRID_CANVAS: `${canvas.width}x${canvas.height}`,
  });

  afterAll(() => {
    rmSync(data, { recursive: true });
  });

  it('goes on when the room process is killed, in one file', async () => {
    const alice = await house.join('killed', 'Alice', person(red, 440));
    await alice.sees(alice.id, red);
    const started = await record(house.server, 'killed');
    await sleep(4000);
    await house.server.killRoom('killed');
    await until(() => alice.last('reset') !== undefined);
    const isTiled = (): boolean => {
      const reset = alice.received.findLastIndex(({ type }) => type === 'reset');
      return alice.received.slice(reset).some(({ type }) => type === 'layout');
    };
    await until(isTiled);
    await alice.sees(alice.id, red);
    await sleep(3000);
    const recording = await stop(house.server, started.id);
    expect(recording).toMatchObject({ state: 'complete', reason: 'stopped' });
    expect(recording.durationSeconds).toBeGreaterThan(7);
    const file = await judgeRecording(data, recording, canvas);
    const { video } = await probe(file);
    for (const frame of [25, video!.frames - 10]) {
      expect(isNear(await colourIn(file, frame, alice, alice.id), red)).toBe(true);
    }
    const { durationSeconds } = recording;
    const early = await loudest(file, 440, { from: 1, to: 2.5 });
    const late = await loudest(file, 440, { from: durationSeconds - 2, to: durationSeconds - 0.5 });
    expect(late - early).toBeGreaterThan(-6);
  });

  it('stays of one size and valid through joins, leaves, layouts, a share and low quality', async () => {
    const alice = await house.join('busy', 'Alice', person(red, 440));
    await alice.sees(alice.id, red);
    await alice.chooses('Low');
    await until(() => alice.last('quality')?.rung === 'low');
    const started = await record(house.server, 'busy');
    const bob = await house.join('busy', 'Bob', person(green, 750));
    await bob.chooses('Low');
    await until(() => bob.last('layout')?.tiles.length === 2);
    await sleep(1000);
    for (const layout of ['speaker', 'pip', 'single', 'auto']) {
      const { status } = await ask(house.server, 'PATCH', '/rooms/busy', { layout });
      expect(status).toBe(200);
      await until(() => alice.last('layout')?.mode === layout || layout === 'auto');
      await sleep(700);
    }
    const sharer = await house.attend('busy', 'Sharer');
    sharer.send({ type: 'media', audio: false, video: true, source: 'screen' });
    const { participantId: shared } = await sharer.next('joined');
    // Large, in the middle of what is shared.
    await until(() => (alice.tileOf(shared)?.width ?? 0) > 400);
    await sleep(700);
    await sharer.close();
    await bob.press('Leave');
    await until(() => alice.last('layout')?.tiles.length === 1);
    await sleep(1000);
    await alice.press('Leave');
    // The last one has left.
    const recording = await reach(house.server, started.id, ['complete', 'interrupted', 'failed']);
    expect(recording).toMatchObject({ state: 'complete', reason: 'room-empty' });
    const file = await judgeRecording(data, recording, canvas);
    const shown = execFileSync('ffprobe', [
      ...['-v', 'error', '-select_streams', 'v', '-show_entries', 'frame=width,height'],
      ...['-of', 'csv=p=0', file],
    ]).toString();
    // Some lines have side data behind the size.
    const sizes = shown.match(/^\d+,\d+/gm) ?? [];
    expect(sizes.length).toBeGreaterThan(50);
    expect(new Set(sizes)).toEqual(new Set([`${canvas.width},${canvas.height}`]));
  });
});

/** The highest level of a tone in 0.3 s of a file, dB: what was made up for what came late has another phase, and would take from it. */
async function loudest(
  file: string,
  tone: number,
  { from, to }: { from: number; to: number },
): Promise<number> {
  const levels: number[] = [];
  for (let at = from; at + 0.3 <= to; at += 0.3) {
    levels.push((await tones(file, [tone], { from: at, to: at + 0.3 }))[0]!);
  }
  return Math.max(...levels);
}
