import { readFileSync } from 'node:fs';
import type { Page, Route } from 'playwright-core';
import type { Recording } from '../../mcu/protocol/recordings.ts';

/** A recording as the server lists it: complete unless said otherwise. */
export function recordingOf(id: string, differences: Partial<Recording> = {}): Recording {
  return {
    id,
    room: 'kitchen',
    state: 'complete',
    reason: 'stopped',
    startedAt: '2025-03-01T10:15:00Z',
    endedAt: '2025-03-01T10:27:30Z',
    durationSeconds: 750,
    bytes: 12_345_678,
    width: 1280,
    height: 720,
    participants: [
      { id: 'a', name: 'Ana' },
      { id: 'b', name: 'Bo' },
    ],
    media: `/api/v1/recordings/${id}/media`,
    poster: `/api/v1/recordings/${id}/poster.jpg`,
    chat: null,
    ...differences,
  };
}

/** The HTTP API of recordings as a page meets it, with the server's answers made up by a test. */
export class FakeRecordingsApi {
  recordings: Recording[] = [];
  /** Set: what is asked for needs it. */
  key: string | null = null;
  /** Answered instead of deleting. */
  refusal: { status: number; code: string } | null = null;
  /** No answer at all. */
  isDown = false;
  /** What was asked for, such as `GET /api/v1/recordings`. */
  readonly requests: string[] = [];
  #isOpen = false;
  readonly #media: string;
  readonly #poster: string;

  /** @param files - paths of an MP4 and a JPEG that are every recording's */
  constructor(files: { media: string; poster: string }) {
    this.#media = files.media;
    this.#poster = files.poster;
  }

  /** Answers for this page from now on. */
  async serve(page: Page): Promise<void> {
    await page.route('**/api/v1/**', (route) => this.#answer(route));
  }

  #answer(route: Route): Promise<void> {
    const request = route.request();
    const { pathname, search, searchParams } = new URL(request.url());
    this.requests.push(`${request.method()} ${pathname}${search}`);
    if (this.isDown) return route.abort('connectionrefused');
    const path = pathname.replace('/api/v1/', '');
    const refuse = (status: number, code: string): Promise<void> =>
      route.fulfill({ status, json: { error: { code, message: code } } });
    if (path === 'login') {
      this.#isOpen = (request.postDataJSON() as { key: string }).key === this.key;
      return this.#isOpen ? route.fulfill({ status: 204 }) : refuse(401, 'unauthorized');
    }
    if (path === 'logout') {
      this.#isOpen = false;
      return route.fulfill({ status: 204 });
    }
    if (this.key !== null && !this.#isOpen) return refuse(401, 'unauthorized');
    const [, id, part] = path.split('/');
    if (id === undefined) {
      const room = searchParams.get('room');
      const json = this.recordings.filter((each) => room === null || each.room === room);
      return route.fulfill({ json });
    }
    if (request.method() === 'DELETE') {
      if (this.refusal !== null) return refuse(this.refusal.status, this.refusal.code);
      this.recordings = this.recordings.filter((each) => each.id !== id);
      return route.fulfill({ status: 204 });
    }
    switch (part) {
      case 'media':
        return fulfillRange(route, readFileSync(this.#media));
      case 'poster.jpg':
        return route.fulfill({ contentType: 'image/jpeg', body: readFileSync(this.#poster) });
      case 'chat.vtt':
        return route.fulfill({
          contentType: 'text/vtt',
          body: 'WEBVTT\n\n00:00.000 --> 01:00.000\nAna: hello\n',
        });
      default:
        return refuse(404, 'not-found');
    }
  }
}

/** Answers with the part that is asked for, as players do (RFC 9110, section 14). */
function fulfillRange(route: Route, file: Buffer): Promise<void> {
  const asked = /^bytes=(\d+)-(\d*)$/.exec(route.request().headers()['range'] ?? '');
  const from = Number(asked?.[1] ?? 0);
  const to = asked?.[2] ? Number(asked[2]) : file.length - 1;
  return route.fulfill({
    status: asked === null ? 200 : 206,
    contentType: 'video/mp4',
    headers: {
      'Accept-Ranges': 'bytes',
      ...(asked && { 'Content-Range': `bytes ${from}-${to}/${file.length}` }),
    },
    body: file.subarray(from, to + 1),
  });
}
