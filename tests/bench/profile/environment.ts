import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const recorder = fileURLToPath(new URL('recorder.cjs', import.meta.url));

/**
 * What makes the room processes of a server write V8 profiles (`room-PID.cpuprofile`) as they end: Node loads the recorder
 * in every process that the server starts.
 * @param folder - where to; null for no profiles
 */
export function profilingEnvironment(folder: string | null): Record<string, string> {
  if (folder === null) return {};
  mkdirSync(folder, { recursive: true });
  return {
    NODE_OPTIONS:
      `${process.env['NODE_OPTIONS'] ?? ''} --require ${JSON.stringify(recorder)}`.trim(),
    BENCH_PROFILES: resolve(folder),
  };
}
