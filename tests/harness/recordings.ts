import { join } from 'node:path';
import type { TestServer } from './server.ts';
import { until } from './until.ts';

/** A recording as the HTTP API tells it; times in ISO 8601, null while unknown. */
export interface Recording {
  readonly id: string;
  readonly room: string;
  readonly state: 'starting' | 'active' | 'finishing' | 'complete' | 'interrupted' | 'failed';
  readonly reason: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly durationSeconds: number;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  readonly participants: readonly { readonly id: string; readonly name: string }[];
  readonly media: string | null;
  readonly poster: string | null;
}

/** An answer of the HTTP API. */
export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

/** What the API answers to a request with a JSON body, or none. */
export async function ask<Body = unknown>(
  server: Pick<TestServer, 'url'>,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer<Body>> {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as Body };
}

/** Starts a recording and waits until it runs. */
export async function record(
  server: Pick<TestServer, 'url'>,
  room: string,
  options: { tracks?: boolean } = {},
): Promise<Recording> {
  const { status, body } = await ask<Recording>(
    server,
    'POST',
    `/rooms/${room}/recordings`,
    options,
  );
  if (status !== 201) throw new Error(`recording not started: ${JSON.stringify(body)}`);
  return reach(server, body.id, ['active']);
}

/** Waits until a recording is in one of these states. */
export async function reach(
  server: Pick<TestServer, 'url'>,
  id: string,
  states: readonly Recording['state'][],
): Promise<Recording> {
  let last: Recording | undefined;
  await until(
    async () => {
      last = (await ask<Recording>(server, 'GET', `/recordings/${id}`)).body;
      return states.includes(last.state);
    },
    () => `the recording should be ${states.join(' or ')}: ${JSON.stringify(last)}`,
  );
  return last!;
}

/** Stops a recording and waits until it can be played. */
export async function stop(server: Pick<TestServer, 'url'>, id: string): Promise<Recording> {
  const { status, body } = await ask(server, 'POST', `/recordings/${id}/stop`);
  if (status !== 200) throw new Error(`recording not stopped: ${JSON.stringify(body)}`);
  return reach(server, id, ['complete', 'interrupted', 'failed']);
}

/** Where a recording's media is on the server's disk. */
export const mediaOf = (dataDirectory: string, id: string): string =>
  join(dataDirectory, 'recordings', id, 'media.mp4');
