import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The environment variable that names this run of the suite. Everything the tests start inherits it, so that what
 * they leave behind can be told from other processes. Not ONEGRID_…: the server refuses names it does not know.
 */
export const testRunVariable = 'TEST_RUN_ID';

/** The environment variable with {@link newRunFolder} of this run, which is the folder for temporary files of all it starts. */
export const testRunFolderVariable = 'TEST_RUN_FOLDER';

/** A folder for every temporary file of a run that begins; it must be empty at the end. */
export const newRunFolder = (id: string): string => join(tmpdir(), `onegrid-test-${id}`);

/** That of run `id`. */
export const testRunFolder = (id: string): string =>
  process.env[testRunFolderVariable] ?? newRunFolder(id);

/** A folder for the data of a server, to be removed by whoever asks for it. */
export function makeDataDir(): string {
  const folder = testRunFolder(process.env[testRunVariable] ?? 'none');
  mkdirSync(folder, { recursive: true });
  return mkdtempSync(join(folder, 'data-'));
}
