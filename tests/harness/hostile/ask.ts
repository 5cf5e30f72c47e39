import { errorCodes } from '../../../mcu/protocol/errors.ts';
import { hostileRequest, RawHttp } from './http.ts';
import { generate } from './seed.ts';

/** What came of requests. */
export interface AskTally {
  sent: number;
  /** Answers, by status; `none` where the connection was closed or nothing came. */
  readonly statuses: Map<string, number>;
  /** What must not be; empty when all is well. */
  readonly wrong: string[];
}

const known = new Set<string>(errorCodes);

/** Sends requests over one connection after the other. Each must be answered, errors by a code; none by `internal`. */
export async function ask(port: number, count: number, seed: number): Promise<AskTally> {
  const tally: AskTally = { sent: 0, statuses: new Map(), wrong: [] };
  const http = new RawHttp(port);
  for (const request of generate(hostileRequest, count, seed)) {
    const answer = await http.ask(request);
    tally.sent += 1;
    const status = answer === null ? 'none' : String(answer.status);
    tally.statuses.set(status, (tally.statuses.get(status) ?? 0) + 1);
    if (answer === null || answer.status < 400 || request.method === 'HEAD') continue;
    const asked = request.head.subarray(0, 200).toString();
    const isJson = /^content-type: application\/json/im.test(answer.headers);
    const code = isJson ? codeOf(answer.body.toString()) : null;
    // Of what wanted to be a WebSocket: nobody reads a body there.
    const isBare = answer.body.length === 0 && [403, 404, 400, 405, 426].includes(answer.status);
    if (answer.status >= 500 && answer.status !== 503 && answer.status !== 507) {
      tally.wrong.push(`${status} for ${asked}`);
    } else if (!isBare && (code === null || !known.has(code) || code === 'internal')) {
      tally.wrong.push(
        `${status} ${code ?? 'without a code'} for ${asked}: ${answer.body.subarray(0, 200).toString()}`,
      );
    }
  }
  http.close();
  return tally;
}

function codeOf(text: string): string | null {
  try {
    const body = JSON.parse(text) as { error?: { code?: unknown } };
    return typeof body.error?.code === 'string' ? body.error.code : null;
  } catch {
    return null;
  }
}
