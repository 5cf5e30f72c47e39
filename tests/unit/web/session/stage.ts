import { LocalMedia } from '../../../../web/lib/client/local-media.ts';
import { ScreenShare } from '../../../../web/lib/client/screen-share.ts';
import { RoomSession } from '../../../../web/lib/client/session.ts';
import type { SessionState } from '../../../../web/lib/client/session-state.ts';
import { FakePlatform, settle, type FakePeer } from '../fakes.ts';

/** What the server offers first. */
export const offerSdp = 'v=0\r\na=ice-ufrag:down\r\n';

/** Somebody in a room, as the server tells of them. */
export function person(id: string, name = id): object {
  const joinedAt = '2025-01-01T00:00:00Z';
  return {
    id,
    name,
    role: 'guest',
    audio: true,
    video: true,
    source: 'camera',
    hand: false,
    joinedAt,
  };
}

/** The server's word that lets Ana in. */
export function joined(extra: object = {}): object {
  return {
    type: 'joined',
    participantId: 'me',
    resumeToken: 'resume-1',
    room: { name: 'kitchen', layout: 'auto', pinned: null, recording: null },
    participants: [person('me', 'Ana')],
    iceServers: [{ urls: 'stun:stun.example' }],
    chat: [],
    ...extra,
  };
}

/** A session with everything around it held still. */
export class Stage {
  readonly platform = new FakePlatform();
  readonly media = new LocalMedia(this.platform);
  readonly share = new ScreenShare(this.platform);
  readonly session = new RoomSession(this.platform, 'ws://host/ws', this.media, this.share);
  readonly phases: string[] = [];

  constructor() {
    this.session.on('state', (state) => {
      if (this.phases.at(-1) !== state.phase) this.phases.push(state.phase);
    });
  }

  /** In the room with both devices; the uplink is answered and connected, the downlink too. */
  async live(): Promise<{ uplink: FakePeer; downlink: FakePeer }> {
    await this.media.acquire();
    this.join();
    this.platform.socket.receive(joined());
    await settle();
    return await this.connect();
  }

  join(): void {
    this.session.join({ room: 'kitchen', name: 'Ana' });
    this.platform.socket.open();
  }

  async connect(): Promise<{ uplink: FakePeer; downlink: FakePeer }> {
    const uplink = this.platform.peer;
    this.platform.socket.receive({ type: 'answer', pc: 'uplink', sdp: 'a=ice-ufrag:up\r\n' });
    this.platform.socket.receive({ type: 'offer', pc: 'downlink', sdp: offerSdp, negotiation: 1 });
    await settle();
    const downlink = this.platform.peer;
    uplink.become('connected');
    downlink.become('connected');
    return { uplink, downlink };
  }

  get state(): SessionState {
    return this.session.state;
  }

  get view() {
    if (!('view' in this.state)) throw new Error(`no view while ${this.state.phase}`);
    return this.state.view;
  }
}
