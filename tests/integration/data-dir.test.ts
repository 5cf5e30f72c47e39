import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { TestServer } from '../harness/server.ts';
import { makeDataDir } from '../harness/test-run.ts';

const folders: string[] = [];
const folder = (): string => {
  folders.push(makeDataDir());
  return folders.at(-1)!;
};
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

it('the folder for data is made at the start', async () => {
  const path = join(folder(), 'a', 'b');
  const server = await TestServer.start({ ONEGRID_DATA_DIR: path });
  expect(existsSync(path)).toBe(true);
  expect(await server.stop()).toBe(0);
});

it('one that cannot be written ends the start with a sentence', async () => {
  const path = join(folder(), 'file');
  writeFileSync(path, '');
  await expect(TestServer.start({ ONEGRID_DATA_DIR: join(path, 'data') })).rejects.toThrow(
    /^the server ended with 1: onegrid: ONEGRID_DATA_DIR cannot be written: .*file.data \(ENOTDIR\)\.\n$/,
  );
});
