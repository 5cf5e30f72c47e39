import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Death } from '../../../mcu/gateway/death.ts';
import type { OutputProcess } from '../../../mcu/gateway/output-process.ts';
import type { OutputCommand, OutputEvent } from '../../../mcu/protocol/outputs.ts';

const wellDone: Death = { cause: 'exit', why: 'exit code 0' };

type Listener = Parameters<OutputProcess['attach']>[0];

/** An output process that is none: it says it has made what it is told to, at once, so that thousands of them cost little. */
export class InstantOutput implements OutputProcess {
  readonly pid = -1;
  #listener: Listener | undefined;
  #over = false;
  /** The folder of the recording it makes; null where it makes something else. */
  #recording: string | null = null;
  #gone: () => void = () => undefined;
  readonly #end = new Promise<void>((resolve) => {
    this.#gone = resolve;
  });

  send(command: OutputCommand): void {
    switch (command.type) {
      case 'open':
        if (command.output.kind !== 'stream')
          mkdirSync(command.output.directory, { recursive: true });
        if (command.output.kind === 'recording') this.#recording = command.output.directory;
        this.#tell({ type: 'listening' });
        this.#tell({ type: 'started', agoMs: 0 });
        return;
      case 'assemble':
        this.#recording = command.directory;
        this.#finish();
        return;
      case 'finish':
        this.#finish();
        return;
      default:
        command satisfies never;
    }
  }

  attach(listener: Listener): void {
    this.#listener = listener;
  }

  kill(): void {
    this.#ended({ cause: 'signal', why: 'SIGKILL' });
  }

  gone(): Promise<void> {
    this.#ended(wellDone);
    return this.#end;
  }

  #finish(): void {
    if (this.#recording !== null) {
      writeFileSync(join(this.#recording, 'media.mp4'), 'media');
      writeFileSync(join(this.#recording, 'poster.jpg'), 'poster');
    }
    this.#tell({ type: 'finished', durationSeconds: 1, bytes: 5, full: false });
    setImmediate(() => {
      this.#ended(wellDone);
    });
  }

  #tell(event: OutputEvent): void {
    setImmediate(() => {
      if (!this.#over) this.#listener?.event(event);
    });
  }

  #ended(death: Death): void {
    if (this.#over) return;
    this.#over = true;
    this.#gone();
    this.#listener?.ended(death);
  }
}
