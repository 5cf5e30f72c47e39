import type { CastMember } from './cast.ts';
import { fadeSamples, type SoundSwitch } from './envelope.ts';
import { inOrder } from './script.ts';
import { sampleAt } from './sound-track.ts';
import type { Timeline } from './timeline.ts';

/**
 * When somebody's sound is switched on and off: by mutes, and where they join or leave in the middle of their media,
 * which would click.
 */
export function soundSwitches(
  { events }: Timeline,
  { id, joinAt, leaveAt, mediaOffset, isCut }: CastMember,
): SoundSwitch[] {
  const switches = inOrder(events)
    .filter(({ mute, unmute }) => mute === id || unmute === id)
    .map(({ at, unmute }) => ({ at: sampleAt(at), on: unmute === id }));
  const join = sampleAt(joinAt);
  const cut = sampleAt(leaveAt) - fadeSamples;
  const before = switches.filter(({ at }) => at <= join);
  const after = switches.filter(({ at }) => at > join && (!isCut || at < cut));
  if (isCut) after.push({ at: Math.max(cut, join), on: false });
  if (mediaOffset === 0) return [...before, ...after];
  const on = before.at(-1)?.on ?? true;
  return [{ at: join, on: false }, ...(on ? [{ at: join + 1, on }] : []), ...after];
}
