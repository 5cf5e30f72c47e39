import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeClip } from '../../harness/clips.ts';
import { probe } from '../../harness/judge.ts';
import { scratchFolder } from './run-mix.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));
const document = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The commands of a document's examples: indented lines that begin with `npx onegrid mix`. */
const commandsIn = (path: string): string[] =>
  Array.from(document(path).matchAll(/^ {4}npx onegrid (mix .*)$/gm), ([, command]) => command!);

describe('the documents say what works:', () => {
  const folder = scratchFolder('documents');
  afterAll(() => folder[Symbol.dispose]());

  beforeAll(async () => {
    await run(process.execPath, [join(root, 'bin/build.mjs')]);
    const clip = async (name: string, options: Parameters<typeof makeClip>[1]) => {
      const made = await makeClip(folder.path, options);
      writeFileSync(join(folder.path, name), readFileSync(made));
    };
    const video = { picture: 'testsrc2', size: [160, 90] } as const;
    await clip('alice.webm', { seconds: 4, container: 'webm', video, audio: { tone: 440 } });
    await clip('bob.mp4', { seconds: 4, container: 'mp4', video, audio: { tone: 660 } });
    await clip('carol.wav', { seconds: 4, container: 'wav', audio: { tone: 880 } });
    const json = /## Timelines\n\n((?: {4}.*\n)+)/.exec(document('docs/mixer.md'))?.[1];
    writeFileSync(join(folder.path, 'call.json'), json!);
  });

  it.each([...commandsIn('README.md'), ...commandsIn('docs/mixer.md').slice(1)])(
    'onegrid %s',
    async (command) => {
      const launcher = join(root, 'bin/onegrid.mjs');
      const options = [...command.split(' '), '--force', '--quiet'];
      await run(process.execPath, [launcher, ...options], { cwd: folder.path });
      const output = / -o (\S+)/.exec(command)![1]!;
      expect((await probe(join(folder.path, output))).video).toMatchObject({ width: 1280 });
    },
  );
});
