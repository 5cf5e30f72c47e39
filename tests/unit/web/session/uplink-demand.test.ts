import { describe, expect, it } from 'vitest';
import { settle, type FakePeer } from '../fakes.ts';
import { joined, Stage } from './stage.ts';

describe('what the server asks of the sound', () => {
  const ask = (stage: Stage, ptime: number, bitrate: number): void => {
    const video = { width: 160, height: 90, fps: 8, bitrate: 50_000 };
    stage.platform.socket.receive({ type: 'uplink', ...video, audio: { ptime, bitrate } });
  };
  const answer = async (stage: Stage, ptime: number): Promise<void> => {
    const sdp = `v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=ptime:${String(ptime)}\r\nm=video 9\r\na=ptime:1\r\n`;
    stage.platform.socket.receive({ type: 'answer', pc: 'uplink', sdp });
    await settle();
  };
  const live = async (): Promise<{ stage: Stage; uplink: FakePeer }> => {
    const stage = new Stage();
    await stage.media.acquire();
    stage.join();
    stage.platform.socket.receive(joined());
    ask(stage, 10, 32_000);
    await settle();
    const uplink = stage.platform.peer;
    await answer(stage, 10);
    return { stage, uplink };
  };

  it('is negotiated anew over the same PeerConnection where its frames have another length', async () => {
    const { stage, uplink } = await live();
    const { socket } = stage.platform;
    expect(socket.of('offer')).toHaveLength(1);
    ask(stage, 60, 16_000);
    await settle();
    expect(socket.of('offer')).toHaveLength(2);
    expect(uplink.senders[0]!.encoding.maxBitrate).toBe(16_000);
    await answer(stage, 60);
    ask(stage, 60, 24_000);
    await settle();
    expect(socket.of('offer')).toHaveLength(2);
    expect(uplink.senders[0]!.encoding.maxBitrate).toBe(24_000);
    ask(stage, 10, 32_000);
    await settle();
    expect(socket.of('offer')).toHaveLength(3);
    expect(stage.platform.peers).toHaveLength(1);
  });

  it('has longer frames before the offer is on its way, shorter ones with the answer', async () => {
    const { stage, uplink } = await live();
    const lengths = (): string[] => uplink.remote?.sdp.match(/a=ptime:\d+/g) ?? [];
    ask(stage, 60, 16_000);
    await settle();
    expect(lengths()).toEqual(['a=ptime:60', 'a=ptime:1']);
    expect(stage.platform.socket.of('offer')).toHaveLength(2);
    // The picture waits for the offer to get through.
    expect(uplink.senders[1]!.encoding.active).toBe(false);
    await answer(stage, 60);
    expect(uplink.senders[1]!.encoding.active).toBe(true);
    ask(stage, 10, 32_000);
    await settle();
    expect(lengths()).toEqual(['a=ptime:60', 'a=ptime:1']);
    expect(uplink.senders[1]!.encoding.active).toBe(true);
    await answer(stage, 10);
    expect(lengths()).toEqual(['a=ptime:10', 'a=ptime:1']);
  });

  it('waits for an answer that is due, and is not asked for twice', async () => {
    const { stage } = await live();
    const { socket } = stage.platform;
    ask(stage, 60, 16_000);
    await settle();
    ask(stage, 20, 16_000);
    await settle();
    expect(socket.of('offer')).toHaveLength(2);
    await answer(stage, 60);
    expect(socket.of('offer')).toHaveLength(3);
    // A server that does not keep to its own word.
    await answer(stage, 60);
    expect(socket.of('offer')).toHaveLength(3);
  });
});

describe('what the server asks for', () => {
  const ask = (stage: Stage, height: number, fps = 25): void => {
    stage.platform.socket.receive({
      type: 'uplink',
      width: (height * 16) / 9,
      height,
      fps,
      bitrate: 500_000,
      audio: { ptime: 10, bitrate: 32_000 },
    });
  };
  const linesOf = (peer: FakePeer): number =>
    Math.floor(720 / (peer.senders[1]!.encoding.scaleResolutionDownBy ?? 1));

  it('is sent', async () => {
    const stage = new Stage();
    const { uplink } = await stage.live();
    expect(linesOf(uplink)).toBe(360);
    ask(stage, 180);
    await settle();
    expect(linesOf(uplink)).toBe(180);
    ask(stage, 90, 0);
    await settle();
    expect(uplink.senders[1]!.encoding.active).toBe(false);
    expect(stage.platform.socket.of('offer')).toHaveLength(1);
  });

  it('before the offer is what the uplink begins with', async () => {
    const stage = new Stage();
    stage.join();
    stage.platform.socket.receive(joined());
    ask(stage, 180);
    await stage.media.acquire();
    await settle();
    const [encoding] = stage.platform.peer.senders[1]!.init.sendEncodings!;
    expect(encoding).toMatchObject({ active: true, maxFramerate: 25, maxBitrate: 500_000 });
    expect(encoding!.scaleResolutionDownBy).toBeCloseTo(4, 3);
  });

  it('holds for another camera, after a reset, and over a new uplink', async () => {
    const stage = new Stage();
    const { uplink } = await stage.live();
    ask(stage, 180);
    await settle();
    await stage.media.setCamera(false);
    await stage.media.setCamera(true);
    await settle();
    expect(linesOf(uplink)).toBe(180);

    stage.platform.socket.receive({ type: 'reset', reason: 'room process restarted' });
    await settle();
    const second = stage.platform.peer;
    expect(second).not.toBe(uplink);
    expect(linesOf(second)).toBe(180);

    stage.platform.socket.receive({ type: 'answer', pc: 'uplink', sdp: 'v=0' });
    await settle();
    second.become('failed');
    await stage.platform.pass(300);
    const third = stage.platform.peer;
    expect(third).not.toBe(second);
    expect(linesOf(third)).toBe(180);
  });

  it('is forgotten by who joins anew', async () => {
    const stage = new Stage();
    await stage.live();
    ask(stage, 90, 0);
    stage.platform.socket.drop();
    await stage.platform.pass(300);
    stage.platform.socket.open();
    stage.platform.socket.receive(joined({ participantId: 'me-again' }));
    await settle();
    expect(stage.platform.peer.senders[1]!.encoding.active).toBe(true);
  });
});
