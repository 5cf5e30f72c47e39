import type { Response } from 'express';
import { OnegridError } from '../../protocol/errors.ts';

/** How a file is sent. */
export interface SendOptions {
  /** The folder; nothing outside of it is sent. */
  readonly root: string;
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Sends a file, or the part of it that is asked for (RFC 9110 §14), with the type of its ending, ETag and Last-Modified.
 * @throws OnegridError `not-found` where it has gone in the meantime
 */
export function sendFile(response: Response, { root, name, headers }: SendOptions): Promise<void> {
  response.set(headers);
  return new Promise((resolve, reject) => {
    response.sendFile(name, { root, cacheControl: false, dotfiles: 'deny' }, (error) => {
      if (error instanceof Error) {
        // The client has gone: nobody to tell.
        if (response.headersSent || response.destroyed) resolve();
        else reject(asAnswer(error, response));
      } else {
        resolve();
      }
    });
  });
}

function asAnswer(error: Error, response: Response): Error {
  // They are of the file, and the answer is JSON.
  for (const name of ['Content-Disposition', 'Content-Type', 'ETag', 'Last-Modified']) {
    response.removeHeader(name);
  }
  response.set('Cache-Control', 'no-store');
  const { status, headers } = error as Error & {
    status?: number;
    headers?: Record<string, string>;
  };
  if (status === 404 || status === 403) {
    return new OnegridError('not-found', 'There is no such file.');
  }
  // RFC 9110 §15.5.17: an answer 416 tells how long the file is.
  if (status === 416) return new RangeNotSatisfiable(headers?.['Content-Range'] ?? 'bytes */*');
  return error;
}

/** 416: the part that was asked for is not there. */
export class RangeNotSatisfiable extends Error {
  override readonly name = 'RangeNotSatisfiable';
  /** Of the answer. */
  readonly contentRange: string;

  constructor(contentRange: string) {
    super('There is no such part of this file.');
    this.contentRange = contentRange;
  }
}
