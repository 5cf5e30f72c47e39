import { OnegridError } from '../protocol/errors.ts';

/** A picture may be so old. */
const freshMs = 1000;
/** A room process that does not answer for so long is not waited for. */
const patienceMs = 3000;

interface Request {
  readonly id: number;
  readonly result: Promise<Buffer>;
  readonly resolve: (jpeg: Buffer) => void;
  readonly reject: (error: OnegridError) => void;
}

/** Pictures of a room: one is asked for at a time, and shown to all who ask within a second. */
export class Snapshots {
  readonly #ask: (requestId: number) => void;
  #nextId = 1;
  #request: Request | undefined;
  #last: { readonly jpeg: Buffer; readonly atMs: number } | undefined;

  /** @param ask - asks the room process, which gives its {@link answer} */
  constructor(ask: (requestId: number) => void) {
    this.#ask = ask;
  }

  /**
   * The composite as JPEG.
   * @throws OnegridError `conflict` where there is none yet, `overloaded` where nobody answers
   */
  async take(): Promise<Buffer> {
    if (this.#last !== undefined && performance.now() - this.#last.atMs < freshMs) {
      return this.#last.jpeg;
    }
    const request = this.#request ?? this.#send();
    return request.result;
  }

  /** @param jpeg - in Base64; null where there is no picture */
  answer(requestId: number, jpeg: string | null): void {
    const request = this.#request;
    if (request?.id !== requestId) return;
    if (jpeg === null) {
      request.reject(new OnegridError('conflict', 'This room has no picture yet.'));
      return;
    }
    const picture = Buffer.from(jpeg, 'base64');
    this.#last = { jpeg: picture, atMs: performance.now() };
    request.resolve(picture);
  }

  /** The room closes. */
  close(): void {
    this.#request?.reject(new OnegridError('not-found', 'The room is closed.'));
  }

  #send(): Request {
    const id = this.#nextId;
    this.#nextId += 1;
    let resolve: (jpeg: Buffer) => void = () => undefined;
    let reject: (error: OnegridError) => void = () => undefined;
    const result = new Promise<Buffer>((onResult, onError) => {
      resolve = onResult;
      reject = onError;
    }).finally(() => {
      clearTimeout(timer);
      this.#request = undefined;
    });
    const timer = setTimeout(() => {
      reject(new OnegridError('overloaded', 'The room does not answer.'));
    }, patienceMs);
    const request = { id, result, resolve, reject };
    this.#request = request;
    this.#ask(id);
    return request;
  }
}
