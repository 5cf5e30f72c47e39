import type * as compositor from '../../../mixer/compositor/index.ts';
import type { Load } from '../lab/in-child.ts';
import { decodePictures, measureDecode, readPackets } from './decode.ts';
import { measureEncode } from './encode.ts';
import { measureOpus } from './opus.ts';
import { decoders, type FloorTask, type UnitCosts } from './task.ts';

/** Does each thing that no MCU of this kind can do without, and nothing else. */
export async function work(task: FloorTask, load: Load): Promise<UnitCosts> {
  const { clips, fps, rungs, mediaSeconds } = task;
  const streams = clips.map(readPackets);
  const decode: UnitCosts['decode'] = { libvpx: 0, vp8: 0 };
  for (const name of decoders) {
    const cost = await measureDecode(name, streams, Math.round(mediaSeconds * fps));
    decode[name] = cost / mediaSeconds;
  }
  const module = await load<typeof compositor>('mixer/compositor/index.js');
  const pictures = await Promise.all(streams.map((packets) => decodePictures(packets, 50)));
  const encode: Record<string, number> = {};
  for (const rung of rungs) {
    encode[rung.name] = await measureEncode(module, pictures, rung, mediaSeconds, load);
  }
  return { decode, encode, ...(await measureOpus(mediaSeconds, load)) };
}
