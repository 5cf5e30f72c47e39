// The mixer as a library: makes two clips of nothing, picture by picture, and a third of the two.
//
//   npm ci && npm run build
//   node docs/examples/mixer.mjs FOLDER
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AudioMixer, Compositor, openOutput, renderTimeline } from 'onegrid/mixer';

const folder = process.argv[2] ?? '.';
mkdirSync(folder, { recursive: true });

const [width, height, fps, seconds] = [640, 360, 25, 3];
const sampleRate = 48_000;
/** The mixer works in ticks of 20 ms. */
const tickSamples = sampleRate / 50;

/** A picture of one colour: I420, which is Y, U and V one after the other. */
function colour(y, u, v) {
  const data = new Uint8Array(320 * 180 * 1.5).fill(y, 0, 320 * 180);
  data.fill(u, 320 * 180, 320 * 180 * 1.25).fill(v, 320 * 180 * 1.25);
  return { width: 320, height: 180, data };
}

/** The 20 ms of a tone from a sample on: 16 bits, mono. */
function tone(hertz, from) {
  return Int16Array.from(
    { length: tickSamples },
    (_, i) => 8000 * Math.sin((2 * Math.PI * hertz * (from + i)) / sampleRate),
  );
}

/** Somebody's clip, picture by picture, as fast as the machine can: the clock is ours. */
async function makeClip(path, name, picture, hertz) {
  const output = await openOutput(path, {
    ...{ width, height, fps, bitrate: 800_000, matrix: 'bt601', overwrite: true },
  });
  const compositor = new Compositor({ width, height, labels: false });
  const mixer = new AudioMixer({
    openEncoder: () => Promise.reject(new Error('Nobody listens but the file.')),
  });
  try {
    // More members, more tiles; a member without a source is shown with their initials.
    const source = { latest: () => picture };
    compositor.setScene([{ id: 'a', name, source, screen: false, muted: false, hand: false }], {
      mode: 'grid',
      pinned: null,
      speaker: null,
      page: 0,
    });
    const voice = mixer.addSource('a');
    // A source plays once it is 30 ms ahead of the mix.
    voice.push(new Int16Array(tickSamples * 1.5), sampleRate);
    const sound = [];
    mixer.tapFullMix((samples) => sound.push(samples.slice()));
    for (let frame = 0; frame < fps * seconds; frame += 1) {
      compositor.compose((frame * 1000) / fps);
      await output.video(compositor.frame, frame);
      for (let tick = 0; tick < 2; tick += 1) {
        voice.push(tone(hertz, (2 * frame + tick) * tickSamples), sampleRate);
        mixer.tick();
      }
      for (const samples of sound.splice(0)) await output.audio(samples);
    }
    await output.finish();
  } finally {
    // Does nothing once it is finished.
    await output.abandon();
    compositor.close();
    mixer.close();
  }
  console.log(`made ${path}`);
}

const clips = [join(folder, 'teal.mp4'), join(folder, 'amber.mp4')];
await makeClip(clips[0], 'Teal', colour(110, 140, 90), 330);
await makeClip(clips[1], 'Amber', colour(160, 70, 165), 440);

const result = await renderTimeline(
  {
    size: [1280, 720],
    participants: [
      { id: 'teal', name: 'Teal', media: clips[0] },
      { id: 'amber', name: 'Amber', media: clips[1], joinAt: 1 },
    ],
    events: [
      { at: 2, layout: 'speaker', pinned: 'amber' },
      { at: 2.5, mute: 'teal' },
    ],
  },
  join(folder, 'both.mp4'),
  { overwrite: true },
);
console.log(
  `made ${join(folder, 'both.mp4')}: ${result.frames} frames, ${result.durationSeconds} s`,
);
// Native threads may outlive the work.
process.exit(0);
