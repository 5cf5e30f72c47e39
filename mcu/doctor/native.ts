import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { RoomSettings } from '../protocol/ipc.ts';
import { type Finding, findingSchema, missing } from './finding.ts';

/** What is tried in a process of its own, since native code can end its process: the name, and what it is to people. */
export const probes = {
  uplink: 'libwebrtc',
  downlink: 'libdatachannel',
  codecs: 'libav',
  fonts: 'drawing',
  call: 'call',
} as const;
/** One of {@link probes}. */
export type ProbeName = keyof typeof probes;

/** What a probe is started with. */
export interface ProbeOrder {
  readonly probe: ProbeName;
  readonly settings: RoomSettings;
}

const reportSchema = z.object({ findings: z.array(findingSchema) });

const patienceMs = 20_000;
const entry = fileURLToPath(new URL('probes/main.js', import.meta.url));
const reinstall =
  'Run npm ci on this machine; there are binaries for Linux (x64, arm64; glibc), macOS and Windows x64.';

/** Runs one probe in a process of its own; a crash of it is a finding, too. */
export function runProbe(
  probe: ProbeName,
  settings: RoomSettings,
  script: string = entry,
): Promise<Finding[]> {
  const check = probes[probe];
  const child = fork(script, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] });
  let found: Finding[] | undefined;
  let said = '';
  let late = false;
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2000);
  });
  child.on('message', (message) => {
    const report = reportSchema.safeParse(message);
    if (report.success) found = report.data.findings;
  });
  const order: ProbeOrder = { probe, settings };
  child.send(order, () => undefined);
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, patienceMs);
  return new Promise((resolve) => {
    const end = (how: string): void => {
      clearTimeout(timer);
      const lastWords = said.trim().split('\n').at(-1) ?? '';
      resolve(
        found ?? [missing(check, lastWords === '' ? how : `${how}: ${lastWords}`, reinstall)],
      );
    };
    child.once('error', (error) => {
      end(error.message);
    });
    child.once('close', (code, signal) => {
      end(late ? 'hangs' : `ends with ${signal ?? `exit code ${String(code)}`}`);
    });
  });
}

/** A library that cannot be loaded. */
export const notLoaded = (probe: ProbeName, error: unknown): Finding =>
  missing(
    probes[probe],
    `does not load: ${(error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''}`,
    reinstall,
  );
