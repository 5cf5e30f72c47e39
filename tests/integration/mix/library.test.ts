import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { coloursOf, probe, tones } from '../../harness/judge.ts';
import { scratchFolder } from './run-mix.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = scratchFolder('library');
afterAll(() => folder[Symbol.dispose]());

it('the example makes what it says', async () => {
  const example = join(root, 'docs/examples/mixer.mjs');
  await promisify(execFile)(process.execPath, [example, folder.path]);

  const both = join(folder.path, 'both.mp4');
  expect((await probe(both)).video).toMatchObject({
    width: 1280,
    height: 720,
    fps: 25,
    frames: 100,
  });
  // Teal is alone, and then beside amber, who is large from the second second on.
  const right = await coloursOf(both, { x: 760, y: 300, width: 40, height: 40 });
  const isAmber = ([red, , blue]: readonly [number, number, number]) => red > 2 * blue;
  expect([20, 40, 60, 99].map((frame) => isAmber(right[frame]!))).toEqual([
    false,
    true,
    true,
    true,
  ]);
  const [teal, amber] = [330, 440];
  const heard = async (from: number, to: number) =>
    (await tones(both, [teal, amber], { from, to })).map((level) => level > -40);
  expect(await heard(0.1, 0.9)).toEqual([true, false]);
  expect(await heard(1.1, 2.4)).toEqual([true, true]);
  expect(await heard(2.6, 3.9)).toEqual([false, true]);
});

it('a program in TypeScript that uses the package compiles', () => {
  const consumer = join(folder.path, 'consumer');
  const installed = join(consumer, 'node_modules/onegrid');
  mkdirSync(installed, { recursive: true });
  for (const path of ['package.json', 'dist/mixer']) {
    cpSync(join(root, path), join(installed, path), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(installed, 'node_modules'), 'junction');
  writeFileSync(join(consumer, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(consumer, 'use.ts'),
    `import { AudioMixer, Compositor, renderTimeline, type RenderResult } from 'onegrid/mixer';
     export const compositor: Compositor = new Compositor({ width: 640, height: 360 });
     export const mixer: typeof AudioMixer = AudioMixer;
     export const result: Promise<RenderResult> = renderTimeline(
       { participants: [{ id: 'alice', media: 'alice.webm', joinAt: 1 }], layout: 'pip' }, 'out.mp4');
     // @ts-expect-error There is no such layout.
     export const wrong = renderTimeline({ participants: [], layout: 'tiles' }, 'out.mp4');\n`,
  );
  const tsc = join(createRequire(import.meta.url).resolve('typescript/package.json'), '../bin/tsc');
  const options = { module: 'nodenext', target: 'es2023', strict: true, noEmit: true, types: [] };
  writeFileSync(
    join(consumer, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...options, skipLibCheck: true }, files: ['use.ts'] }),
  );
  let output = '';
  try {
    execFileSync(process.execPath, [tsc], { cwd: consumer, encoding: 'utf8' });
  } catch (error) {
    output = (error as { stdout: string }).stdout;
  }
  expect(output).toBe('');
});
