import type { ErrorRequestHandler } from 'express';
import type { Logger } from '../../log.ts';
import { asTold, type ErrorCode, OnegridError } from '../../protocol/errors.ts';
import { shortId } from '../short-id.ts';
import { RangeNotSatisfiable } from './send-file.ts';

const statusOf: Partial<Record<ErrorCode, number>> = {
  'bad-request': 400,
  'bad-room-name': 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  'too-fast': 429,
  overloaded: 503,
  'no-space': 507,
};

/** Express marks errors that are the client's own by a status of 4xx. */
function asAnswer(error: unknown): OnegridError {
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
  if (status === 413) {
    return new OnegridError('too-large', 'The body of a request is at most 16 KiB.');
  }
  return status >= 400 && status < 500
    ? new OnegridError('bad-request', 'This request cannot be understood.')
    : asTold(error);
}

/** They tell of a file, and an error is none: it is JSON, and not to be kept for a year. */
const headersOfFiles = [
  'Content-Type',
  'Content-Disposition',
  'Content-Range',
  'ETag',
  'Last-Modified',
  'Accept-Ranges',
];

/**
 * Answers errors as JSON: `{error: {code, message}}`, with an `X-Request-Id` that the log has, too.
 * @param refused - told of each
 */
export function errorHandler(log: Logger, refused: (code: ErrorCode) => void): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const id = shortId();
    // The path without its query, which may hold a token.
    const about = { request: id, method: request.method, path: request.path };
    if (response.headersSent) {
      log.debug({ ...about, err: error }, 'answer cut off');
      next(error);
      return;
    }
    // What was set for a file that could not be sent after all.
    for (const name of headersOfFiles) response.removeHeader(name);
    response.set('Cache-Control', 'no-store');
    response.set('X-Request-Id', id);
    if (error instanceof RangeNotSatisfiable) {
      refused('bad-request');
      response.status(416).set('Content-Range', error.contentRange);
      response.json({ error: { code: 'bad-request', message: error.message } });
      return;
    }
    const { code, message } = asAnswer(error);
    refused(code);
    if (code === 'internal') log.error({ ...about, err: error }, 'request failed');
    else log.debug({ ...about, code }, 'request refused');
    if (code === 'unauthorized') response.set('WWW-Authenticate', 'Bearer realm="onegrid"');
    response.status(statusOf[code] ?? 500).json({ error: { code, message } });
  };
}
