import { canvas, fps, tilesOf } from '../../compositing/task.ts';

/** Payload types of what goes in and comes out. */
export const payloadTypes = { vp8: 96, opus: 111, h264: 102 } as const;

/** Where the pipeline listens and sends to, on this machine. */
export interface Ports {
  /** One for each participant. */
  readonly videoIn: readonly number[];
  /** One for each participant. */
  readonly soundIn: readonly number[];
  readonly videoOut: number;
  readonly soundOut: number;
}

const linear =
  'GstVideoConverter,GstVideoConverter.resampler-method=(GstVideoResamplerMethod)linear';

/** Milliseconds that packets are held for those that come late. */
const jitterMs = 50;

const rtp = (port: number, media: string, encoding: string, clock: number, type: number) => [
  ...['udpsrc', 'address=127.0.0.1', `port=${port}`, 'buffer-size=1000000'],
  `caps=application/x-rtp,media=${media},encoding-name=${encoding},clock-rate=${clock},payload=${type}`,
  ...['!', 'rtpjitterbuffer', `latency=${jitterMs}`, '!'],
];

const send = (port: number): string[] => [
  ...['!', 'udpsink', 'host=127.0.0.1', `port=${port}`, 'sync=false', 'async=false'],
];

/**
 * The arguments of `gst-launch-1.0` for an MCU that is as small as one can be: RTP in, one picture and one mix, RTP out.
 * The encoder is set as onegrid's: x264 superfast, zerolatency, one thread, constrained baseline, no keyframe of its own.
 */
export function pipelineOf(ports: Ports): string[] {
  const tiles = tilesOf(ports.videoIn.length);
  return [
    ...['-q', 'compositor', 'name=c', 'background=black', 'max-threads=1'],
    ...tiles.flatMap(({ x, y, width, height }, index) => [
      ...[`sink_${index}::xpos=${x}`, `sink_${index}::ypos=${y}`],
      ...[`sink_${index}::width=${width}`, `sink_${index}::height=${height}`],
      `sink_${index}::converter-config=${linear}`,
    ]),
    '!',
    `video/x-raw,format=I420,width=${canvas.width},height=${canvas.height},framerate=${fps}/1`,
    ...['!', 'x264enc', 'speed-preset=superfast', 'tune=zerolatency', 'bitrate=1500', 'threads=1'],
    ...['sliced-threads=false', 'vbv-buf-capacity=500', 'key-int-max=1000000'],
    ...['option-string=scenecut=0', '!', 'video/x-h264,profile=constrained-baseline', '!'],
    ...['rtph264pay', `pt=${payloadTypes.h264}`, 'mtu=1200', 'config-interval=-1'],
    ...send(ports.videoOut),
    ...['audiomixer', 'name=m', '!', 'audio/x-raw,rate=48000,channels=1', '!', 'audioconvert', '!'],
    ...['opusenc', 'bitrate=32000', 'frame-size=20', 'audio-type=voice', '!'],
    ...['rtpopuspay', `pt=${payloadTypes.opus}`, ...send(ports.soundOut)],
    ...ports.videoIn.flatMap((port, index) => [
      ...rtp(port, 'video', 'VP8', 90_000, payloadTypes.vp8),
      ...['rtpvp8depay', '!', 'vp8dec', 'threads=1', '!', `c.sink_${index}`],
    ]),
    ...ports.soundIn.flatMap((port) => [
      ...rtp(port, 'audio', 'OPUS', 48_000, payloadTypes.opus),
      ...['rtpopusdepay', '!', 'opusdec', '!', 'audioconvert', '!'],
      ...['audio/x-raw,rate=48000,channels=1', '!', 'm.'],
    ]),
  ];
}
