/** One tone of a short tune. Times in milliseconds from the tune's begin. */
export interface Tone {
  readonly hertz: number;
  readonly atMs: number;
  readonly lastsMs: number;
  /** How loud it is at its loudest, as a part of full scale. */
  readonly peak: number;
}

/** How long a browser may take to start the sound, in milliseconds. */
const startPatienceMs = 1000;

/**
 * Plays a tune and resolves when it is over. Never rejects: where the browser plays nothing yet, it is not played, for later it
 * would be news of long ago.
 *
 * @param speaker - the id of where it comes out; empty: as the browser deems right
 */
export async function playTones(tones: readonly Tone[], speaker: string): Promise<void> {
  const context = new AudioContext();
  try {
    await Promise.race([context.resume(), wait(startPatienceMs)]);
    if (context.state !== 'running') return;
    const out = await outputOf(context, speaker);
    const begin = context.currentTime + 0.05;
    for (const tone of tones) schedule(context, out, tone, begin);
    const lengthMs = Math.max(...tones.map(({ atMs, lastsMs }) => atMs + lastsMs));
    // What has been played is still on its way to the speaker.
    await wait(lengthMs + 300);
  } catch {
    // No sound device at all, say.
  } finally {
    void context.close();
  }
}

/** A soft begin and a long fading, like a bell's: anything sudden would click. */
function schedule(context: AudioContext, out: AudioNode, tone: Tone, begin: number): void {
  const start = begin + tone.atMs / 1000;
  const stop = start + tone.lastsMs / 1000;
  const oscillator = new OscillatorNode(context, { frequency: tone.hertz });
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(tone.peak, start + 0.015);
  gain.gain.setTargetAtTime(0, start + 0.015, (stop - start) / 5);
  oscillator.connect(gain).connect(out);
  oscillator.start(start);
  oscillator.stop(stop);
}

/** Not every browser lets a context choose its speaker, but those that let a page choose at all let an element. */
async function outputOf(context: AudioContext, speaker: string): Promise<AudioNode> {
  if (speaker === '') return context.destination;
  const node = new MediaStreamAudioDestinationNode(context);
  const audio = new Audio();
  audio.srcObject = node.stream;
  try {
    await audio.setSinkId(speaker);
    await audio.play();
    return node;
  } catch {
    return context.destination;
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
