import type { Seen, SoundSample } from './watch.ts';

/** A stretch of time, in milliseconds of Unix time. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The picture within a span. */
export interface PictureSeen {
  /** Pictures a second. */
  readonly fps: number;
  /** The longest a picture stood, in milliseconds; as long as the span where there was none. */
  readonly longestMs: number;
  /** Times the picture stood still, as libwebrtc tells them: three times as long as usual and 150 ms longer. */
  readonly freezes: number;
  /** How long these were, together, in milliseconds. */
  readonly frozenMs: number;
}

/** So many times between pictures make what is usual (libwebrtc: video/video_quality_observer2.cc). */
const usualOf = 30;

/** Judges the pictures of a span: what stood when it began, and what still stood when it ended, counts as well. */
export function pictureSeen({ frames }: Seen, { from, to }: Span): PictureSeen {
  const within = frames.filter((at) => at > from && at <= to);
  const before = frames.filter((at) => at <= from).slice(-usualOf - 1);
  const usual = before.slice(1).map((at, index) => at - (before[index] ?? at));
  let last = from;
  let [longestMs, freezes, frozenMs] = [0, 0, 0];
  const stood = (ms: number): void => {
    longestMs = Math.max(longestMs, ms);
    const mean = usual.reduce((sum, each) => sum + each, 0) / usual.length;
    if (usual.length > 0 && ms > Math.max(3 * mean, mean + 150)) {
      freezes += 1;
      frozenMs += ms;
    }
  };
  for (const at of within) {
    const ms = at - last;
    stood(ms);
    usual.push(ms);
    if (usual.length > usualOf) usual.shift();
    last = at;
  }
  stood(to - last);
  return { fps: (within.length * 1000) / (to - from), longestMs, freezes, frozenMs };
}

/** The sound within a span. */
export interface SoundHeard {
  /** Of what was played, the share that was made up, 0 to 1; 1 where nothing was played. */
  readonly concealed: number;
  /** The longest that was made up at one stretch, in milliseconds. */
  readonly longestGapMs: number;
}

const samplesPerMs = 48;

/**
 * Judges the sound of a span. A gap goes on while half of what is played is made up; what of it lies in the tenths of a
 * second before and after counts too, so that a gap is rather found too long than too short.
 */
export function soundHeard({ sound }: Seen, { from, to }: Span): SoundHeard {
  const within = sound.filter(({ at }) => at >= from && at <= to);
  const [first, last] = [within[0], within.at(-1)];
  if (first === undefined || last === undefined || last.total === first.total) {
    return { concealed: 1, longestGapMs: to - from };
  }
  let [longest, gap, tail] = [0, 0, 0];
  within.slice(1).forEach((sample, index) => {
    const { total, concealed } = since(sample, within[index] ?? sample);
    if (concealed > total / 2) gap = (gap === 0 ? tail : gap) + concealed;
    else {
      longest = Math.max(longest, gap === 0 ? 0 : gap + concealed);
      gap = 0;
    }
    tail = concealed;
  });
  const { total, concealed } = since(last, first);
  return {
    concealed: concealed / total,
    longestGapMs: Math.max(longest, gap) / samplesPerMs,
  };
}

const since = (sample: SoundSample, before: SoundSample) => ({
  total: sample.total - before.total,
  concealed: sample.concealed - before.concealed,
});
