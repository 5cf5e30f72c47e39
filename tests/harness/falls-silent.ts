import { expect } from 'vitest';
import { sameGaps } from './bars.ts';
import { isNear, type Person } from './chromium.ts';
import { Hiccups } from './hiccups.ts';
import type { Rgb } from './probes.ts';
import { longestGap, type SentFrame, type TestServer, traced } from './server.ts';
import { sleep, until } from './until.ts';

/** Alice's colour, and Bob's. */
export const red: Rgb = [200, 30, 30];
export const green: Rgb = [30, 170, 60];
export const css = (colour: Rgb): string => `rgb(${colour.join(',')})`;
/** How long it takes until nobody waits for Alice any more: long enough to see her initials before. */
export const timeoutMs = 10_000;
/** How long one watches without anything happening. */
const quietSeconds = 6;

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
  const hiccups = new Hiccups();
  const began = server.sentTo(bob.id).length;
  await sleep(quietSeconds * 1000);
  const quiet = server.sentTo(bob.id).slice(began);
  expect(quiet.length).toBeGreaterThan(quietSeconds);
  await hiccups.take();

  const { id } = alice;
  const from = began + quiet.length;
  const started = performance.now();
  happen();
  await until(async () => !isNear((await bob.colourOf(id)) ?? red, red));
  const initialsMs = performance.now() - started;
  expect(bob.tileOf(id)).toBeDefined();
  expect(initialsMs).toBeGreaterThan(1500);
  await until(() => bob.tileOf(id) === undefined);
  const goneMs = performance.now() - started;
  // The last RTCP came up to a second or two before it happened.
  expect(goneMs).toBeGreaterThan(timeoutMs - 2500);
  expect(bob.received).toContainEqual(
    expect.objectContaining({ type: 'participant', event: 'left' }),
  );
  // A gap is over with the picture behind it.
  const shown = server.sentTo(bob.id).length;
  await until(() => server.sentTo(bob.id).length > shown);
  const during = server.sentTo(bob.id).slice(from);
  const { longestMs: machineMs } = await hiccups.take();
  await hiccups.stop();
  const [before, after] = [quiet, during].map(rateOf);
  console.log(
    `initials after ${initialsMs.toFixed(0)} ms, gone after ${goneMs.toFixed(0)} ms, ` +
      `${before!.toFixed(1)} pictures a second before, ${after!.toFixed(1)} during`,
  );
  expect(after! / before!).toBeGreaterThan(0.8);
  sameGaps('Bob', longestGap(during), { quietMs: longestGap(quiet), machineMs });
  expect(server.complaints()).toEqual([]);
  return goneMs;
}

/** Pictures a second, from the first to the last of them. */
const rateOf = (frames: readonly SentFrame[]): number =>
  (1000 * (frames.length - 1)) / (frames.at(-1)!.at - frames[0]!.at);
