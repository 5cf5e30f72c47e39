import { InputError } from '../../mixer/input/index.ts';
import { type LoadRequest, parseArguments, UsageError } from './options.ts';
import type { LoadReport } from './report.ts';
import { runLoad, UnreachableError } from './run.ts';

/** What the process ends with. */
export const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What surrounds a run of the command. */
export interface CommandSurroundings {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Aborted when the person at the terminal has had enough. */
  readonly signal: AbortSignal;
}

/**
 * Runs `onegrid load`.
 *
 * @param args - What stands behind `load`.
 * @returns The exit code; whatever there is to say has been said.
 */
export async function load(
  args: readonly string[],
  surroundings: CommandSurroundings,
): Promise<ExitCode> {
  const { stderr } = surroundings;
  try {
    const request = parseArguments(args);
    return request === null ? exitCodes.done : await run(request, surroundings);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    stderr.write(`onegrid load: ${message.replaceAll(/\s*[\r\n]+\s*/gu, ' ').trim()}\n`);
    if (error instanceof UsageError || error instanceof InputError) return exitCodes.usage;
    if (!(error instanceof UnreachableError) && error instanceof Error) {
      stderr.write(`${error.stack ?? ''}\n`);
    }
    return exitCodes.failed;
  }
}

async function run(
  { options, json, details, quiet }: LoadRequest,
  { stdout, stderr, signal }: CommandSurroundings,
): Promise<ExitCode> {
  const result = await runLoad(options, {
    signal,
    progress: quiet ? undefined : (line) => stderr.write(`onegrid load: ${line}\n`),
  });
  const { report } = result;
  if (json) {
    const printed = details ? { ...report, details: result.details } : report;
    stdout.write(`${JSON.stringify(printed)}\n`);
  } else stdout.write(summaryOf(report));
  if (report.joined > 0 || signal.aborted) return exitCodes.done;
  const [first] = report.errors;
  const why =
    first === undefined ? 'nothing came from the server.' : `${first.code}: ${first.message}`;
  stderr.write(`onegrid load: Nobody could join: ${why}\n`);
  return exitCodes.failed;
}

/** Some of the errors, each kind once. */
function errorsOf({ errors }: LoadReport): string[] {
  const kinds = new Map<string, number>();
  for (const { code, message } of errors) {
    const line = `${code}: ${message}`;
    kinds.set(line, (kinds.get(line) ?? 0) + 1);
  }
  return [...kinds].map(([line, count]) => `                ${count} x ${line}`);
}

const shown = (value: number | null, unit = ''): string =>
  value === null ? '–' : `${value}${unit}`;

/** What is said at the end to people. */
function summaryOf(report: LoadReport): string {
  const { participants, joined, fps, gapsMs, joinMs, errors } = report;
  return [
    `joined          ${joined} of ${participants}, in ${shown(joinMs.p50)} ms (median), ${shown(joinMs.p95)} ms (p95)`,
    `pictures        ${shown(fps.median)} a second (median), ${shown(fps.p5)} (p5)`,
    `gaps            ${shown(gapsMs.received.p50)} ms (median), ${shown(gapsMs.received.p99)} ms (p99), ${shown(report.gapMaxMs)} ms (longest)`,
    `packets         ${report.packets}, ${report.lossPercent} % lost, ${report.recoveredPackets} recovered`,
    `downlink        ${report.bitrateKbps} kbit/s each, ${report.keyframes} keyframes, ${report.plis} asked for`,
    `this process    ${report.cpuPercent} % of a core`,
    `errors          ${errors.length}`,
    ...errorsOf(report),
    '',
  ].join('\n');
}
