import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

const launcher = fileURLToPath(new URL('../../bin/onegrid.mjs', import.meta.url));

/** The part of `onegrid load --details` that is used. */
const reportSchema = z.object({
  participants: z.int(),
  joined: z.int(),
  fps: z.object({ median: z.number().nullable(), p5: z.number().nullable() }),
  gapMaxMs: z.number().nullable(),
  errors: z.array(z.object({ code: z.string(), message: z.string() })),
  details: z.array(
    z.object({
      seconds: z.number(),
      joinMs: z.number().nullable(),
      fps: z.number().nullable(),
      gapMaxMs: z.number(),
      rungs: z.array(z.string()),
      uplink: z.object({ videoPackets: z.int(), audioPackets: z.int(), bytes: z.int() }),
    }),
  ),
});

/** What a crowd says when it has left. */
export type CrowdReport = z.infer<typeof reportSchema>;

/** Options of `onegrid load`, by name. */
export type CrowdOptions = Readonly<Record<string, string | number>>;

/** Synthetic participants in a process of their own, as `onegrid load` runs them. */
export class Crowd {
  readonly #child: ChildProcess;
  readonly #said: Promise<[string, string]>;

  /** @param options - of `onegrid load`; they stay until told to leave where no duration is given */
  constructor(url: string, options: CrowdOptions) {
    const args = Object.entries({ url, duration: 0, ...options }).map(
      ([name, value]) => `--${name}=${value}`,
    );
    // Media flows on time only where whoever sends it gets the processor, which measurements of others must not take.
    this.#child = spawn(process.execPath, [launcher, 'load', '--details', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#said = Promise.all([text(this.#child.stdout!), text(this.#child.stderr!)]);
  }

  /** Lets everybody leave. @throws Error with what it said, if nobody could join */
  async leave(): Promise<CrowdReport> {
    if (this.#child.exitCode === null) this.#child.kill('SIGINT');
    return this.report();
  }

  /** Waits until everybody has left. @throws Error with what it said, if nobody could join */
  async report(): Promise<CrowdReport> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await once(this.#child, 'exit');
    }
    const [json, said] = await this.#said;
    if (json.trim() === '') throw new Error(`onegrid load: ${said.trim().slice(-1000)}`);
    return reportSchema.parse(JSON.parse(json));
  }
}
