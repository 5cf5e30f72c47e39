import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ArrivedFrame,
  FrameAssembler,
  type FramePacket,
} from '../../../mcu/load/frame-assembler.ts';
import '../rtp/seeded.ts';

/** A stream of pictures of so many packets each; those named are keyframes. */
function packetsOf(sizes: readonly number[], keyframes: readonly number[]): FramePacket[] {
  let number = 100;
  return sizes.flatMap((size, picture) =>
    Array.from({ length: size }, (_, index) => ({
      number: number++,
      timestamp: picture * 3600,
      marker: index === size - 1,
      keyframe: index === 0 && keyframes.includes(picture),
      bytes: 10,
    })),
  );
}

function assembled() {
  const frames: ArrivedFrame[] = [];
  const assembler = new FrameAssembler((frame) => frames.push({ ...frame }));
  return { frames, assembler };
}

describe('complete pictures', () => {
  it('are told once each, in order, whatever the order of the packets', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 20 }),
        fc.infiniteStream(fc.nat({ max: 100 })),
        (sizes, random) => {
          const { frames, assembler } = assembled();
          const [first, ...rest] = packetsOf(sizes, [0]);
          assembler.add(first!, 0);
          const shuffled = rest
            .map((packet) => ({ packet, at: random.next().value as number }))
            .sort((a, b) => a.at - b.at);
          for (const { packet, at } of shuffled) assembler.add(packet, at);
          expect(frames.map(({ packets }) => packets)).toEqual(sizes);
          expect(frames.map(({ timestamp }) => timestamp)).toEqual(sizes.map((_, i) => i * 3600));
          expect(frames.map(({ keyframe }) => keyframe)).toEqual(sizes.map((_, i) => i === 0));
        },
      ),
    );
  });

  it('say when their first packet came and when they were complete', () => {
    const { frames, assembler } = assembled();
    const [a, b, c] = packetsOf([3], [0]);
    assembler.add(a!, 10);
    assembler.add(c!, 12);
    assembler.add(b!, 15);
    expect(frames).toEqual([
      { timestamp: 0, keyframe: true, packets: 3, bytes: 30, firstMs: 10, completeMs: 15 },
    ]);
  });

  it('begin with a keyframe, which is asked for after 200 ms and then every 500 ms', () => {
    const { frames, assembler } = assembled();
    const packets = packetsOf([1, 1, 1, 2], [3]);
    assembler.add(packets[0]!, 0);
    expect(assembler.wantsKeyframe(199)).toBe(false);
    expect(assembler.wantsKeyframe(200)).toBe(true);
    assembler.add(packets[1]!, 240);
    expect(assembler.wantsKeyframe(600)).toBe(false);
    expect(assembler.wantsKeyframe(700)).toBe(true);
    for (const packet of packets.slice(2)) assembler.add(packet, 720);
    expect(frames.map(({ timestamp }) => timestamp)).toEqual([3 * 3600]);
    expect(assembler.wantsKeyframe(5000)).toBe(false);
  });

  it('wait 200 ms for a lost packet; then a keyframe is asked for, and ends the wait', () => {
    const { frames, assembler } = assembled();
    const packets = packetsOf([2, 2, 2, 2, 1], [0, 3]);
    for (const [index, packet] of packets.slice(0, 6).entries()) {
      if (index !== 3) assembler.add(packet, 100);
    }
    expect(frames).toHaveLength(1);
    expect(assembler.wantsKeyframe(290)).toBe(false);
    expect(assembler.wantsKeyframe(310)).toBe(true);
    assembler.add(packets[6]!, 320);
    assembler.add(packets[7]!, 320);
    assembler.add(packets[8]!, 330);
    expect(assembler.wantsKeyframe(340)).toBe(false);
    expect(frames.map(({ timestamp }) => timestamp / 3600)).toEqual([0, 3, 4]);
  });

  it('go on at once when the lost packet comes after all', () => {
    const { frames, assembler } = assembled();
    const packets = packetsOf([1, 1, 1, 1], [0]);
    for (const index of [0, 2, 3]) assembler.add(packets[index]!, 0);
    assembler.add(packets[1]!, 150);
    expect(frames.map(({ completeMs }) => completeMs)).toEqual([0, 150, 150, 150]);
    expect(assembler.wantsKeyframe(1000)).toBe(false);
  });

  it('begin anew with a keyframe after more losses than are remembered', () => {
    const { frames, assembler } = assembled();
    const [first] = packetsOf([1], [0]);
    assembler.add(first!, 0);
    assembler.add({ ...first!, number: 10_000, keyframe: false }, 10);
    expect(assembler.wantsKeyframe(210)).toBe(true);
    assembler.add({ ...first!, number: 10_001, timestamp: 9 }, 220);
    expect(frames.map(({ timestamp }) => timestamp)).toEqual([0, 9]);
  });
});
