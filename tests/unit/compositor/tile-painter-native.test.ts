import { deflateSync } from 'node:zlib';
import {
  AV_CODEC_ID_PNG,
  AV_LOG_ERROR,
  AV_PIX_FMT_RGBA,
  AVCOL_RANGE_JPEG,
  AVCOL_SPC_BT2020_NCL,
  AVCOL_SPC_BT709,
  AVCOL_SPC_SMPTE170M,
  AVCOL_SPC_UNSPECIFIED,
} from 'node-av/constants';
import { Codec, CodecContext, FilterGraph, Frame, Log, Packet } from 'node-av/lib';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { backgroundRgb, Canvas } from '../../../mixer/compositor/canvas.ts';
import type { Rectangle } from '../../../mixer/compositor/geometry.ts';
import { type I420Frame, yuvOf } from '../../../mixer/compositor/i420.ts';
import type { Fit } from '../../../mixer/compositor/layout-types.ts';
import type { Picture } from '../../../mixer/compositor/picture.ts';
import { TilePainter } from '../../../mixer/compositor/tile-painter.ts';
import { frameOf, nativeOf, rgbFrame, yuvFrame } from './frames.ts';
import { backgroundColour, pixel, solid } from './pictures.ts';

const painter = new TilePainter();
const open: { free?(): void; close?(): void }[] = [];
const kept = <T extends { free?(): void; close?(): void }>(thing: T): T => {
  open.push(thing);
  return thing;
};
beforeAll(() => {
  // swscale says that the formats with a "j", which tests make, are out of use.
  Log.setLevel(AV_LOG_ERROR);
});
afterEach(() => {
  painter.close();
  for (const thing of open.splice(0)) {
    thing.free?.();
    thing.close?.();
  }
});

const whole = (canvas: Canvas): Rectangle => ({
  x: 0,
  y: 0,
  width: canvas.width,
  height: canvas.height,
});
const painted = (picture: Picture, width: number, height: number, fit: Fit = 'cover'): Canvas => {
  const canvas = kept(new Canvas(width, height));
  painter.paint(canvas, whole(canvas), fit, picture);
  return canvas;
};
const native = (frame: Frame) => nativeOf(kept(frame));
/** The greatest difference between two colours' parts. */
const apart = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, index) => Math.abs(value - b[index]!)));
const mostApart = (a: Canvas, b: Canvas): number => {
  let most = 0;
  for (let y = 0; y < a.height; y += 1) {
    for (let x = 0; x < a.width; x += 1)
      most = Math.max(most, apart(pixel(a, x, y), pixel(b, x, y)));
  }
  return most;
};

/** Soft colours, all within RGB, that differ everywhere, so that no shift of a plane goes unseen. */
function wavy(width: number, height: number): I420Frame {
  const { data } = solid(width, height, [0, 0, 0]);
  const luma = width * height;
  const half = Math.ceil(width / 2);
  for (let at = 0; at < luma; at += 1) {
    data[at] = 126 + 40 * Math.sin((at % width) / 17) * Math.cos(Math.floor(at / width) / 13);
  }
  for (let at = luma; at < data.length; at += 1) {
    const chroma = at - luma;
    data[at] = 128 + 25 * Math.sin((chroma % half) / 11 + Math.floor(chroma / half) / 23);
  }
  return { width, height, data };
}

const yuvFormats = [
  'yuv420p',
  'yuvj420p',
  'nv12',
  'nv21',
  'yuv422p',
  'yuvj422p',
  'yuv440p',
  'yuv444p',
  'yuvj444p',
  'yuv420p10le',
  'yuv422p10le',
  'yuv444p12le',
  'p010le',
  'yuva420p',
  'yuv411p',
  'yuyv422',
];
const rgbFormats = [
  'rgb24',
  'bgr24',
  'rgba',
  'bgra',
  'argb',
  'rgb0',
  'gbrp',
  'rgb48be',
  'rgba64be',
];

