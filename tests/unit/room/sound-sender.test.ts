import { describe, expect, it } from 'vitest';
import { payloadTypes } from '../../../mcu/room/downlink-sdp.ts';
import { SoundSender } from '../../../mcu/room/sound-sender.ts';
import { makeReceiver } from '../rtp/receiver.ts';

const frame = (fill: number): Buffer => Buffer.alloc(40, fill);
const lossy = (sender: SoundSender): void => {
  for (let second = 0; second < 5; second++) sender.onLoss(0.05, second * 1000);
};

describe('the sound of one receiver', () => {
  it('is doubled while packets are missed and there is room, in one stream without a gap', () => {
    const receiver = makeReceiver();
    const stream = receiver.stream(7, payloadTypes.opus);
    const sender = new SoundSender(stream, true);
    sender.send(frame(1), 1000);
    lossy(sender);
    sender.send(frame(2), 1020);
    sender.allowRed(false);
    sender.send(frame(3), 1040);
    sender.allowRed(true);
    sender.send(frame(4), 1060);
    const parsed = receiver.parsed();
    const { opus, red } = payloadTypes;
    expect(parsed.map(({ payloadType }) => payloadType)).toEqual([opus, red, opus, red]);
    expect(parsed.map(({ payload }) => payload.length)).toEqual([40, 85, 40, 85]);
    const first = parsed[0]!;
    expect(parsed.map(({ sequenceNumber }) => sequenceNumber - first.sequenceNumber)).toEqual([
      0, 1, 2, 3,
    ]);
    expect(parsed.map(({ timestamp }) => timestamp - first.timestamp)).toEqual([
      0, 960, 1920, 2880,
    ]);
    // A sender report counts what was on the wire (RFC 3550 §6.4.1).
    expect(stream.packetCount).toBe(4);
    expect(stream.octetCount).toBe(40 + 85 + 40 + 85);
  });

  it('is left out while nobody speaks, but for what begins a silence and refreshes it', () => {
    const receiver = makeReceiver();
    const sender = new SoundSender(receiver.stream(7, payloadTypes.opus), true);
    lossy(sender);
    const [speech, silence, refresh] = [frame(1), Buffer.alloc(2, 2), Buffer.alloc(21, 3)];
    const frames = [speech, silence, silence, silence, refresh, silence, silence, speech, speech];
    const sent = frames.filter((each, index) => sender.send(each, 1000 + index * 60));
    expect(sent).toEqual([speech, silence, refresh, silence, speech, speech]);
    const parsed = receiver.parsed();
    const [first] = parsed;
    expect(parsed.map(({ marker }) => marker)).toEqual([false, false, true, false, true, false]);
    expect(parsed.map(({ sequenceNumber }) => sequenceNumber - first!.sequenceNumber)).toEqual([
      0, 1, 2, 3, 4, 5,
    ]);
    expect(parsed.map(({ timestamp }) => (timestamp - first!.timestamp) / 2880)).toEqual([
      0, 1, 4, 5, 7, 8,
    ]);
  });

  it('stays as it is for who does not take RED', () => {
    const receiver = makeReceiver();
    const sender = new SoundSender(receiver.stream(7, payloadTypes.opus), false);
    lossy(sender);
    sender.send(frame(1), 1000);
    sender.send(frame(2), 1020);
    expect(receiver.parsed().map(({ payloadType }) => payloadType)).toEqual([111, 111]);
  });
});
