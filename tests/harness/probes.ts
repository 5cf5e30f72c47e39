/** Red, green, blue. */
export type Rgb = [number, number, number];

/**
 * Runs in the page: the mean colour of small squares of the composite, whatever size it comes in.
 * @param points - in pixels of the canvas
 * @param canvasWidth - of the canvas, in pixels
 */
export function readPixels({
  points,
  canvasWidth,
}: {
  points: { x: number; y: number }[];
  canvasWidth: number;
}): Rgb[] | null {
  const video = document.querySelector('video');
  if (video === null || video.videoWidth === 0) return null;
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  const g = canvas.getContext('2d', { willReadFrequently: true })!;
  g.drawImage(video, 0, 0);
  const scale = video.videoWidth / canvasWidth;
  return points.map(({ x, y }) => {
    const { data } = g.getImageData(x * scale - 3, y * scale - 3, 6, 6);
    const sum: Rgb = [0, 0, 0];
    for (let i = 0; i < data.length; i += 4) {
      for (const channel of [0, 1, 2] as const) sum[channel] += data[i + channel]!;
    }
    const count = data.length / 4;
    return sum.map((value) => Math.round(value / count)) as Rgb;
  });
}

/**
 * Runs in the page: the level in dB of tones in what the page's `<audio>` plays. The median of
 * several spectra; a track that has never carried sound reads -200.
 */
export async function readTones(tones: number[]): Promise<number[]> {
  const stream = document.querySelector('audio')?.srcObject as MediaStream | null | undefined;
  if (!stream || stream.getAudioTracks().length === 0) return tones.map(() => -200);
  const context = new AudioContext({ sampleRate: 48000 });
  await context.resume();
  const analyser = context.createAnalyser();
  analyser.fftSize = 8192;
  analyser.smoothingTimeConstant = 0;
  context.createMediaStreamSource(stream).connect(analyser);
  const spectrum = new Float32Array(analyser.frequencyBinCount);
  const levels: number[][] = tones.map(() => []);
  for (let round = 0; round < 7; round++) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    analyser.getFloatFrequencyData(spectrum);
    tones.forEach((tone, index) => {
      const bin = Math.round((tone * analyser.fftSize) / context.sampleRate);
      const level = Math.max(...spectrum.subarray(bin - 1, bin + 2));
      levels[index]!.push(Number.isFinite(level) ? level : -200);
    });
  }
  await context.close();
  return levels.map((values) => values.sort((a, b) => a - b)[values.length >> 1]!);
}

/**
 * Runs in the page: how far sound and flash are apart, in milliseconds; positive: sound is late.
 * @param tile - where the flash is on the canvas; null: in the page's own fake camera and microphone
 * @param canvasWidth - of the canvas, in pixels; the picture may come in another size
 */
