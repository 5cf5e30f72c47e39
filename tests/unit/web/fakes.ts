import type {
  CandidateInit,
  ConnectionState,
  DescriptionInit,
  DeviceLike,
  EncodingLike,
  IceServerInit,
  MediaRequest,
  PeerLike,
  Platform,
  SendParametersLike,
  SocketLike,
  StatsLike,
  StreamLike,
  TrackLike,
  TransceiverInit,
} from '../../../web/lib/client/platform.ts';

class Listeners {
  readonly #byType = new Map<string, ((event: never) => void)[]>();

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#byType.set(type, [...(this.#byType.get(type) ?? []), listener]);
  }

  fire(type: string, event: unknown = {}): void {
    for (const listener of this.#byType.get(type) ?? []) listener(event as never);
  }
}

/** A WebSocket whose other end is the test. */
export class FakeSocket extends Listeners implements SocketLike {
  readonly sent: Record<string, unknown>[] = [];
  closed = false;

  send(data: string): void {
    if (this.closed) throw new Error('sent on a closed socket');
    this.sent.push(JSON.parse(data) as Record<string, unknown>);
  }

  close(): void {
    this.closed = true;
  }

  open(): void {
    this.fire('open');
  }

  receive(message: object): void {
    this.fire('message', { data: JSON.stringify(message) });
  }

  drop(): void {
    this.closed = true;
    this.fire('close');
  }

  /** What was sent of one type. */
  of(type: string): Record<string, unknown>[] {
    return this.sent.filter((message) => message['type'] === type);
  }
}

let trackCount = 0;

/** A camera's, microphone's or remote track. */
export class FakeTrack extends Listeners implements TrackLike {
  readonly id = `track-${++trackCount}`;
  readonly kind: string;
  readyState: 'live' | 'ended' = 'live';
  enabled = true;
  contentHint = '';
  size: { width?: number; height?: number } = { width: 1280, height: 720 };
  /** What {@link FakeTrack.getSettings} tells besides. */
  settings: Omit<ReturnType<TrackLike['getSettings']>, 'width' | 'height'> = {};

  constructor(kind: 'audio' | 'video') {
    super();
    this.kind = kind;
  }

  getSettings(): ReturnType<TrackLike['getSettings']> {
    return { ...this.size, ...this.settings };
  }

  /** What {@link FakeTrack.applyConstraints} does; a test replaces it. */
  takes: (constraints: object) => Promise<void> = () => Promise.resolve();

  applyConstraints(constraints: object): Promise<void> {
    return this.takes(constraints);
  }

  clone(): FakeTrack {
    const clone = new FakeTrack(this.kind === 'audio' ? 'audio' : 'video');
    return Object.assign(clone, { enabled: this.enabled, settings: this.settings });
  }

  stop(): void {
    this.readyState = 'ended';
  }
}

/** A stream of the given tracks. */
export function fakeStream(...tracks: FakeTrack[]): StreamLike {
  return { getTracks: () => tracks };
}

/** One section of a {@link FakePeer}. */
export class FakeSender {
  track: TrackLike | null;
  readonly init: TransceiverInit;
  parameters: SendParametersLike;
  /** Every change that was taken. */
  readonly changes: SendParametersLike[] = [];
  /** Fields of an encoding that this browser does not take. */
  readonly refuses: (keyof EncodingLike)[] = [];
  #transaction = 0;
  #isBusy = false;

  constructor(track: TrackLike, init: TransceiverInit) {
    this.track = track;
    this.init = init;
    this.parameters = { encodings: init.sendEncodings ?? [] };
  }

  /** How it encodes now. */
  get encoding(): EncodingLike {
    return this.parameters.encodings?.[0] ?? {};
  }

  replaceTrack(track: TrackLike | null): Promise<void> {
    this.track = track;
    return Promise.resolve();
  }

