import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodePacket, machineOffsetMs, type OutputPacket } from '../../../mcu/outputs/wire.ts';
import type { Output, OutputCommand, OutputEvent } from '../../../mcu/protocol/outputs.ts';
import type { Pulse } from '../../../mcu/protocol/pulse.ts';
import { afterEach } from 'vitest';
import { testRunFolder, testRunVariable } from '../../harness/test-run.ts';
import { until } from '../../harness/until.ts';
import { canvas, type Clip, fps, soundAt } from './clip.ts';

const entry = fileURLToPath(new URL('../../../dist/mcu/outputs/main.js', import.meta.url));

/** Makes empty folders that go after each test, as what a test started does. */
export function useFolders(): () => string {
  const folders: string[] = [];
  afterEach(async () => {
    for (const output of running.splice(0)) await output.kill();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    const base = testRunFolder(process.env[testRunVariable]!);
    mkdirSync(base, { recursive: true });
    folders.push(mkdtempSync(join(base, 'o-')));
    return folders.at(-1)!;
  };
}

const running: OutputProcess[] = [];

/** A real output process, as the gateway starts it. */
export class OutputProcess {
  readonly child: ChildProcess;
  readonly events: OutputEvent[] = [];
  /** All it printed. */
  log = '';
  exit: { code: number | null; signal: string | null } | null = null;

  constructor(environment: Record<string, string> = {}) {
    this.child = fork(entry, {
      serialization: 'json',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...environment },
    });
    running.push(this);
    this.child.on('message', (event: OutputEvent | Pulse) => {
      if (event.type !== 'pulse') this.events.push(event);
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream!.on('data', (text: Buffer) => (this.log += text.toString()));
    }
    this.child.on('exit', (code, signal) => (this.exit = { code, signal }));
  }

  /** Starts one that makes an output; resolves when a room may connect. */
  static async open(
    output: Output,
    socket: string,
    environment: Record<string, string> = {},
  ): Promise<OutputProcess> {
    const made = new OutputProcess(environment);
    made.send({ type: 'open', output, socket, canvas, fps, logLevel: 'info' });
    await until(
      () => made.of('listening').length > 0,
      () => made.log,
    );
    return made;
  }

  send(command: OutputCommand): void {
    this.child.send(command);
  }

  /** All events of a type. */
  of<T extends OutputEvent['type']>(type: T): Extract<OutputEvent, { type: T }>[] {
    return this.events.filter((event) => event.type === type) as Extract<
      OutputEvent,
      { type: T }
    >[];
  }

  /** Waits until it has looked after everything that was sent to it; it does so once a second. */
  async caughtUp(): Promise<void> {
    const told = this.of('progress').length;
    // Between one and the next it has read what there was.
    await until(
      () => this.of('progress').length > told + 1,
      () => this.log,
    );
  }

  /** Waits for its end: the last event and the exit. */
  async ended(): Promise<OutputEvent> {
    await until(
      () => this.exit !== null,
      () => this.log,
    );
    const last = this.events.at(-1);
    if (last === undefined) throw new Error(`It said nothing: ${this.log}`);
    return last;
  }

  async finish(): Promise<OutputEvent> {
    this.send({ type: 'finish' });
    return this.ended();
  }

  async kill(): Promise<void> {
    if (this.exit !== null) return;
    this.child.kill('SIGKILL');
    await until(() => this.exit !== null);
  }
}

/** Has the segments of a directory put together. */
export async function assembled(directory: string): Promise<OutputEvent> {
  const made = new OutputProcess();
  made.send({ type: 'assemble', directory, logLevel: 'info' });
  return made.ended();
}

/** What a room process sends, made up. */
export class Feed {
  readonly #socket: Socket;
  readonly #clip: Clip;
  /** The machine's clock at position 0 of the clip. */
  readonly startMs: number;

  private constructor(socket: Socket, clip: Clip, startMs: number) {
    this.#socket = socket;
    this.#clip = clip;
    this.startMs = startMs;
  }

  /** @param startMs - The machine's clock at position 0; now when omitted. */
  static async connect(
    path: string,
    clip: Clip,
    startMs = performance.now() + machineOffsetMs(),
  ): Promise<Feed> {
    const socket = createConnection(path);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    socket.on('error', () => undefined);
    return new Feed(socket, clip, startMs);
  }

  write(packet: OutputPacket): void {
    for (const part of encodePacket(packet)) this.#socket.write(part);
  }

  /** Sends the clip from one second to another, as fast as it goes; `sound` false: the pictures alone. */
  async send(fromSecond: number, toSecond: number, sound = true): Promise<void> {
    const end = Math.round(toSecond * fps);
    for (let picture = Math.round(fromSecond * fps); picture < end; picture += 1) {
      this.picture(picture);
      if (sound) for (const ms of [0, 20]) this.sound((picture * 1000) / fps + ms);
    }
    await this.drained();
  }

  /** Sends the clip at its own pace, until it is closed. */
  async play(fromSecond: number, toSecond: number): Promise<void> {
    for (let second = fromSecond; second < toSecond && !this.#socket.destroyed; second += 0.2) {
      const wait = this.startMs + second * 1000 - (performance.now() + machineOffsetMs());
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      await this.send(second, Math.min(second + 0.2, toSecond));
    }
  }

  picture(index: number): void {
    const { pictures } = this.#clip;
    const { data, keyframe } = pictures[index % pictures.length]!;
    this.write({
      kind: 'video',
      keyframe,
      scheduled: keyframe,
      atMs: this.startMs + (index * 1000) / fps,
      data,
    });
  }

  /** 20 ms of it. */
  sound(ms: number, speaker = 0, frequency = 1000): void {
    const data = soundAt(Math.round(ms), frequency);
    this.write({ kind: 'audio', speaker, atMs: this.startMs + ms, data });
  }

  /** What the socket has not taken yet. */
  get waitingBytes(): number {
    return this.#socket.writableLength;
  }

  async drained(): Promise<void> {
    if (this.#socket.writableLength === 0) return;
    await new Promise<void>((resolve) => this.#socket.write('', () => resolve()));
  }

  close(): void {
    this.#socket.destroy();
  }
}
