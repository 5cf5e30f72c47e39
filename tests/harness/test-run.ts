import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The environment variable that names this run of the suite. Everything the tests start inherits it, so that what
 * they leave behind can be told from other processes. Not ONEGRID_…: the server refuses names it does not know.
 */
export const testRunVariable = 'TEST_RUN_ID';

/** The folder for every temporary file of run `id`; it must be empty at the end. */
export const testRunFolder = (id: string): string => join(tmpdir(), `onegrid-test-${id}`);

/** A folder for the data of a server, to be removed by whoever asks for it. */
export function makeDataDir(): string {
  const folder = testRunFolder(process.env[testRunVariable] ?? 'none');
  mkdirSync(folder, { recursive: true });
  return mkdtempSync(join(folder, 'data-'));
}
