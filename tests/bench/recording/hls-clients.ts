import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

/** What clients of HLS got. */
export const hlsReportSchema = z.strictObject({
  clients: z.int(),
  segments: z.int(),
  /** Answers that were not 200. */
  failures: z.int(),
  bytes: z.number(),
});

/**
 * Lets clients of HLS follow a playlist, in a process of their own: each asks for it every two seconds and loads each
 * segment once, as players do.
 *
 * @returns ends it, with what they got
 */
export function hlsClients(
  playlist: string,
  clients: number,
): () => Promise<z.infer<typeof hlsReportSchema>> {
  const script = fileURLToPath(new URL('hls-clients-process.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, playlist, String(clients)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const said = text(child.stdout);
  return async () => {
    const exit = once(child, 'exit');
    child.stdin.end();
    await exit;
    return hlsReportSchema.parse(JSON.parse(await said));
  };
}