describe('a native picture', () => {
  it.each(yuvFormats)('in %s looks like the same one in I420', (format) => {
    for (const [width, height] of [
      [320, 180],
      [322, 240],
      [241, 323],
    ] as const) {
      const source = wavy(width, height);
      const frame = native(yuvFrame(source, format));
      for (const [tileWidth, tileHeight] of [
        [160, 90],
        [100, 120],
        [400, 226],
      ] as const) {
        const expected = painted(source, tileWidth, tileHeight);
        const actual = painted(frame, tileWidth, tileHeight);
        expect({ width, tileWidth, near: mostApart(actual, expected) <= 3 }).toEqual({
          width,
          tileWidth,
          near: true,
        });
      }
    }
  });

  it('in yuv420p is exactly what it is in I420, also where it is only copied', () => {
    const source = wavy(322, 182);
    const frame = native(yuvFrame(source, 'yuv420p'));
    for (const [width, height] of [
      [322, 182],
      [160, 90],
      [480, 270],
    ] as const) {
      expect(mostApart(painted(frame, width, height), painted(source, width, height))).toBe(0);
    }
  });

  it.each(rgbFormats)('in %s has its colours', (format) => {
    const corners = [0xd03020, 0x20b040, 0x3050e0, 0xf0f0f0];
    const frame = native(
      rgbFrame(160, 96, (x, y) => [corners[(x < 80 ? 0 : 1) + (y < 48 ? 0 : 2)]!, 255], format),
    );
    const canvas = painted(frame, 80, 48);
    corners.forEach((rgb, index) => {
      const seen = pixel(canvas, 20 + (index % 2) * 40, 12 + (index >> 1) * 24);
      expect(apart(seen, yuvOf(rgb))).toBeLessThanOrEqual(3);
    });
  });

  it('in grey is grey', () => {
    const frame = native(rgbFrame(64, 64, () => [0x808080, 255], 'gray'));
    expect(apart(pixel(painted(frame, 64, 36), 30, 20), yuvOf(0x808080))).toBeLessThanOrEqual(2);
  });

  it('with a palette has its colours, and the background where it is transparent', async () => {
    const frame = native(await decodedPng(8, 8, [0xd03020, 0x20b040], [255, 0]));
    const canvas = painted(frame, 64, 64);
    expect(apart(pixel(canvas, 10, 30), yuvOf(0xd03020))).toBeLessThanOrEqual(3);
    expect(apart(pixel(canvas, 54, 30), backgroundColour)).toBeLessThanOrEqual(2);
  });

  it.each(['rgba', 'bgra', 'yuva444p'])('in %s is laid over the background', (format) => {
    const frame = native(
      rgbFrame(96, 64, (x) => [0xf0f0f0, x < 32 ? 0 : x < 64 ? 128 : 255], format),
    );
    const canvas = painted(frame, 96, 64);
    const half = yuvOf(0xf0f0f0)[0] / 2 + yuvOf(backgroundRgb)[0] / 2;
    expect(Math.abs(pixel(canvas, 10, 30)[0]! - backgroundColour[0])).toBeLessThanOrEqual(2);
    expect(Math.abs(pixel(canvas, 48, 30)[0]! - half)).toBeLessThanOrEqual(3);
    expect(Math.abs(pixel(canvas, 86, 30)[0]! - yuvOf(0xf0f0f0)[0])).toBeLessThanOrEqual(2);
  });

  it('shows nothing of the colours it hides where it is transparent', () => {
    const hiding = (rgb: number): Canvas =>
      painted(
        native(
          rgbFrame(300, 200, (x, y) => (((x >> 2) + (y >> 2)) % 2 ? [0xf0f0f0, 255] : [rgb, 0])),
        ),
        90,
        60,
      );
    expect(mostApart(hiding(0x000000), hiding(0x00ff00))).toBe(0);
  });

  it('whose rows are stored upwards is upright', () => {
    const frame = kept(yuvFrame(wavy(322, 180), 'yuv420p'));
    const graph = kept(new FilterGraph());
    graph.alloc();
    graph.parse2('buffer@in=video_size=322x180:pix_fmt=yuv420p:time_base=1/1,vflip,buffersink@out');
    expect(graph.configSync()).toBe(0);
    expect(graph.getFilter('buffer@in')!.buffersrcAddFrameSync(frame)).toBe(0);
    const flipped = kept(new Frame());
    flipped.alloc();
    expect(graph.getFilter('buffersink@out')!.buffersinkGetFrameSync(flipped)).toBe(0);
    expect(flipped.linesize[0]).toBeLessThan(0);
    const tall = wavy(322, 180);
    const rows = (plane: Uint8Array, width: number): Uint8Array[] =>
      Array.from({ length: plane.length / width }, (_, row) =>
        plane.subarray(row * width, (row + 1) * width),
      ).reverse();
    const [luma, chroma] = [322 * 180, 161 * 90];
    const upsideDown = {
      ...tall,
      data: Buffer.concat([
        ...rows(tall.data.subarray(0, luma), 322),
        ...rows(tall.data.subarray(luma, luma + chroma), 161),
        ...rows(tall.data.subarray(luma + chroma), 161),
      ]),
    };
    const seen = painted(nativeOf(flipped), 160, 90);
    expect(mostApart(seen, painted(upsideDown, 160, 90))).toBeLessThanOrEqual(3);
  });

  it('of full range becomes one of limited range', () => {
    const frame = kept(yuvFrame(solid(64, 36, [255, 128, 128]), 'yuv420p'));
    frame.colorRange = AVCOL_RANGE_JPEG;
    expect(pixel(painted(nativeOf(frame), 64, 36), 30, 20)).toEqual([235, 128, 128]);
    frame.data![0]!.fill(0);
    expect(pixel(painted(nativeOf(frame), 100, 60), 30, 20)).toEqual([16, 128, 128]);
  });

  it.each([
    [1, 1],
    [2, 2],
    [3, 5],
    [40, 30],
  ])('of %i x %i fills its tile and nothing else, in any format', (width, height) => {
    const tile = { x: 20, y: 8, width: 90, height: 30 };
    for (const format of [...yuvFormats, ...rgbFormats]) {
      const rgb = rgbFormats.includes(format);
      const frame = native(
        rgb
          ? rgbFrame(width, height, () => [0xc0c0c0, 255], format)
          : yuvFrame(solid(width, height, [150, 110, 140]), format),
      );
      const canvas = kept(new Canvas(128, 48));
      painter.paint(canvas, tile, 'cover', frame);
      let wrong = 0;
      for (let y = 0; y < 48; y += 1) {
        for (let x = 0; x < 128; x += 1) {
          const inside = x >= 20 && x < 110 && y >= 8 && y < 38;
          const expected = !inside ? backgroundColour : rgb ? yuvOf(0xc0c0c0) : [150, 110, 140];
          if (apart(pixel(canvas, x, y), expected) > (inside ? 3 : 0)) wrong += 1;
        }
      }
      expect({ format, wrong }).toEqual({ format, wrong: 0 });
    }
  });

  it('is converted once while it is the newest, and not read any more afterwards', () => {
    const frame = rgbFrame(64, 36, () => [0xd03020, 255]);
    const picture = nativeOf(frame);
    const canvas = kept(new Canvas(64, 36));
    painter.paint(canvas, whole(canvas), 'cover', picture);
    frame.data![0]!.fill(0);
    painter.paint(canvas, { x: 0, y: 0, width: 40, height: 20 }, 'cover', picture);
    expect(apart(pixel(canvas, 10, 10), yuvOf(0xd03020))).toBeLessThanOrEqual(3);
    painter.paint(canvas, whole(canvas), 'cover', nativeOf(frame));
    expect(apart(pixel(canvas, 10, 10), backgroundColour)).toBeLessThanOrEqual(2);
    frame.free();
    painter.paint(canvas, whole(canvas), 'cover', solid(64, 36, [90, 100, 110]));
    expect(pixel(canvas, 10, 10)).toEqual([90, 100, 110]);
  });
});

