import { appendFileSync, readFileSync } from 'node:fs';
import type * as compositor from '../../../mixer/compositor/index.ts';
import type { Load } from '../lab/in-child.ts';
import { ownCpuSeconds } from '../lab/own-cpu.ts';
import { bytesOf, canvas, fps, source, type Task } from './task.ts';

/** Composes with our compositor; the pictures are in memory, as they are when an uplink has decoded them. */
export async function work(
  { files, frames, control, output, labels }: Task & { labels: boolean },
  load: Load,
): Promise<{ cpuSeconds: number }> {
  const { Compositor } = await load<typeof compositor>('mixer/compositor/index.js');
  const pictures = files.map(picturesOf);
  const ours = new Compositor({ ...canvas, labels, transitionMs: 0 });
  let tick = 0;
  const members = pictures.map((own, index) => ({
    id: String(index),
    name: `Person ${index}`,
    screen: false,
    source: { latest: () => own[tick % own.length] ?? null },
    muted: false,
    hand: false,
  }));
  ours.setScene(members, { mode: 'grid', pinned: null, speaker: null, page: 0 });
  const compose = (): void => {
    if (!control) ours.compose((tick * 1000) / fps);
    else for (const { source: own } of members) own.latest();
    if (output !== null) appendFileSync(output, packed(ours));
    tick += 1;
  };
  if (output === null) {
    // What is done once is not counted: a room lives long.
    while (tick < 2 * fps) compose();
    tick = 0;
  }
  const before = ownCpuSeconds();
  while (tick < frames) compose();
  const cpuSeconds = ownCpuSeconds() - before;
  ours.close();
  return { cpuSeconds };
}

/** The pictures of a raw file. */
function picturesOf(file: string): compositor.I420Frame[] {
  const bytes = readFileSync(file);
  const size = bytesOf(source);
  return Array.from({ length: bytes.length / size }, (_, index) => ({
    ...source,
    data: bytes.subarray(index * size, (index + 1) * size),
  }));
}

/** The composite without what is between its rows. */
function packed({ frame }: compositor.Compositor): Buffer {
  return Buffer.concat(
    [0, 1, 2].flatMap((plane) => {
      const data = frame.data?.[plane] ?? Buffer.alloc(0);
      const stride = frame.linesize[plane] ?? 0;
      const [width, height] =
        plane === 0 ? [canvas.width, canvas.height] : [canvas.width / 2, canvas.height / 2];
      return Array.from({ length: height }, (_, row) =>
        data.subarray(row * stride, row * stride + width),
      );
    }),
  );
}
