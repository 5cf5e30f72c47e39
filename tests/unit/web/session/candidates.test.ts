import { describe, expect, it } from 'vitest';
import { settle } from '../fakes.ts';
import { joined, offerSdp, Stage } from './stage.ts';

describe('candidates', () => {
  it('wait for the description, and those of another one are dropped', async () => {
    const stage = new Stage();
    stage.join();
    stage.platform.socket.receive(joined());
    const send = (candidate: object | null): void => {
      stage.platform.socket.receive({ type: 'candidate', pc: 'downlink', candidate });
    };
    stage.platform.socket.receive({ type: 'offer', pc: 'downlink', sdp: offerSdp, negotiation: 1 });
    send({ candidate: 'early', usernameFragment: 'down' });
    send({ candidate: 'stale', usernameFragment: 'before' });
    await settle();
    send({ candidate: 'late' });
    send({ candidate: 'stale too', usernameFragment: 'before' });
    send(null);
    await settle();
    const taken = stage.platform.peer.candidates.map((each) => each.candidate);
    expect(taken).toEqual(['early', 'late']);
  });

  it('trickle up with their direction, and end with null only when all are found', async () => {
    const stage = new Stage();
    const { uplink, downlink } = await stage.live();
    const found = (candidate: string): object => ({
      candidate: { toJSON: () => ({ candidate, sdpMid: '0', usernameFragment: 'u' }) },
    });
    uplink.fire('icecandidate', found('host'));
    uplink.fire('icecandidate', found(''));
    uplink.fire('icecandidate', found('relay'));
    uplink.fire('icecandidate', { candidate: null });
    downlink.fire('icecandidate', { candidate: null });
    expect(stage.platform.socket.of('candidate')).toEqual([
      {
        type: 'candidate',
        pc: 'uplink',
        candidate: { candidate: 'host', sdpMid: '0', usernameFragment: 'u' },
      },
      {
        type: 'candidate',
        pc: 'uplink',
        candidate: { candidate: 'relay', sdpMid: '0', usernameFragment: 'u' },
      },
      { type: 'candidate', pc: 'uplink', candidate: null },
      { type: 'candidate', pc: 'downlink', candidate: null },
    ]);
  });
});
