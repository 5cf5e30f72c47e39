/** Every error code a client can meet, on WebSocket, HTTP and the command line alike. */
export const errorCodes = [
  'bad-message',
  'bad-room-name',
  'bad-name',
  'room-full',
  'unauthorized',
  'forbidden',
  'not-joined',
  'not-found',
  'conflict',
  'bad-sdp',
  'too-fast',
  'too-large',
  'overloaded',
  'unsupported-protocol',
  'bad-request',
  'no-space',
  'internal',
] as const;

/** One of {@link errorCodes}. */
export type ErrorCode = (typeof errorCodes)[number];

/** The one error type that may reach a client: a stable code for machines, a sentence for people. */
export class OnegridError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OnegridError';
    this.code = code;
  }
}

/** What a client is told of an error: of one that nobody foresaw, only that there was one. */
export const asTold = (error: unknown): OnegridError =>
  error instanceof OnegridError
    ? error
    : new OnegridError('internal', 'Something went wrong on the server.', { cause: error });
