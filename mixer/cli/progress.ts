import { Presets, SingleBar } from 'cli-progress';
import type { RenderProgress } from '../render/index.ts';

/** Where a render is told about: a terminal, or a file or pipe. */
export interface ProgressStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
}

/** Tells how far a render is. */
export interface Progress {
  update(progress: RenderProgress): void;
  /** Ends it; may be called twice. */
  stop(): void;
}

/** How often a line is written where there is no terminal; milliseconds. */
const lineEveryMs = 3_000;

/**
 * A bar on a terminal, a line every few seconds elsewhere.
 *
 * @param stream - Where it is shown.
 * @param now - Milliseconds of a clock that does not jump.
 */
export function showProgress(stream: ProgressStream, now: () => number): Progress {
  return stream.isTTY === true ? bar(stream, now) : lines(stream, now);
}

function bar(stream: ProgressStream, now: () => number): Progress {
  const started = now();
  const shown = new SingleBar(
    {
      stream,
      format: '{bar} {percentage}% | frame {value}/{total} | {speed}x | {left} left',
      hideCursor: true,
      // Interrupts are ours to handle.
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  let running = false;
  return {
    update(progress) {
      const pace = paceOf(progress, now() - started);
      if (!running) shown.start(progress.frames, progress.frame, pace);
      else shown.update(progress.frame, pace);
      running = true;
    },
    stop() {
      if (running) shown.stop();
      running = false;
    },
  };
}

function lines(stream: ProgressStream, now: () => number): Progress {
  const started = now();
  let lastMs = started;
  return {
    update(progress) {
      const nowMs = now();
      if (nowMs - lastMs < lineEveryMs) return;
      lastMs = nowMs;
      const { speed, left } = paceOf(progress, nowMs - started);
      stream.write(`frame ${progress.frame} of ${progress.frames}, ${speed}x, ${left} left\n`);
    },
    stop: () => undefined,
  };
}

/** Seconds of output made in a second, and the time that is left at this pace. */
function paceOf(
  { frame, frames, fps }: RenderProgress,
  elapsedMs: number,
): { speed: string; left: string } {
  if (frame === 0 || elapsedMs <= 0) return { speed: '–', left: '–' };
  const leftSeconds = ((frames - frame) / frame) * (elapsedMs / 1000);
  return {
    speed: (frame / fps / (elapsedMs / 1000)).toFixed(1),
    left: timeOf(Math.ceil(leftSeconds)),
  };
}

function timeOf(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
