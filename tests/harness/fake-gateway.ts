import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { readSettings } from '../../mcu/config/settings.ts';
import { startOutputProcess } from '../../mcu/gateway/output-process.ts';
import { type Gateway, startGateway } from '../../mcu/gateway/server.ts';
import { SignallingClient } from './client.ts';
import { FakeRoom } from './fake-room.ts';
import { makeDataDir } from './test-run.ts';
import { until } from './until.ts';

const fakeOutput = fileURLToPath(new URL('fake-output.mjs', import.meta.url));

/** What a recording is over HTTP, as far as tests look at it. */
export interface ToldRecording {
  id: string;
  room: string;
  state: string;
  reason: string | null;
  startedAt: string;
  endedAt: string | null;
  durationSeconds: number;
  bytes: number;
  width: number;
  height: number;
  participants: { id: string; name: string; leftAt: string | null; track: string | null }[];
  media: string | null;
  poster: string | null;
}

type Drop<List extends unknown[]> = List extends [unknown, ...infer Rest] ? Rest : never;

/** A real gateway in this process, with rooms and output processes that make no media. */
export class FakeGateway {
  readonly rooms: FakeRoom[] = [];
  /** Everything it has logged, as JSON lines. */
  log = '';
  readonly dataDir: string;
  readonly #clients: SignallingClient[] = [];
  #gateway: Gateway | undefined;

  private constructor(dataDir: string) {
    this.dataDir = dataDir;
  }

  static async start(
    environment: Record<string, string> = {},
    dataDir = makeDataDir(),
  ): Promise<FakeGateway> {
    const fake = new FakeGateway(dataDir);
    const settings = readSettings({
      PORT: '0',
      ONEGRID_HOST: '127.0.0.1',
      ONEGRID_DATA_DIR: dataDir,
      ONEGRID_MIN_FREE_BYTES: '0',
      // Rooms without media cost nothing, and this process is busy with tests.
      ONEGRID_CPU_BUDGET: '0',
      ...environment,
    });
    const log = pino({ level: 'debug' }, { write: (line: string) => (fake.log += line) });
    fake.#gateway = await startGateway(settings, log, {
      room: () => {
        const room = new FakeRoom();
        fake.rooms.push(room);
        return room;
      },
      output: () => startOutputProcess(settings, log, undefined, fakeOutput),
    });
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.#gateway!.port)}`;
  }

  async join(...who: Drop<Parameters<typeof SignallingClient.join>>): Promise<SignallingClient> {
    const client = await SignallingClient.join(this.url, ...who);
    this.#clients.push(client);
    return client;
  }

  /** The newest process of a room. */
  room(name: string): FakeRoom {
    return this.rooms.findLast(({ room }) => room === name)!;
  }

  request(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.url}${path}`, init);
  }

  /** A request with a JSON body, and the JSON of its answer. */
  // The caller knows what it asked for.
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  async json<Answer>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: Answer }> {
    const response = await this.request(path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as Answer };
  }

  async recording(id: string): Promise<ToldRecording> {
    return (await this.json<ToldRecording>('GET', `/api/v1/recordings/${id}`)).body;
  }

  /** Starts recording over HTTP. */
  async record(room: string, body?: unknown): Promise<string> {
    const path = `/api/v1/rooms/${room}/recordings`;
    const answer = await this.json<{ id: string }>('POST', path, body);
    if (answer.status !== 201) throw new Error(JSON.stringify(answer));
    return answer.body.id;
  }

  /** Waits for a state of a recording. */
  async reached(id: string, state: string): Promise<ToldRecording> {
    let last: ToldRecording | undefined;
    await until(
      async () => (last = await this.recording(id)).state === state,
      () => JSON.stringify(last),
    );
    return last!;
  }

  /** Records for a moment. @returns its id */
  async recorded(room: string): Promise<string> {
    const id = await this.record(room);
    await this.reached(id, 'active');
    await this.json('POST', `/api/v1/recordings/${id}/stop`);
    await this.reached(id, 'complete');
    return id;
  }

  /** Has it told to stop by a service manager; resolves when it has. */
  async drain(): Promise<void> {
    await this.#gateway!.drain();
  }

  /** Stops it; `keep`: its data stays. */
  async stop(keep = false): Promise<void> {
    await this.#gateway?.close();
    this.#gateway = undefined;
    await Promise.all(this.#clients.splice(0).map((client) => client.close()));
    if (!keep) rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** Puts HLS files where a server that died would have left them. */
export function makeHlsLeftover(dataDir: string, room: string): void {
  mkdirSync(join(dataDir, 'hls', room), { recursive: true });
  writeFileSync(join(dataDir, 'hls', room, 'index.m3u8'), '#EXTM3U\n');
}
