import { openOpusEncoder, Rung } from '../../mixer/encode/index.ts';
import { Compositor, warmUpDrawing } from '../../mixer/compositor/index.ts';
import { frameSamples } from '../../mixer/audio/index.ts';

/**
 * Does once what every room does all the time: fonts, scalers and encoders are loaded and the code is
 * warm before somebody waits for it. A spare process has time for it.
 */
export async function warmUp(): Promise<void> {
  warmUpDrawing();
  const compositor = new Compositor({ width: 320, height: 180 });
  const rung = new Rung({
    codec: 'h264',
    width: 320,
    height: 180,
    fps: 25,
    bitsPerSecond: 100_000,
    keyframeIntervalMs: 0,
  });
  const member = {
    id: 'warm-up',
    name: 'Warm Up',
    screen: false,
    source: null,
    muted: true,
    hand: true,
  };
  compositor.setScene([member], { mode: 'grid', pinned: null, speaker: null, page: 0 });
  let encoded = 0;
  rung.attach(() => (encoded += 1), 0);
  for (let tick = 0; encoded === 0 && tick < 50; tick++) {
    compositor.compose(tick);
    await rung.encode(compositor.frame, tick, tick);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await rung.close();
  compositor.close();
  const opus = await openOpusEncoder();
  opus.encode(new Float32Array(frameSamples));
  opus.close();
}
