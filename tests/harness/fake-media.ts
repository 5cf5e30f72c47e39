/** What a participant's fake camera and microphone give. */
export interface FakeMedia {
  /** CSS colour of the picture; none: no camera. */
  colour?: string;
  /** Hertz of a steady tone; 0: a silent microphone; `browser`: the browser's own fake; none: none. */
  tone?: number | 'browser';
  width?: number;
  height?: number;
  fps?: number;
  /** Draw the time in milliseconds as a row of black and white bars along the bottom. */
  barcode?: boolean;
  /** Once a second a white flash and a beep, together. */
  flashes?: boolean;
  /** Somebody before a background, for pictures of the product. */
  portrait?: boolean;
}

/**
 * Runs in the page before anything else: replaces camera and microphone by a canvas and WebAudio.
 * Self-contained, for it is sent to the browser as text.
 */
export function installFakeMedia(media: FakeMedia): void {
  const width = media.width ?? 320;
  const height = media.height ?? 180;
  const fps = media.fps ?? 15;
  const page = window as unknown as { fake: { stop?: () => void; context?: AudioContext } };
  page.fake = {};

  const drawPortrait = (g: CanvasRenderingContext2D, hue: string): void => {
    const backdrop = g.createLinearGradient(0, 0, width, height);
    backdrop.addColorStop(0, hue);
    backdrop.addColorStop(1, '#1d2433');
    g.fillStyle = backdrop;
    g.fillRect(0, 0, width, height);
    const sway = Math.sin(Date.now() / 900) * width * 0.01;
    g.fillStyle = '#e9b995';
    g.beginPath();
    g.ellipse(width / 2 + sway, height * 0.42, width * 0.1, height * 0.24, 0, 0, Math.PI * 2);
    g.fill();
    g.fillStyle = '#2b2420';
    g.beginPath();
    g.ellipse(width / 2 + sway, height * 0.26, width * 0.105, height * 0.13, 0, Math.PI, 0);
    g.fill();
    g.fillStyle = hue;
    g.beginPath();
    g.ellipse(width / 2, height * 1.05, width * 0.24, height * 0.38, 0, Math.PI, 0);
    g.fill();
  };

  const camera = (colour: string): MediaStreamTrack => {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const g = canvas.getContext('2d')!;
    const draw = (): void => {
      const now = Date.now();
      if (media.portrait) drawPortrait(g, colour);
      else {
        g.fillStyle = media.flashes && now % 1000 < 150 ? '#fff' : colour;
        g.fillRect(0, 0, width, height);
        // A picture that never changes is not sent at its full rate.
        g.fillStyle = '#808080';
        g.fillRect((now / 20) % width, 0, 4, 4);
      }
      if (media.barcode) {
        const bar = width / 16;
        for (let bit = 0; bit < 16; bit++) {
          g.fillStyle = (now >> bit) & 1 ? '#fff' : '#000';
          g.fillRect(bit * bar, height * 0.75, bar + 1, height * 0.25);
        }
      }
    };
    draw();
    const timer = setInterval(draw, 1000 / fps);
    const [track] = canvas.captureStream(fps).getVideoTracks();
    const stop = track!.stop.bind(track);
    track!.stop = () => {
      clearInterval(timer);
      stop();
    };
    return track!;
  };

  const browsersOwn = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);

  const microphone = async (tone: number | 'browser'): Promise<MediaStreamTrack> => {
    if (tone === 'browser') {
      const [own] = (await browsersOwn({ audio: true })).getAudioTracks();
      return own!;
    }
    const context = new AudioContext({ sampleRate: 48000 });
    page.fake.context = context;
    const output = context.createMediaStreamDestination();
    if (tone > 0) {
      const oscillator = context.createOscillator();
      oscillator.frequency.value = tone;
      const gain = context.createGain();
      gain.gain.value = 0.2;
      oscillator.connect(gain).connect(output);
      oscillator.start();
      if (media.flashes) {
        gain.gain.value = 0;
        // Beeps are put on the audio clock ahead of time, at the wall clock's full seconds.
        let planned = 0;
        setInterval(() => {
          const now = Date.now();
          const next = Math.ceil(now / 1000) * 1000;
          if (next === planned || next - now > 400) return;
          planned = next;
          const at = context.currentTime + (next - now) / 1000;
          gain.gain.setValueAtTime(0.3, at);
          gain.gain.setValueAtTime(0, at + 0.15);
        }, 50);
      }
    }
    const [track] = output.stream.getAudioTracks();
    return track!;
  };

  navigator.mediaDevices.getUserMedia = async (constraints) => {
    const tracks: MediaStreamTrack[] = [];
    if (constraints?.video) {
      if (media.colour === undefined) {
        throw new DOMException('no camera', 'NotFoundError');
      }
      tracks.push(camera(media.colour));
    }
    if (constraints?.audio) {
      if (media.tone === undefined) {
        for (const track of tracks) track.stop();
        throw new DOMException('no microphone', 'NotFoundError');
      }
      tracks.push(await microphone(media.tone));
    }
    return new MediaStream(tracks);
  };
}
