import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import * as z from 'zod';
import { findChromium } from '../../harness/browsers.ts';
import { findTool } from '../../harness/find-tools.mjs';
import { inChild } from './in-child.ts';

/** Where and with what a run was made. */
export const machineSchema = z.strictObject({
  cpu: z.string(),
  cores: z.int().positive(),
  memoryGiB: z.number(),
  system: z.string(),
  /** By name; a program that is not there has the word "none". */
  versions: z.strictObject({
    node: z.string(),
    libav: z.string(),
    ffmpeg: z.string(),
    gstreamer: z.string(),
    chromium: z.string(),
  }),
});

/** See {@link machineSchema}. */
export type Machine = z.infer<typeof machineSchema>;

const none = 'none';

/** Asks everything for its version. */
export async function thisMachine(): Promise<Machine> {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release().split('.').slice(0, 2).join('.')}, ${process.arch}`,
    versions: {
      node: process.version.slice(1),
      libav: await inChild(new URL('libav-version.ts', import.meta.url), null, z.string()),
      ffmpeg: firstLine(findTool('ffmpeg'), ['-version'], /version (\S+)/),
      gstreamer: firstLine(findTool('gstreamer'), ['--version'], /version (\S+)/),
      chromium: firstLine(chromium(), ['--version'], /(\d+(\.\d+)+)/),
    },
  };
}

/** What git calls the state of the sources, `-dirty` behind it where they were changed since; "none" outside of git. */
export function thisCommit(): string {
  return firstLine('git', ['describe', '--always', '--dirty', '--abbrev=12'], /(\S+)/);
}

function chromium(): string | null {
  try {
    return findChromium();
  } catch {
    return null;
  }
}

function firstLine(program: string | null, args: readonly string[], version: RegExp): string {
  if (program === null) return none;
  try {
    const said = execFileSync(program, args, { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
    return version.exec(said)?.[1] ?? none;
  } catch {
    return none;
  }
}
