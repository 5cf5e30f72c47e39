import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { outputKindOf } from '../output/index.ts';
import {
  renderPicture,
  renderTimeline,
  type RenderResult,
  type TimelineInput,
  timelineOf,
} from '../render/index.ts';
import { type ExitCode, exitCodes, Failure, outcomeOf } from './exit.ts';
import { type MixRequest, parseArguments } from './options.ts';
import { type Progress, showProgress, type ProgressStream } from './progress.ts';
import { readTimelineFile } from './timeline-file.ts';

/** What surrounds a run of the command. */
export interface MixSurroundings {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: ProgressStream;
  /** Aborted when the person at the terminal has had enough. */
  readonly signal: AbortSignal;
  /** Milliseconds of a clock that does not jump. */
  readonly now: () => number;
  /** Whether what was thrown is shown whole. */
  readonly debug: boolean;
}

/**
 * Runs `onegrid mix`.
 *
 * @param args - What stands behind `mix`.
 * @returns The exit code; whatever there is to say has been said.
 */
export async function mix(
  args: readonly string[],
  surroundings: MixSurroundings,
): Promise<ExitCode> {
  const { stdout, stderr, signal, debug } = surroundings;
  try {
    const request = parseArguments(args);
    if (request !== null) await run(request, surroundings, stdout);
    return exitCodes.done;
  } catch (error) {
    const interrupted = signal.aborted && !(error instanceof Failure);
    const { exitCode, line } = interrupted
      ? { exitCode: exitCodes.interrupted, line: 'Interrupted; nothing was written.' }
      : outcomeOf(error);
    stderr.write(`onegrid mix: ${line}\n`);
    if (debug && error instanceof Error) stderr.write(`${error.stack ?? ''}\n`);
    return exitCode;
  }
}

async function run(
  request: MixRequest,
  { stderr, signal, now }: MixSurroundings,
  stdout: NodeJS.WritableStream,
): Promise<void> {
  const { output, quiet, json } = request;
  const timeline = await timelineFor(request);
  refuseToOverwriteInputs(timeline, output);
  const started = now();
  const progress = quiet ? null : showProgress(stderr, now);
  let result: RenderResult;
  try {
    result = await render(request, timeline, signal, progress);
  } finally {
    progress?.stop();
  }
  const elapsedSeconds = Math.max(now() - started, 1) / 1000;
  for (const warning of result.warnings) stderr.write(`onegrid mix: ${warning}\n`);
  if (json) stdout.write(`${JSON.stringify(reportOf(result, output, elapsedSeconds))}\n`);
  else if (!quiet) stderr.write(`${summaryOf(result, output, elapsedSeconds)}\n`);
}

async function timelineFor(request: MixRequest): Promise<TimelineInput> {
  if (request.timeline === undefined) return timelineOf(request.inputs, request.picture);
  return { ...(await readTimelineFile(request.timeline)), ...request.picture };
}

function render(
  { output, force, at, bitsPerSecond, labels, transitions }: MixRequest,
  timeline: TimelineInput,
  signal: AbortSignal,
  progress: Progress | null,
): Promise<RenderResult> {
  if (outputKindOf(output) === 'png') {
    return renderPicture(timeline, output, { at, labels, overwrite: force, signal });
  }
  return renderTimeline(timeline, output, {
    bitsPerSecond,
    labels,
    transitions,
    overwrite: force,
    signal,
    ...(progress && { onProgress: (made) => progress.update(made) }),
  });
}

/** What is said at the end. */
function summaryOf({ durationSeconds }: RenderResult, output: string, elapsed: number): string {
  if (durationSeconds === 0) return `${output}: a picture, in ${elapsed.toFixed(1)} s`;
  const speed = (durationSeconds / elapsed).toFixed(1);
  return `${output}: ${durationSeconds.toFixed(2)} s in ${elapsed.toFixed(1)} s (${speed}x)`;
}

/** What `--json` prints. */
function reportOf(result: RenderResult, output: string, elapsedSeconds: number): object {
  const { durationSeconds, width, height, fps, frames, participants, warnings } = result;
  return {
    output,
    durationSeconds,
    width,
    height,
    fps,
    frames,
    participants,
    elapsedSeconds,
    realtimeFactor: durationSeconds / elapsedSeconds,
    warnings,
  };
}

/** With --force an input would be gone once the output is there. */
function refuseToOverwriteInputs({ participants }: TimelineInput, output: string): void {
  const target = realPath(output);
  for (const { media } of participants) {
    if (realPath(media) !== target) continue;
    throw new Failure(exitCodes.usage, `The output "${output}" is one of the inputs.`);
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
