import { AV_LOG_QUIET } from 'node-av/constants';
import { Log } from 'node-av/lib';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openOutput, OutputError, type MediaOutput } from '../../../mixer/output/index.ts';
import { probe } from './judge.ts';
import { useDisks } from './mounts.ts';
import { feed, noise, usual, useFolder } from './scene.ts';

// The disk is going to be full.
Log.setLevel(AV_LOG_QUIET);

const folder = useFolder();
const disks = useDisks();
const kinds = ['mp4', 'mkv', 'webm', 'm3u8', 'wav', 'png'] as const;
const forced = { ...usual, overwrite: true };

/** Expects a failure with a code, and one sentence that names the file. */
async function expectFailure(work: Promise<unknown>, code: OutputError['code'], path: string) {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(OutputError);
  const { message } = error as OutputError;
  expect(error).toMatchObject({ code, path });
  expect(message).toContain(path);
  expect(message).toMatch(/^[^\n]+\.$/);
}

describe.each(kinds)('%s', (kind) => {
  const name = `out.${kind}`;

  it('is not there before it is finished, and then at once', async () => {
    const output = await openOutput(folder.at(name), usual);
    await feed(output, 30, { draw: noise });
    expect(folder.list()).toHaveLength(1);
    expect(folder.list()[0]).toMatch(/^\..*\.part$/);
    await output.finish();
    expect(folder.list()).toContain(name);
    expect(folder.list().filter((entry) => entry.startsWith('.'))).toEqual([]);
  });

  it('leaves nothing when it is abandoned, and what was there before as it was', async () => {
    writeFileSync(folder.at(name), 'precious');
    const output = await openOutput(folder.at(name), forced);
    await feed(output, 30, { draw: noise });
    await output.abandon();
    await output.abandon();
    expect(folder.list()).toEqual([name]);
    expect(readFileSync(folder.at(name), 'utf8')).toBe('precious');
    await expect(output.audio(new Float32Array(960))).rejects.toThrow('abandoned');
    await expect(output.finish()).rejects.toThrow('abandoned');
    expect(folder.list()).toEqual([name]);
  });

  it('stays when it is abandoned after it was finished', async () => {
    const output = await openOutput(folder.at(name), usual);
    await feed(output, 3);
    await output.finish();
    const finished = folder.list();
    await output.abandon();
    expect(folder.list()).toEqual(finished);
  });

  it('leaves nothing when it is abandoned while it is being finished', async () => {
    const output = await openOutput(folder.at(name), usual);
    await feed(output, 30, { draw: noise });
    const finishing = expect(output.finish()).rejects.toThrow('abandoned');
    await output.abandon();
    expect(folder.list()).toEqual([]);
    await finishing;
  });

  it('leaves nothing when it is aborted', async () => {
    const stop = new AbortController();
    const output = await openOutput(folder.at(name), { ...usual, signal: stop.signal });
    await feed(output, 10);
    const reason = new Error('Ctrl-C');
    stop.abort(reason);
    await expect(feed(output, 1)).rejects.toBe(reason);
    expect(folder.list()).toEqual([]);
    await expect(output.finish()).rejects.toBe(reason);
  });

  it('does not replace a file without leave', async () => {
    writeFileSync(folder.at(name), 'precious');
    await expectFailure(openOutput(folder.at(name), usual), 'exists', folder.at(name));
    expect(readFileSync(folder.at(name), 'utf8')).toBe('precious');
    expect(folder.list()).toEqual([name]);
  });

  it('does not replace a file that has appeared in the meantime', async () => {
    const output = await openOutput(folder.at(name), usual);
    await feed(output, 3);
    writeFileSync(folder.at(name), 'precious');
    await expectFailure(output.finish(), 'exists', folder.at(name));
    expect(readFileSync(folder.at(name), 'utf8')).toBe('precious');
    expect(folder.list()).toEqual([name]);
  });

  it('replaces a file with leave', async () => {
    writeFileSync(folder.at(name), 'old');
    const output = await openOutput(folder.at(name), forced);
    await feed(output, 3);
    await output.finish();
    await expect(probe(folder.at(name))).resolves.toBeDefined();
  });

  it('is whole or not there, whatever the size of the disk', async ({ skip }) => {
    if (disks.missing !== null) skip(disks.missing);
    const make = async (path: string): Promise<'done' | OutputError> => {
      let output: MediaOutput | null = null;
      try {
        output = await openOutput(path, forced);
        await feed(output, 40, { draw: noise });
        await output.finish();
        return 'done';
      } catch (error) {
        if (error instanceof OutputError) return error;
        throw error;
      }
    };
    mkdirSync(folder.at('roomy'));
    expect(await make(folder.at(`roomy/${name}`))).toBe('done');
    const page = 4096;
    const whole = readdirSync(folder.at('roomy'))
      .map((entry) => Math.ceil(statSync(folder.at(`roomy/${entry}`)).size / page))
      .reduce((sum, pages) => sum + pages);

    const outcomes: string[] = [];
    for (const pages of [2, whole >> 1, whole - 2, whole - 1, whole, whole + 2]) {
      const disk = folder.at(`disk-${String(pages)}`);
      // The precious file has a page of its own.
      disks.mount(disk, (Math.max(1, pages) + 1) * page);
      const path = join(disk, name);
      writeFileSync(path, 'precious');
      const outcome = await make(path);
      if (outcome === 'done') {
        await expect(probe(path)).resolves.toBeDefined();
        outcomes.push('done');
      } else {
        expect(outcome).toMatchObject({ code: 'no-space', path });
        expect(outcome.message).toMatch(/space/);
        expect(readFileSync(path, 'utf8')).toBe('precious');
        expect(readdirSync(disk)).toEqual([name]);
        outcomes.push(outcome.code);
      }
      disks.unmount(disk);
    }
    expect(outcomes).toEqual(['no-space', 'no-space', 'no-space', 'no-space', 'done', 'done']);
  });
});

