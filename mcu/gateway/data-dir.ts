import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SettingsError } from '../config/settings.ts';

/**
 * Makes the folder for recordings and HLS, and tries whether it can be written.
 * @throws SettingsError one sentence
 */
export async function prepareDataDir(dataDir: string): Promise<void> {
  const folder = resolve(dataDir);
  const probe = join(folder, `.probe-${String(process.pid)}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(probe, '');
    await rm(probe, { force: true });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    throw new SettingsError(`ONEGRID_DATA_DIR cannot be written: ${folder} (${code}).`, { cause });
  }
}