  getParameters(): SendParametersLike & { transactionId: number } {
    this.#transaction += 1;
    return { ...this.parameters, transactionId: this.#transaction };
  }

  async setParameters(parameters: SendParametersLike & { transactionId?: number }): Promise<void> {
    const { transactionId, ...rest } = parameters;
    if (this.#isBusy || transactionId !== this.#transaction) throw new Error('InvalidStateError');
    this.#transaction += 1;
    this.#isBusy = true;
    for (let turn = 0; turn < 3; turn++) await Promise.resolve();
    this.#isBusy = false;
    const [encoding = {}] = rest.encodings ?? [];
    if (this.refuses.some((field) => field in encoding)) throw new Error('NotSupportedError');
    this.parameters = rest;
    this.changes.push(rest);
  }
}

/** A PeerConnection without a network: refuses what a real one refuses in the wrong state. */
export class FakePeer extends Listeners implements PeerLike {
  readonly iceServers: readonly IceServerInit[];
  readonly senders: FakeSender[] = [];
  readonly candidates: CandidateInit[] = [];
  connectionState: ConnectionState = 'new';
  local: DescriptionInit | null = null;
  remote: DescriptionInit | null = null;
  closed = false;

  constructor(iceServers: readonly IceServerInit[]) {
    super();
    this.iceServers = iceServers;
  }

  addTransceiver(track: TrackLike, init: TransceiverInit): { sender: FakeSender } {
    const sender = new FakeSender(track, init);
    this.senders.push(sender);
    return { sender };
  }

  createOffer(): Promise<DescriptionInit> {
    const kinds = this.senders.map((sender) => sender.track?.kind ?? 'none');
    return Promise.resolve({ type: 'offer', sdp: `offer ${kinds.join('+')}` });
  }

  createAnswer(): Promise<DescriptionInit> {
    if (this.remote === null) return Promise.reject(new Error('no offer to answer'));
    return Promise.resolve({ type: 'answer', sdp: `answer to ${this.remote.sdp}` });
  }

  setLocalDescription(description: DescriptionInit): Promise<void> {
    if (this.closed) return Promise.reject(new Error('closed'));
    this.local = description;
    return Promise.resolve();
  }

  setRemoteDescription(description: DescriptionInit): Promise<void> {
    if (this.closed) return Promise.reject(new Error('closed'));
    if (description.sdp.includes('garbage')) return Promise.reject(new Error('bad SDP'));
    this.remote = description;
    return Promise.resolve();
  }

  addIceCandidate(candidate: CandidateInit): Promise<void> {
    if (this.remote === null) return Promise.reject(new Error('no remote description'));
    this.candidates.push(candidate);
    return Promise.resolve();
  }

  /** What its statistics say it has received. */
  received = 0;
  /** What {@link FakePeer.getStats} reports as free on the way up, in bits a second. */
  availableOutgoingBitrate: number | undefined;

  getStats(): Promise<StatsLike> {
    const { availableOutgoingBitrate, received } = this;
    const pair = { type: 'candidate-pair', nominated: true, bytesReceived: received };
    return Promise.resolve(new Map([['pair', { ...pair, availableOutgoingBitrate }]]));
  }

  close(): void {
    this.closed = true;
    this.connectionState = 'closed';
  }

  become(state: ConnectionState): void {
    this.connectionState = state;
    this.fire('connectionstatechange');
  }
}

/** The whole browser, held still: time passes when the test says so. */
export class FakePlatform implements Platform {
  readonly sockets: FakeSocket[] = [];
  readonly peers: FakePeer[] = [];
  readonly requests: MediaRequest[] = [];
  /** What getUserMedia gives; a test replaces it. */
  devices: (request: MediaRequest) => Promise<StreamLike> = (request) =>
    Promise.resolve(
      fakeStream(
        ...(request.audio === undefined ? [] : [new FakeTrack('audio')]),
        ...(request.video === undefined ? [] : [new FakeTrack('video')]),
      ),
    );
  readonly #wakeListeners = new Set<() => void>();
  /** What is plugged in. */
  plugged: readonly DeviceLike[] = [];
  readonly #networkListeners = new Set<() => void>();
  readonly #deviceListeners = new Set<() => void>();
  #now = 0;
  #timers: { at: number; action: () => void }[] = [];

  createSocket(): FakeSocket {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket;
  }

  createPeer(iceServers: readonly IceServerInit[]): FakePeer {
    const peer = new FakePeer(iceServers);
    this.peers.push(peer);
    return peer;
  }

  createStream(): StreamLike {
    return fakeStream();
  }

  getUserMedia(request: MediaRequest): Promise<StreamLike> {
    this.requests.push(request);
    return this.devices(request);
  }

  /** What the person chooses to share; a test replaces it. */
  screen: () => Promise<StreamLike> = () => Promise.resolve(fakeStream(new FakeTrack('video')));
  sharesScreens = true;
  readonly mixes: { readonly of: readonly TrackLike[]; track: FakeTrack; closed: boolean }[] = [];

  canShareScreen(): boolean {
    return this.sharesScreens;
  }

  getDisplayMedia(): Promise<StreamLike> {
    return this.screen();
  }

  mixSound(of: readonly TrackLike[]): { track: FakeTrack; close(): void } {
    const mix = { of, track: new FakeTrack('audio'), closed: false };
    this.mixes.push(mix);
    return {
      track: mix.track,
      close: () => {
        mix.closed = true;
      },
    };
  }

  listDevices(): Promise<readonly DeviceLike[]> {
    return Promise.resolve(this.plugged);
  }

  onDeviceChange(listener: () => void): () => void {
    this.#deviceListeners.add(listener);
    return () => {
      this.#deviceListeners.delete(listener);
    };
  }

  /** Plugs these in, and all others out. */
  plug(...devices: DeviceLike[]): void {
    this.plugged = devices;
    for (const listener of this.#deviceListeners) listener();
  }

  after(delayMs: number, action: () => void): () => void {
    const timer = { at: this.#now + delayMs, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  savesData(): boolean {
    return false;
  }

  onNetworkChange(listener: () => void): () => void {
    this.#networkListeners.add(listener);
    return () => {
      this.#networkListeners.delete(listener);
    };
  }

  /** The network may be another one now. */
  changeNetwork(): void {
    for (const listener of this.#networkListeners) listener();
  }

  onWake(listener: () => void): () => void {
    this.#wakeListeners.add(listener);
    return () => {
      this.#wakeListeners.delete(listener);
    };
  }

  /** The page runs again after it was asleep. */
  wake(): void {
    for (const listener of this.#wakeListeners) listener();
  }

  /** Who still listens for one or the other. */
  get networkListeners(): number {
    return this.#networkListeners.size + this.#wakeListeners.size;
  }

  random(): number {
    return 1;
  }

  /** Lets `ms` milliseconds pass, and what was due in them happen in order. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#now = due.at;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      due.action();
      await settle();
    }
    this.#now = end;
    await settle();
  }

  /** How many timers are running: none may be left when all is closed. */
  get timers(): number {
    return this.#timers.length;
  }

  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('no socket was opened');
    return socket;
  }

  get peer(): FakePeer {
    const peer = this.peers.at(-1);
    if (peer === undefined) throw new Error('no PeerConnection was made');
    return peer;
  }
}

/** Lets every promise that can settle do so. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
