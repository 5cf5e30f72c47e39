import { AV_LOG_ERROR, AV_PIX_FMT_YUV420P } from 'node-av/constants';
import { Log } from 'node-av/lib';
import { VideoEncoder } from '../../../mixer/encode/index.ts';
import { newPicture } from '../../../mixer/native-picture.ts';

/** Pictures a second. */
export const fps = 25;
export const canvas = { width: 320, height: 180 };
/** The pictures of a second that are white: not at its ends, where fragments and segments are cut. */
const flash = { from: 10, to: 12 };
const clipPictures = 100;

/** Four seconds, to be repeated: a keyframe every two, a flash and a beep of 80 ms in every second, after 400 ms. */
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
    luma!.fill(tick % fps >= flash.from && tick % fps < flash.to ? 235 : 16);
    for (const plane of chroma) plane.fill(128);
    const unit = await encoder.encode(picture, tick, tick % (2 * fps) === 0);
    pictures.push({ data: unit!.data, keyframe: unit!.keyframe });
  }
  await encoder.close();
  picture.free();
  return { pictures };
}

/** 20 ms of sound that begin at `ms`: a tone with the flash, else silence. */
export function soundAt(ms: number, frequency = 1000): Buffer {
  const data = Buffer.alloc(960 * 2);
  for (let index = 0; index < 960; index += 1) {
    const at = ms * 48 + index;
    const isOn = at >= 0 && at % 48_000 >= flash.from * 1920 && at % 48_000 < flash.to * 1920;
    const value = isOn ? Math.round(12_000 * Math.sin((2 * Math.PI * frequency * at) / 48_000)) : 0;
    data.writeInt16LE(value, index * 2);
  }
  return data;
}