describe('the colour matrix', () => {
  const rgbs = [0xd03020, 0x20b040, 0x3050e0, 0xf0e020, 0x808080, 0xe8b090];
  const tagged = (
    width: number,
    yuv: readonly [number, number, number],
    tag: Frame['colorSpace'],
  ) => {
    const frame = kept(yuvFrame(solid(width, 36, yuv), 'yuv420p'));
    frame.colorSpace = tag;
    return nativeOf(frame);
  };
  const on = (matrix: 'bt601' | 'bt709', picture: Picture): number[] => {
    const canvas = kept(new Canvas(64, 36, matrix));
    painter.paint(canvas, whole(canvas), 'cover', picture);
    return pixel(canvas, 31, 17);
  };

  it.each([64, 100, 320])('of a tagged picture %i wide becomes that of the canvas', (width) => {
    for (const rgb of rgbs) {
      const [in601, in709] = [yuvOf(rgb, 'bt601'), yuvOf(rgb, 'bt709')];
      expect(apart(on('bt601', tagged(width, in709, AVCOL_SPC_BT709)), in601)).toBeLessThanOrEqual(
        1,
      );
      expect(
        apart(on('bt709', tagged(width, in601, AVCOL_SPC_SMPTE170M)), in709),
      ).toBeLessThanOrEqual(1);
      expect(on('bt709', tagged(width, in709, AVCOL_SPC_BT709))).toEqual([...in709]);
      expect(on('bt601', tagged(width, in601, AVCOL_SPC_SMPTE170M))).toEqual([...in601]);
    }
  });

  it('of a picture that says none stays', () => {
    const yuv = yuvOf(0xd03020);
    for (const matrix of ['bt601', 'bt709'] as const) {
      expect(on(matrix, tagged(64, yuv, AVCOL_SPC_UNSPECIFIED))).toEqual([...yuv]);
      expect(on(matrix, solid(64, 36, yuv))).toEqual([...yuv]);
    }
  });

  it('leaves grey grey, from black to white and from any matrix', () => {
    for (let luma = 16; luma <= 235; luma += 1) {
      const picture = tagged(64, [luma, 128, 128], AVCOL_SPC_BT2020_NCL);
      expect(on('bt601', picture)).toEqual([luma, 128, 128]);
    }
  });

  it('never wraps a colour around', () => {
    for (const u of [0, 128, 255]) {
      for (const v of [0, 128, 255]) {
        expect(on('bt601', tagged(64, [255, u, v], AVCOL_SPC_BT709))[0]).toBeGreaterThan(180);
        expect(on('bt601', tagged(64, [0, u, v], AVCOL_SPC_BT709))[0]).toBeLessThan(75);
      }
    }
  });

  it('of the canvas is that of RGB pictures and of the background', () => {
    for (const matrix of ['bt601', 'bt709'] as const) {
      for (const rgb of rgbs) {
        const frame = nativeOf(kept(rgbFrame(64, 36, () => [rgb, 255])));
        expect(apart(on(matrix, frame), yuvOf(rgb, matrix))).toBeLessThanOrEqual(3);
      }
      const canvas = kept(new Canvas(64, 36, matrix));
      expect(pixel(canvas, 5, 5)).toEqual([...yuvOf(backgroundRgb, matrix)]);
      expect(canvas.frame.colorSpace).toBe(
        matrix === 'bt709' ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M,
      );
    }
  });

  it('changes nothing outside the tile', () => {
    const canvas = kept(new Canvas(64, 36));
    const picture = tagged(64, yuvOf(0xd03020, 'bt709'), AVCOL_SPC_BT709);
    painter.paint(canvas, { x: 20, y: 10, width: 22, height: 12 }, 'cover', picture);
    for (let y = 0; y < 36; y += 1) {
      for (let x = 0; x < 64; x += 1) {
        const inside = x >= 20 && x < 42 && y >= 10 && y < 22;
        const expected = inside ? yuvOf(0xd03020) : backgroundColour;
        expect(apart(pixel(canvas, x, y), expected)).toBeLessThanOrEqual(inside ? 1 : 0);
      }
    }
  });
});

