import type { EncodingLike, SenderLike } from './platform.ts';

/** Sound goes first: a picture may wait, or be poor, and is still one. Not every browser knows priorities. */
export const soundFirst: EncodingLike = { priority: 'high', networkPriority: 'high' };

/** Sets how many bits a second sound may take; a browser that does not take that goes on as before. */
export async function shapeSound(sender: SenderLike, bitrate: number): Promise<void> {
  try {
    const parameters = sender.getParameters();
    const [first = {}] = parameters.encodings ?? [];
    await sender.setParameters({ ...parameters, encodings: [{ ...first, maxBitrate: bitrate }] });
  } catch {
    // The answer's maxaveragebitrate says the same.
  }
}

/** An answer with sound frames of another length, in milliseconds, where it says one. */
export function withPtime(sdp: string, ptime: number): string {
  return sdp.replace(/(^m=audio (?:(?!^m=).)*?^a=ptime:)\d+/ms, `$1${String(ptime)}`);
}

/** The length of sound frames an answer settles, in milliseconds; null where it says nothing. */
export function answeredPtime(sdp: string): number | null {
  const [, section = ''] = sdp.split(/^m=audio /m);
  const ptime = /^a=ptime:(\d+)/m.exec(section.split(/^m=/m)[0] ?? '')?.[1];
  return ptime === undefined ? null : Number(ptime);
}
