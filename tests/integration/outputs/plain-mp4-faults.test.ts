import {
  copyFileSync,
  readFileSync,
  statfsSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assemble } from '../../../mixer/output/live/index.ts';
import { decode } from '../../harness/judge.ts';
import { useDisks } from '../output/mounts.ts';
import { both, makePlain, read, useFileWriter } from './file-writer.ts';
import { judge, worstOffset } from './judge.ts';
import { useFolders } from './output-process.ts';

describe('a fragmented file that does not get to be an ordinary one', () => {
  const freshFolder = useFolders();
  const disks = useDisks();
  const files = useFileWriter();

  it('plays, and is joined, wherever it was on its way when everything was killed', async () => {
    const folder = freshFolder();
    const path = join(folder, 'whole.mp4');
    files.writer.writeFragments(path, both());
    const fragments = readFileSync(path);
    const packets = await read(path);
    await makePlain(path);
    const table = readFileSync(path).subarray(fragments.length);
    expect(table.toString('latin1', 4, 8)).toBe('moov');
    for (const written of [0, 3, 8, 100, table.length - 1, table.length]) {
      const killed = freshFolder();
      const segment = join(killed, 'segment-0.mp4');
      writeFileSync(segment, Buffer.concat([fragments, table.subarray(0, written)]));
      expect(await read(segment)).toEqual(packets);
      expect((await decode(segment)).errors).toEqual([]);
      expect((await assemble(killed))?.durationSeconds).toBeCloseTo(4, 1);
      const media = join(killed, 'media.mp4');
      const joined = await read(media);
      expect(joined.map(({ hash }) => hash).sort()).toEqual(packets.map(({ hash }) => hash).sort());
      expect((await decode(media)).errors).toEqual([]);
    }
  });

  it('refuses what is damaged, and leaves it as it is', async () => {
    const path = join(freshFolder(), 'damaged.mp4');
    files.writer.writeFragments(path, both());
    const whole = readFileSync(path);
    const elsewhere = Buffer.from(whole);
    // The first track's number.
    elsewhere[elsewhere.indexOf('tfhd') + 11] = 9;
    for (const content of [
      whole.subarray(0, -5),
      elsewhere,
      Buffer.alloc(5000, 7),
      Buffer.alloc(0),
    ]) {
      writeFileSync(path, content);
      await expect(makePlain(path)).rejects.toThrow();
      expect(readFileSync(path).equals(content)).toBe(true);
    }
  });

  const fullDisk = 'stays in fragments where its table has no room';
  const skipped = disks.missing === null ? '' : ` (skipped: ${disks.missing})`;
  it.skipIf(disks.missing !== null)(`${fullDisk}${skipped}`, async () => {
    const folder = join(freshFolder(), 'disk');
    disks.mount(folder, 16 * 1024 * 1024);
    const segment = await files.writer.record(folder, 60);
    // All there is, is on the disk but the last picture.
    await segment.tick(61_100);
    const { bytes } = segment;
    const { bavail, bsize } = statfsSync(folder);
    writeFileSync(join(folder, 'other'), Buffer.alloc(bavail * bsize - 12 * 1024));
    const end = await segment.finish();
    expect(String(end.error)).toMatch(/ENOSPC/);
    expect(end.bytes).toBeGreaterThan(bytes);
    const path = join(folder, 'segment-0.mp4');
    expect(statSync(path).size).toBe(end.bytes);
    const seen = await judge(path);
    expect(seen).toMatchObject({ complaints: '', pictures: 1500 });
    expect(worstOffset(seen)).toBeLessThan(0.04);
    // With some room it becomes what it should have become.
    truncateSync(join(folder, 'other'), 0);
    copyFileSync(path, join(folder, 'copy.mp4'));
    await makePlain(join(folder, 'copy.mp4'));
    expect((await decode(join(folder, 'copy.mp4'))).errors).toEqual([]);
  });
});