/** A PNG of vertical bars with a palette, as libav decodes it. */
async function decodedPng(
  width: number,
  height: number,
  palette: number[],
  alphas: number[],
): Promise<Frame> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8);
  const colours = Buffer.concat(
    palette.map((rgb) => Buffer.from([rgb >> 16, (rgb >> 8) & 255, rgb & 255])),
  );
  const row = [
    0,
    ...Array.from({ length: width }, (_, x) => Math.floor((x * palette.length) / width)),
  ];
  const rows = Buffer.from(Array.from({ length: height }, () => row).flat());
  const png = Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    pngChunk('IHDR', header),
    pngChunk('PLTE', colours),
    pngChunk('tRNS', Buffer.from(alphas)),
    pngChunk('IDAT', deflateSync(rows)),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
  const codec = Codec.findDecoder(AV_CODEC_ID_PNG);
  const decoder = new CodecContext();
  decoder.allocContext3(codec);
  await decoder.open2(codec);
  const packet = new Packet();
  packet.alloc();
  packet.data = png;
  const frame = frameOf(2, 2, AV_PIX_FMT_RGBA);
  expect(await decoder.sendPacket(packet)).toBe(0);
  expect(await decoder.receiveFrame(frame)).toBe(0);
  packet.free();
  decoder.freeContext();
  return frame;
}

/** Without a checksum that is right: decoders do not look at it. */
function pngChunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, Buffer.from(type, 'latin1'), data, Buffer.alloc(4)]);
}
