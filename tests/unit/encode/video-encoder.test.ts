import { AV_CODEC_ID_H264, AV_CODEC_ID_VP8, AV_LOG_ERROR } from 'node-av/constants';
import { Codec, CodecContext, FFmpegError, Frame, Log, Packet } from 'node-av/lib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Canvas } from '../../../mixer/compositor/canvas.ts';
import type { YuvColour } from '../../../mixer/compositor/i420.ts';
import type { AccessUnit } from '../../../mixer/encode/access-unit.ts';
import { VideoEncoder } from '../../../mixer/encode/video-encoder.ts';
import { pixel, readable } from '../compositor/pictures.ts';

Log.setLevel(AV_LOG_ERROR);

const size = { width: 320, height: 192 };
const defaults = { ...size, fps: 25, bitsPerSecond: 400_000 };
const codecs = ['h264', 'vp8'] as const;

/** The NAL unit types of an Annex B stream. */
function nalTypes(data: Buffer): number[] {
  const types: number[] = [];
  for (let at = data.indexOf('000001', 0, 'hex'); at >= 0;) {
    types.push(data[at + 3]! & 31);
    at = data.indexOf('000001', at + 3, 'hex');
  }
  return types;
}

/** Decodes access units, each into exactly one picture, and looks at it. */
async function decode(units: readonly AccessUnit[], look: (frame: Frame, index: number) => void) {
  const id = units[0]!.codec === 'h264' ? AV_CODEC_ID_H264 : AV_CODEC_ID_VP8;
  const codec = Codec.findDecoder(id)!;
  const context = new CodecContext();
  context.allocContext3(codec);
  context.threadCount = 1;
  FFmpegError.throwIfError(await context.open2(codec), 'open2');
  const packet = new Packet();
  packet.alloc();
  const frame = new Frame();
  frame.alloc();
  let pictures = 0;
  const receive = async () => {
    while ((await context.receiveFrame(frame)) >= 0) {
      look(frame, pictures);
      pictures += 1;
      frame.unref();
    }
  };
  try {
    for (const { data } of units) {
      packet.data = data;
      FFmpegError.throwIfError(await context.sendPacket(packet), 'sendPacket');
      packet.unref();
      await receive();
    }
    await context.sendPacket(null);
    await receive();
    expect(pictures).toBe(units.length);
  } finally {
    frame.free();
    packet.free();
    context.freeContext();
  }
}

/** A moving picture: diagonal waves. */
function wave({ planes }: Canvas, tick: number): void {
  planes.forEach(({ data, stride }, index) => {
    const shift = index === 0 ? 0 : 1;
    for (let y = 0; y < size.height >> shift; y += 1) {
      for (let x = 0; x < size.width >> shift; x += 1) {
        data[y * stride + x] = 128 + 70 * Math.sin((x + 2 * y + 3 * tick) / (25 >> shift));
      }
    }
  });
}

/** The luma as it is now, and how much a decoded picture is like it, in dB. */
function lumaOf({ planes: [{ data, stride }] }: Canvas): (frame: Frame) => number {
  const copy = Buffer.from(data);
  return (frame) => {
    const plane = frame.data![0]!;
    const decodedStride = frame.linesize[0]!;
    let squares = 0;
    for (let y = 0; y < size.height; y += 1) {
      for (let x = 0; x < size.width; x += 1) {
        squares += (plane[y * decodedStride + x]! - copy[y * stride + x]!) ** 2;
      }
    }
    return 10 * Math.log10(255 ** 2 / (squares / (size.width * size.height) || 1e-9));
  };
}

