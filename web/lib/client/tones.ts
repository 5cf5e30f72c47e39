/** One tone of a short tune. Times in milliseconds from the tune's begin. */
export interface Tone {
  readonly hertz: number;
  readonly atMs: number;
  readonly lastsMs: number;
}

/** How loud a tone is at its loudest, as a part of full scale: less than a voice. */
const peak = 0.12;

/** Every tune played here has an element and a context of its own, which go with it. */
export async function playTones(tones: readonly Tone[], speaker: string): Promise<void> {
  const context = new AudioContext();
  try {
    const out = await outputOf(context, speaker);
    const begin = context.currentTime + 0.05;
    let end = begin;
    for (const { hertz, atMs, lastsMs } of tones) {
      const start = begin + atMs / 1000;
      const stop = start + lastsMs / 1000;
      const oscillator = new OscillatorNode(context, { frequency: hertz });
      const gain = new GainNode(context, { gain: 0 });
      // A soft begin and a long fading, like a bell's: anything sudden would click.
      gain.gain.setValueAtTime(0, start);
      gain.gain.linearRampToValueAtTime(peak, start + 0.015);
      gain.gain.setTargetAtTime(0, start + 0.015, (stop - start) / 5);
      oscillator.connect(gain).connect(out);
      oscillator.start(start);
      oscillator.stop(stop);
      end = Math.max(end, stop);
    }
    // What the page may not play yet is not played later: it would be news of long ago.
    if (context.state !== 'running') return;
    await new Promise((resolve) => setTimeout(resolve, 1000 * (end - context.currentTime) + 200));
  } finally {
    await context.close();
  }
}

async function outputOf(context: AudioContext, speaker: string): Promise<AudioNode> {
  if (speaker === '') return context.destination;
  const stream = new MediaStreamAudioDestinationNode(context);
  const audio = new Audio();
  audio.srcObject = stream.stream;
  try {
    await audio.setSinkId(speaker);
    await audio.play();
    return stream;
  } catch {
    return context.destination;
  }
}