export async function measureLipSync({
  tile,
  rounds,
  canvasWidth,
}: {
  tile: { x: number; y: number } | null;
  rounds: number;
  canvasWidth: number;
}): Promise<number[]> {
  let video = document.querySelector('video')!;
  let stream = document.querySelector('audio')!.srcObject as MediaStream;
  if (tile === null) {
    stream = (window as unknown as { fakeStream: MediaStream }).fakeStream;
    video = document.createElement('video');
    video.muted = true;
    video.srcObject = new MediaStream(stream.getVideoTracks());
    document.body.append(video);
    await video.play();
  }
  const { x, y } = tile ?? { x: 40, y: 40 };
  const context = new AudioContext({ sampleRate: 48000 });
  await context.resume();
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  context.createMediaStreamSource(stream).connect(analyser);
  const canvas = document.createElement('canvas');
  canvas.width = 1;
  canvas.height = 1;
  const g = canvas.getContext('2d', { willReadFrequently: true })!;
  const flashes: number[] = [];
  const beeps: number[] = [];
  let white = true;
  let loud = true;
  let running = true;
  const onFrame = (_now: number, { expectedDisplayTime }: VideoFrameCallbackMetadata): void => {
    const scale = tile === null ? 1 : video.videoWidth / canvasWidth;
    g.drawImage(video, x * scale, y * scale, 1, 1, 0, 0, 1, 1);
    const bright = Math.min(...g.getImageData(0, 0, 1, 1).data) > 180;
    if (bright && !white) flashes.push(expectedDisplayTime);
    white = bright;
    if (running) video.requestVideoFrameCallback(onFrame);
  };
  video.requestVideoFrameCallback(onFrame);
  const wave = new Float32Array(analyser.fftSize);
  let quietSince = 0;
  const listen = setInterval(() => {
    const now = performance.now();
    analyser.getFloatTimeDomainData(wave);
    const onset = wave.findIndex((sample) => Math.abs(sample) > 0.03);
    if (onset < 0) {
      quietSince ||= now;
      if (now - quietSince > 200) loud = false;
      return;
    }
    quietSince = 0;
    if (!loud) beeps.push(now - ((wave.length - onset) / context.sampleRate) * 1000);
    loud = true;
  }, 8);
  await new Promise((resolve) => setTimeout(resolve, rounds * 1000 + 500));
  running = false;
  clearInterval(listen);
  if (tile === null) video.remove();
  await context.close();
  return flashes.flatMap((flash) => {
    const apart = beeps.map((beep) => beep - flash).filter((value) => Math.abs(value) < 450);
    apart.sort((a, b) => Math.abs(a) - Math.abs(b));
    return apart.slice(0, 1);
  });
}

/**
 * Runs in the page: how old each picture of a tile is when it comes to the screen, by the barcode in
 * it; milliseconds.
 */
export async function measureLatency({
  tile,
  seconds,
}: {
  tile: { x: number; y: number; width: number; height: number };
  seconds: number;
}): Promise<number[]> {
  const video = document.querySelector('video')!;
  const bars = 16;
  const canvas = document.createElement('canvas');
  canvas.width = bars;
  canvas.height = 1;
  const g = canvas.getContext('2d', { willReadFrequently: true })!;
  const ages: number[] = [];
  let running = true;
  const onFrame = (): void => {
    const now = Date.now();
    const y = tile.y + tile.height * 0.875;
    for (let bit = 0; bit < bars; bit++) {
      g.drawImage(video, tile.x + ((bit + 0.5) / bars) * tile.width, y, 1, 1, bit, 0, 1, 1);
    }
    const { data } = g.getImageData(0, 0, bars, 1);
    let drawn = 0;
    for (let bit = 0; bit < bars; bit++) if (data[bit * 4]! > 128) drawn |= 1 << bit;
    ages.push((now - drawn) & 0xffff);
    if (running) video.requestVideoFrameCallback(onFrame);
  };
  video.requestVideoFrameCallback(onFrame);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  running = false;
  return ages;
}

/** Runs in the page: how many different pictures a tile showed, by the barcode in it; 31 a second at most. */
export async function picturesOf({
  tile,
  seconds,
}: {
  tile: { x: number; y: number; width: number; height: number };
  seconds: number;
}): Promise<number> {
  const video = document.querySelector('video')!;
  const bars = 16;
  const canvas = document.createElement('canvas');
  canvas.width = bars;
  canvas.height = 1;
  const g = canvas.getContext('2d', { willReadFrequently: true })!;
  const codes = new Set<number>();
  let running = true;
  const onFrame = (): void => {
    const y = tile.y + tile.height * 0.875;
    for (let bit = 0; bit < bars; bit++) {
      g.drawImage(video, tile.x + ((bit + 0.5) / bars) * tile.width, y, 1, 1, bit, 0, 1, 1);
    }
    const { data } = g.getImageData(0, 0, bars, 1);
    // The quickest bars, of 32 ms and less, and what cannot be read for sure, would make many pictures of one.
    let drawn = 0;
    let sure = true;
    for (let bit = 5; bit < bars; bit++) {
      const light = data[bit * 4]!;
      if (light > 165) drawn |= 1 << bit;
      else if (light > 90) sure = false;
    }
    if (sure) codes.add(drawn);
    if (running) video.requestVideoFrameCallback(onFrame);
  };
  video.requestVideoFrameCallback(onFrame);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  running = false;
  return codes.size;
}
