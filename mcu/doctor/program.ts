import { execFile } from 'node:child_process';

/**
 * What a program writes.
 * @param timeoutMs - it is ended then
 * @returns null where there is no such program, or it fails
 */
export const runProgram = (
  name: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<string | null> =>
  new Promise((resolve) => {
    execFile(name, args, { timeout: timeoutMs, windowsHide: true }, (error, stdout) => {
      resolve(error === null ? stdout : null);
    });
  });
