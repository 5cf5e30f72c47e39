/** What a participant's fake camera and microphone give. */
export interface FakeMedia {
  /** CSS colour of the picture; none: no camera. */
  colour?: string;
  /**
   * Hertz of a steady tone; 0: a silent microphone; `speech`: babble; `browser`: the browser's own fake; none: none.
   */
  tone?: number | 'speech' | 'browser';
  width?: number;
  height?: number;
  fps?: number;
  /** A moving texture on the colour, which takes all the bits an encoder may spend. */
  busy?: boolean;
  /** Draw the time in milliseconds as a row of black and white bars along the bottom. */
  barcode?: boolean;
  /** Once a second a white flash and a beep, together. */
  flashes?: boolean;
  /** Somebody before a background, for pictures of the product. */
  portrait?: boolean;
  /**
   * A phone held upright: its sensor lies on its side and the frames say so. Upright the left half is
   * blue and the right half is white.
   */
  phone?: boolean;
  /** Nothing is replaced: several devices to choose from, as the browser fakes them. */
  devices?: 'of the browser';
}

/**
 * Runs in the page before anything else: replaces camera and microphone by a canvas and WebAudio.
 * Self-contained, for it is sent to the browser as text.
 */
export function installFakeMedia(media: FakeMedia): void {
  if (media.devices !== undefined) return;
  const width = media.width ?? 320;
  const height = media.height ?? 180;
  const fps = media.fps ?? 15;
  const page = window as unknown as { fakeStream?: MediaStream };

  /** Somebody at a desk, in shapes: no picture of a real person is needed to show what a call looks like. */
  const drawPortrait = (g: CanvasRenderingContext2D, colour: string): void => {
    const ellipse = (
      x: number,
      y: number,
      rx: number,
      ry: number,
      style: string,
      half = 0,
    ): void => {
      g.fillStyle = style;
      g.beginPath();
      g.ellipse(x * width, y * height, rx * width, ry * height, 0, half * Math.PI, 2 * Math.PI);
      g.fill();
    };
    const box = (x: number, y: number, w: number, h: number, style: string): void => {
      g.fillStyle = style;
      g.fillRect(x * width, y * height, w * width, h * height);
    };
    const [skin, hair, shade] = ['#d9a98a', '#4a3a33', '#c4957a'];
    const wall = g.createLinearGradient(0, 0, width, height);
    wall.addColorStop(0, '#d8d4cb');
    wall.addColorStop(1, '#a8a59d');
    g.fillStyle = wall;
    g.fillRect(0, 0, width, height);
    box(0.06, 0.1, 0.2, 0.42, '#8fb3c7');
    box(0.155, 0.1, 0.01, 0.42, '#d8d4cb');
    box(0.74, 0.3, 0.2, 0.015, '#6f6557');
    for (const [index, book] of ['#8c5a4f', '#55708a', '#7d8a55', '#9a8455', '#6b5a80'].entries()) {
      box(
        0.755 + index * 0.03,
        0.3 - 0.11 - (index % 2) * 0.03,
        0.024,
        0.11 + (index % 2) * 0.03,
        book,
      );
    }
    const sway = Math.sin(Date.now() / 900) * 0.006;
    const x = 0.5 + sway;
    ellipse(x, 0.4, 0.115, 0.25, hair);
    box(x - 0.035, 0.55, 0.07, 0.17, shade);
    ellipse(0.5, 1.02, 0.25, 0.36, colour, 1);
    ellipse(x, 0.43, 0.092, 0.21, skin);
    ellipse(x, 0.31, 0.1, 0.13, hair, 1);
    for (const side of [-1, 1]) {
      ellipse(x + side * 0.036, 0.41, 0.009, 0.018, '#3a2f2a');
      box(x + side * 0.036 - 0.016, 0.365, 0.032, 0.008, hair);
    }
    g.strokeStyle = '#9a5f52';
    g.lineWidth = height * 0.012;
    g.beginPath();
    g.ellipse(
      x * width,
      0.5 * height,
      0.03 * width,
      0.035 * height,
      0,
      0.15 * Math.PI,
      0.85 * Math.PI,
    );
    g.stroke();
  };

  const camera = (colour: string): MediaStreamTrack => {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const g = canvas.getContext('2d')!;
    const texture = document.createElement('canvas');
    if (media.busy) {
      [texture.width, texture.height] = [width, height];
      const pen = texture.getContext('2d')!;
      for (let i = 0; i < 600; i++) {
        pen.fillStyle = Math.random() < 0.5 ? 'rgb(0 0 0 / 40%)' : 'rgb(255 255 255 / 40%)';
        pen.fillRect(Math.random() * width, Math.random() * height, width / 40, width / 40);
      }
    }
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
      if (media.busy) {
        const right = (now / 16) % width;
        g.drawImage(texture, right, 0);
        g.drawImage(texture, right - width, 0);
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

  /** Camera frames (I420) with a rotation of 90 degrees clockwise: their bottom is what is left when upright. */
  const phoneCamera = (): MediaStreamTrack => {
    const track = new (
      window as unknown as {
        MediaStreamTrackGenerator: new (init: {
          kind: 'video';
        }) => MediaStreamTrack & { writable: WritableStream<VideoFrame> };
      }
    ).MediaStreamTrackGenerator({ kind: 'video' });
    const writer = track.writable.getWriter();
    const luma = width * height;
    const data = new Uint8Array(luma * 1.5).fill(128);
    const timer = setInterval(() => {
      if (track.readyState === 'ended') {
        clearInterval(timer);
        return;
      }
      data.fill(235, 0, luma / 2).fill(41, luma / 2, luma);
      // Blue, below.
      data.fill(240, luma * 1.125, luma * 1.25).fill(110, luma * 1.375, luma * 1.5);
      data[(Math.round(performance.now() / 20) % width) + 2 * width] = 128;
      const timestamp = Math.round(performance.now() * 1000);
      const init = { format: 'I420', codedWidth: width, codedHeight: height, timestamp } as const;
      void writer.write(new VideoFrame(data, { ...init, rotation: 90 } as VideoFrameBufferInit));
    }, 1000 / fps);
    return track;
  };

  const browsersOwn = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);

  /** A buzz whose pitch, vowels and loudness move as in speech. */
  const babble = (context: AudioContext): AudioNode => {
    const wobble = (target: AudioParam, centre: number, hertz: number, depth: number): void => {
      target.value = centre;
      const oscillator = context.createOscillator();
      oscillator.frequency.value = hertz;
      const gain = context.createGain();
      gain.gain.value = depth;
      oscillator.connect(gain).connect(target);
      oscillator.start();
    };
    const glottis = context.createOscillator();
    glottis.type = 'sawtooth';
    wobble(glottis.frequency, 130, 2.9, 30);
    glottis.start();
    const syllables = context.createGain();
    wobble(syllables.gain, 0.35, 3.7, 0.35);
    for (const [formant, hertz] of [
      [500, 3.1],
      [1700, 2.3],
    ] as const) {
      const filter = context.createBiquadFilter();
      filter.type = 'bandpass';
      filter.Q.value = 4;
      wobble(filter.frequency, formant, hertz, formant / 2.5);
      glottis.connect(filter).connect(syllables);
    }
    return syllables;
  };

  const microphone = async (tone: number | 'speech' | 'browser'): Promise<MediaStreamTrack> => {
    if (tone === 'browser') {
      const [own] = (await browsersOwn({ audio: true })).getAudioTracks();
      return own!;
    }
    const context = new AudioContext({ sampleRate: 48000 });
    const output = context.createMediaStreamDestination();
    if (tone === 'speech') {
      babble(context).connect(output);
    } else if (tone > 0) {
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
      tracks.push(media.phone ? phoneCamera() : camera(media.colour));
    }
    if (constraints?.audio) {
      if (media.tone === undefined) {
        for (const track of tracks) track.stop();
        throw new DOMException('no microphone', 'NotFoundError');
      }
      tracks.push(await microphone(media.tone));
    }
    page.fakeStream = new MediaStream(tracks);
    return page.fakeStream;
  };
}
