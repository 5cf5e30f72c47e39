import type { Page } from 'playwright-core';
import * as z from 'zod';
import { readInbound } from '../../harness/inbound.ts';
import { sleep } from '../../harness/until.ts';
import { rounded } from '../lab/statistics.ts';

/** What a browser received, by its own statistics: payloads of RTP, resends among them, headers not. */
export const receivedSchema = z.strictObject({
  videoKbps: z.number(),
  audioKbps: z.number(),
  /** Decoded pictures a second. */
  fps: z.number(),
});

/** See {@link receivedSchema}. */
export type Received = z.infer<typeof receivedSchema>;

/** Measures what a page receives in so many seconds from now. @throws Error when it receives nothing */
export async function measureReceived(page: Page, seconds: number): Promise<Received> {
  const before = await page.evaluate(readInbound);
  await sleep(seconds * 1000);
  const after = await page.evaluate(readInbound);
  const since = (kind: 'video' | 'audio', name: 'bytesReceived' | 'framesDecoded'): number => {
    const [from, to] = [before[kind], after[kind]];
    if (from === undefined || to === undefined) throw new Error(`There is no ${kind}.`);
    // What has not decoded a picture yet does not say so.
    return ((to[name] || 0) - (from[name] || 0)) / (to.timestamp - from.timestamp);
  };
  return {
    videoKbps: rounded(8 * since('video', 'bytesReceived')),
    audioKbps: rounded(8 * since('audio', 'bytesReceived')),
    fps: rounded(1000 * since('video', 'framesDecoded')),
  };
}
