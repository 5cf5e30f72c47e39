import { InputError } from '../input/index.ts';
import { OutputError } from '../output/index.ts';
import { TimelineError } from '../render/index.ts';

/** What the process ends with. */
export const exitCodes = {
  done: 0,
  usage: 2,
  input: 3,
  output: 4,
  internal: 5,
  interrupted: 130,
} as const;

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Something the person at the terminal can put right; `message` is one sentence. */
export class Failure extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The exit code and the one line that go with whatever was thrown. */
export function outcomeOf(error: unknown): { exitCode: ExitCode; line: string } {
  const line = oneLine(error instanceof Error ? error.message : String(error));
  if (error instanceof Failure) return { exitCode: error.exitCode, line };
  if (error instanceof TimelineError) return { exitCode: exitCodes.usage, line };
  if (error instanceof InputError) return { exitCode: exitCodes.input, line };
  if (error instanceof OutputError) return { exitCode: exitCodes.output, line };
  return { exitCode: exitCodes.internal, line: `Something went wrong within: ${line}` };
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*[\r\n]+\s*/gu, ' ').trim();
}