describe.each(codecs)('the %s encoder', (codec) => {
  let canvas: Canvas;
  let encoder: VideoEncoder;
  beforeEach(async () => {
    canvas = new Canvas(size.width, size.height);
    encoder = await VideoEncoder.open({ codec, ...defaults });
  });
  afterEach(async () => {
    await encoder.close();
    canvas.close();
  });

  it('makes one access unit of each tick at once, and they decode to the same pictures', async () => {
    const units: AccessUnit[] = [];
    const likeness: ((frame: Frame) => number)[] = [];
    for (let tick = 0; tick < 20; tick += 1) {
      wave(canvas, tick);
      likeness.push(lumaOf(canvas));
      units.push((await encoder.encode(canvas.frame, tick, false))!);
    }
    expect(units.map(({ tick }) => tick)).toEqual([...units.keys()]);
    await decode(units, (frame, index) => {
      expect([frame.width, frame.height]).toEqual([size.width, size.height]);
      expect(likeness[index]!(frame)).toBeGreaterThan(30);
    });
  });

  it('keeps colours', async () => {
    const colours: readonly YuvColour[] = [
      [81, 90, 240],
      [41, 240, 110],
      [200, 128, 128],
      [40, 120, 130],
    ];
    const units: AccessUnit[] = [];
    for (const [index, colour] of colours.entries()) {
      canvas.fill({ x: 0, y: 0, ...size }, colour);
      units.push((await encoder.encode(canvas.frame, index, true))!);
    }
    await decode(units, (frame, index) => {
      pixel(readable(frame), 160, 100).forEach((value, plane) => {
        expect(Math.abs(value - colours[index]![plane]!)).toBeLessThanOrEqual(3);
      });
    });
  });

  it('makes keyframes at the start and when asked, and no others, across gaps and cuts', async () => {
    const keyframes: number[] = [];
    for (let tick = 100; tick < 400; tick += tick % 7 === 0 ? 3 : 1) {
      // A cut every 40 ticks: a scene change is no reason for a keyframe.
      canvas.fill({ x: 0, y: 0, ...size }, [Math.floor(tick / 40) % 2 ? 200 : 40, 128, 128]);
      const unit = await encoder.encode(canvas.frame, tick, tick === 150 || tick === 151);
      expect(unit!.tick).toBe(tick);
      if (unit!.keyframe) keyframes.push(tick);
      if (codec === 'h264') {
        // SPS, PPS, IDR slice, or one P slice.
        const types = nalTypes(unit!.data).filter((type) => type !== 6);
        expect(types).toEqual(unit!.keyframe ? [7, 8, 5] : [1]);
      } else {
        // RFC 6386, section 9.1: the lowest bit is 0 in a key frame.
        expect((unit!.data[0]! & 1) === 0).toBe(unit!.keyframe);
      }
    }
    expect(keyframes).toEqual([100, 150, 151]);
  });

  it('leaves the canvas writable in place, and units that do not change afterwards', async () => {
    const units: AccessUnit[] = [];
    const copies: Buffer[] = [];
    for (let tick = 0; tick < 5; tick += 1) {
      expect(canvas.beginDrawing()).toBe(false);
      wave(canvas, tick);
      const unit = (await encoder.encode(canvas.frame, tick, false))!;
      units.push(unit);
      copies.push(Buffer.from(unit.data));
    }
    units.forEach(({ data }, index) => {
      expect(data.equals(copies[index]!)).toBe(true);
    });
  });

  it('changes its bitrate on the way', async () => {
    const bytes = [0, 0];
    for (const [index, bitsPerSecond] of [1_000_000, 100_000].entries()) {
      encoder.setBitrate(bitsPerSecond);
      for (let tick = 0; tick < 75; tick += 1) {
        // Noise, so that any rate is used up.
        const { data } = canvas.planes[0];
        for (let at = 0; at < data.length; at += 3) {
          data[at] = (Math.imul(at + tick * 7919, 2654435761) >>> 24) & 127;
        }
        const unit = await encoder.encode(canvas.frame, index * 75 + tick, false);
        if (tick >= 25) bytes[index]! += unit!.data.length;
      }
    }
    expect(bytes[0]! / bytes[1]!).toBeGreaterThan(3);
  });

  it('can be closed twice, and while it is busy', async () => {
    wave(canvas, 0);
    const busy = encoder.encode(canvas.frame, 0, false);
    await expect(encoder.encode(canvas.frame, 1, false)).rejects.toThrow('busy');
    const closing = encoder.close();
    expect((await busy)!.keyframe).toBe(true);
    await Promise.all([closing, encoder.close()]);
    await expect(encoder.encode(canvas.frame, 2, false)).rejects.toThrow('closed');
  });
});

describe('the h264 stream', () => {
  it('is constrained baseline of the announced level, BT.601', async () => {
    const encoder = await VideoEncoder.open({
      codec: 'h264',
      width: 1280,
      height: 720,
      fps: 30,
      bitsPerSecond: 1_500_000,
    });
    const canvas = new Canvas(1280, 720);
    const { data } = (await encoder.encode(canvas.frame, 0, false))!;
    const sps = data.indexOf('000001', 0, 'hex') + 3;
    // profile_idc 66; constraint_set0 and 1 set: constrained baseline; level 3.1 (H.264, 7.4.2.1.1).
    expect(data[sps]! & 31).toBe(7);
    expect(data[sps + 1]).toBe(66);
    expect(data[sps + 2]! & 0x40).toBe(0x40);
    expect(data[sps + 3]).toBe(31);
    await encoder.close();
    canvas.close();
  });

  it('cannot be opened with a size no level allows', async () => {
    await expect(
      VideoEncoder.open({ codec: 'h264', ...defaults, width: 99_998, height: 99_998 }),
    ).rejects.toThrow(TypeError);
  });

  it('works at a fractional frame rate', async () => {
    const encoder = await VideoEncoder.open({ codec: 'h264', ...defaults, fps: 6.25 });
    const canvas = new Canvas(size.width, size.height);
    for (const tick of [0, 1, 5]) {
      expect((await encoder.encode(canvas.frame, tick, false))!.tick).toBe(tick);
    }
    await encoder.close();
    canvas.close();
  });
});
