import { expect } from 'vitest';
import { sameGaps } from './bars.ts';
import { isNear, type Person } from './chromium.ts';
import type { Rgb } from './probes.ts';
import { longestGap, type TestServer, traced } from './server.ts';
import { sleep, until } from './until.ts';

/** Alice's colour, and Bob's. */
export const red: Rgb = [200, 30, 30];
export const green: Rgb = [30, 170, 60];
export const css = (colour: Rgb): string => `rgb(${colour.join(',')})`;
/** How long it takes until nobody waits for Alice any more. */
export const timeoutMs = 6000;
const fps = 25;

/** Settings of a server on which somebody falls silent. */
export const silenceSettings = {
  ...traced,
  ONEGRID_MEDIA_TIMEOUT_MS: String(timeoutMs),
  // Pictures are counted: their rate must not change with what a busy machine makes of the path.
  ONEGRID_RUNGS: 'high',
  // Whoever fell silent is not waited for with the next test.
  ONEGRID_RESUME_MS: '1000',
};

/**
 * Bob watches Alice. Something happens to Alice: initials after 3 s, gone after the timeout, and the
 * pictures sent to Bob keep coming as in the quiet seconds before.
 * @returns how long it took until Alice was gone, in milliseconds, where it is to be `timeoutMs`
 */
export async function fallsSilent(
  server: TestServer,
  alice: Person,
  bob: Person,
  happen: () => void,
): Promise<number> {
  await bob.sees(alice.id, red);
  await alice.sees(bob.id, green);
  const windowMs = timeoutMs + 1500;
  const before = server.sentTo(bob.id).length;
  await sleep(windowMs);
  const quietFrames = server.sentTo(bob.id).slice(before);
  const quiet = quietFrames.length;
  expect(quiet).toBeGreaterThan((windowMs / 1000) * fps * 0.4);

  const { id } = alice;
  const from = server.sentTo(bob.id).length;
  const started = performance.now();
  happen();
  await until(async () => !isNear((await bob.colourOf(id)) ?? red, red));
  const initialsMs = performance.now() - started;
  expect(bob.tileOf(id)).toBeDefined();
  expect(initialsMs).toBeGreaterThan(2500);
  await until(() => bob.tileOf(id) === undefined);
  const goneMs = performance.now() - started;
  // The last RTCP came up to a second or two before it happened.
  expect(goneMs).toBeGreaterThan(timeoutMs - 2500);
  expect(bob.received).toContainEqual(
    expect.objectContaining({ type: 'participant', event: 'left' }),
  );
  await sleep(Math.max(0, windowMs - (performance.now() - started)));
  const elapsed = performance.now() - started;
  const during = (server.sentTo(bob.id).length - from) * (windowMs / elapsed);
  console.log(
    `initials after ${initialsMs.toFixed(0)} ms, gone after ${goneMs.toFixed(0)} ms, ` +
      `${String(quiet)} pictures before, ${during.toFixed(0)} during`,
  );
  expect(during).toBeGreaterThanOrEqual(0.95 * quiet);
  sameGaps('Bob', longestGap(server.sentTo(bob.id).slice(from)), longestGap(quietFrames));
  expect(server.complaints()).toEqual([]);
  return goneMs;
}