it('cannot be written where there is a folder, a device or nothing to put it in', async () => {
  mkdirSync(folder.at('folder.mp4'));
  symlinkSync('/dev/null', folder.at('device.mp4'));
  writeFileSync(folder.at('file'), '');
  const before = folder.list();
  const names = [
    'folder.mp4',
    'device.mp4',
    'missing/out.mp4',
    'file/out.mp4',
    `${'x'.repeat(252)}.mp4`,
  ];
  for (const name of names) {
    await expectFailure(openOutput(folder.at(name), forced), 'unwritable', folder.at(name));
  }
  expect(folder.list()).toEqual(before);
});

it('cannot be written without permission', async () => {
  writeFileSync(folder.at('old.mp4'), 'precious');
  chmodSync(folder.at('.'), 0o555);
  // Root may write everywhere: look at it as somebody else.
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    for (const name of ['new.mp4', 'new.m3u8', 'old.mp4']) {
      await expectFailure(openOutput(folder.at(name), forced), 'unwritable', folder.at(name));
    }
  } finally {
    if (isRoot) process.seteuid?.(0);
    chmodSync(folder.at('.'), 0o755);
  }
  expect(folder.list()).toEqual(['old.mp4']);
});

it('cannot be written to a read-only disk', async ({ skip }) => {
  if (disks.missing !== null) skip(disks.missing);
  const disk = folder.at('disk');
  disks.mount(disk, 65_536);
  disks.seal(disk);
  const path = join(disk, 'out.mp4');
  await expectFailure(openOutput(path, usual), 'unwritable', path);
});

it('cannot be made of an unknown kind or with settings that no encoder takes', async () => {
  const path = folder.at('out.mp4');
  await expectFailure(openOutput(folder.at('out.avi'), usual), 'unsupported', folder.at('out.avi'));
  await expectFailure(openOutput(path, { ...usual, preset: 'warp' }), 'unsupported', path);
  expect(folder.list()).toEqual([]);
});

it('replaces the file behind a symbolic link, not the link', async () => {
  writeFileSync(folder.at('real.mp4'), 'old');
  symlinkSync('real.mp4', folder.at('link.mp4'));
  const output = await openOutput(folder.at('link.mp4'), forced);
  await feed(output, 3);
  await output.finish();
  expect(lstatSync(folder.at('link.mp4')).isSymbolicLink()).toBe(true);
  expect((await probe(folder.at('real.mp4'))).video).toMatchObject({ nb_read_frames: '3' });
});

it('takes any name that a file can have', async () => {
  const names = ['a: b%d #1 ?.mp4', '-o.m3u8', '日本語 😀.mkv', `${'é'.repeat(125)}.wav`];
  for (const name of names) {
    const output = await openOutput(folder.at(name), usual);
    await feed(output, 3);
    await output.finish();
    expect(folder.list()).toContain(name);
  }
});

it('keeps the segments of the playlist it was to replace when that fails', async ({ skip }) => {
  if (disks.missing !== null) skip(disks.missing);
  const disk = folder.at('disk');
  const path = join(disk, 'out.m3u8');
  disks.mount(disk, 1 << 20);
  const first = await openOutput(path, usual);
  await feed(first, 30);
  await first.finish();
  const before = readdirSync(disk);
  const second = await openOutput(path, { ...forced, bitrate: 20_000_000 });
  await expectFailure(
    feed(second, 200, { draw: noise }).then(() => second.finish()),
    'no-space',
    path,
  );
  expect(readdirSync(disk)).toEqual(before);
  expect((await probe(path)).video).toMatchObject({ nb_read_frames: '30' });
});
