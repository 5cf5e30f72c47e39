import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const child = fileURLToPath(new URL('closed-downlinks.mjs', import.meta.url));

it('lets go of downlinks that are closed', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', child]);
  expect(Number(stdout)).toBeLessThanOrEqual(1);
});
