import { AV_LOG_ERROR, AV_PIX_FMT_YUV420P } from 'node-av/constants';
import { Log } from 'node-av/lib';
import { VideoEncoder } from '../../../mixer/encode/index.ts';
import { newPicture } from '../../../mixer/native-picture.ts';

/** Pictures a second. */
export const fps = 25;
export const canvas = { width: 320, height: 180 };
/** Milliseconds between two whole seconds' flashes and beeps, and how long they last. */
const flashPictures = 2;
const clipPictures = 100;

/** Four seconds, to be repeated: a keyframe every two, a flash and a beep of 80 ms at every whole second. */
export interface Clip {
  readonly pictures: readonly { readonly data: Buffer; readonly keyframe: boolean }[];
}

/** Encodes the clip, as a room does. */
export async function makeClip(): Promise<Clip> {
  Log.setLevel(AV_LOG_ERROR);
  const encoder = await VideoEncoder.open({
    codec: 'h264',
    ...canvas,
    fps,
    bitsPerSecond: 400_000,
  });
  const picture = newPicture(AV_PIX_FMT_YUV420P, canvas);
  const pictures: Clip['pictures'][number][] = [];
  for (let tick = 0; tick < clipPictures; tick += 1) {
    picture.makeWritable();
    const [luma, ...chroma] = picture.data!;
    luma!.fill(tick % fps < flashPictures ? 235 : 16);
    for (const plane of chroma) plane.fill(128);
    const unit = await encoder.encode(picture, tick, tick % (2 * fps) === 0);
    pictures.push({ data: unit!.data, keyframe: unit!.keyframe });
  }
  await encoder.close();
  picture.free();
  return { pictures };
}

/** 20 ms of sound that begin at `ms`: a tone in the first 80 ms of each second, else silence. */
export function soundAt(ms: number, frequency = 1000): Buffer {
  const data = Buffer.alloc(960 * 2);
  for (let index = 0; index < 960; index += 1) {
    const at = ms * 48 + index;
    const isOn = at >= 0 && at % 48_000 < 80 * 48;
    const value = isOn ? Math.round(12_000 * Math.sin((2 * Math.PI * frequency * at) / 48_000)) : 0;
    data.writeInt16LE(value, index * 2);
  }
  return data;
}
