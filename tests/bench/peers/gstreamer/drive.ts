import { spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type * as clips from '../../../../mcu/load/clip.ts';
import type * as synthetic from '../../../../mcu/load/index.ts';
import type * as uplinks from '../../../../mcu/load/uplink-sender.ts';
import { canvas, tilesOf } from '../../compositing/task.ts';
import type { Load } from '../../lab/in-child.ts';
import { ownCpuSeconds } from '../../lab/own-cpu.ts';
import { rounded } from '../../lab/statistics.ts';
import { judgeReceived } from '../../mcu/judge.ts';
import type { Outcome } from '../../mcu/outcome.ts';
import type { ReceivedPacket } from '../../mcu/received.ts';
import type { RunTask, UplinkFormat } from '../../mcu/system.ts';
import { measureUsage } from '../../mcu/window.ts';
import { prioritize } from '../peer.ts';
import { payloadTypes, pipelineOf } from './pipeline.ts';

/** The first picture has come by then, in milliseconds. */
const patienceMs = 15_000;
/** As often as the load's own participants have a turn. */
const turnMs = 5;

/** Feeds a GStreamer pipeline with what synthetic participants send, as plain RTP, and measures it. */
export async function work(task: RunTask & { program: string }, load: Load): Promise<Outcome> {
  const { participants, uplink, speakers, program } = task;
  const senders = await sendersOf(participants, speakers, uplink, load);
  const [video, sound] = await Promise.all([openSocket(), openSocket()]);
  const ports = await freePorts(2 * participants);
  const [videoIn, soundIn] = [ports.slice(0, participants), ports.slice(participants)];
  const pipeline = pipelineOf({
    ...{ videoIn, soundIn, videoOut: portOf(video), soundOut: portOf(sound) },
  });
  const child = spawn(program, pipeline, { stdio: ['ignore', 'ignore', 'pipe'] });
  const pid = child.pid ?? -1;
  prioritize(pid);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  const end = once(child, 'close');
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const packets: ReceivedPacket[] = [];
  let [frames, videoBytes, soundPackets] = [0, 0, 0];
  video.on('message', (packet) => {
    videoBytes += packet.length;
    if (((packet[1] ?? 0) & 0x80) !== 0) frames += 1;
    if (task.check) packets.push({ kind: 'video', packet, atMs: performance.now() });
  });
  sound.on('message', () => (soundPackets += 1));
  await sleep(1000);
  const started = senders.map((make, index) =>
    make(
      (packet) => {
        video.send(packet, videoIn[index] ?? 0, '127.0.0.1');
      },
      (packet) => {
        sound.send(packet, soundIn[index] ?? 0, '127.0.0.1');
      },
    ),
  );
  const timer = setInterval(() => {
    for (const sender of started) sender.tick(performance.now());
  }, turnMs);
  try {
    const giveUp = performance.now() + patienceMs;
    while (frames === 0) {
      if (hasEnded() || performance.now() > giveUp)
        throw new Error(`GStreamer gave no picture: ${said}`);
      await sleep(50);
    }
    await sleep(task.settle * 1000);
    const endUsage = measureUsage(pid);
    const before = { frames, videoBytes, soundPackets, cpu: ownCpuSeconds() };
    const startMs = performance.now();
    await sleep(task.seconds * 1000);
    const seconds = (performance.now() - startMs) / 1000;
    const measured = {
      usage: endUsage(),
      fps: rounded((frames - before.frames) / seconds),
      kilobits: rounded(((videoBytes - before.videoBytes) * 8) / 1000 / seconds),
      soundPackets: rounded((soundPackets - before.soundPackets) / seconds),
      loadCpu: rounded((ownCpuSeconds() - before.cpu) / seconds),
    };
    if (hasEnded()) throw new Error(`GStreamer ended: ${said}`);
    const { colours } = await load<typeof synthetic>('mcu/load/index.js');
    const expected = tilesOf(participants).map((tile, index) => ({
      ...{ tile, rgb: colours[index % colours.length] ?? 0 },
    }));
    const verdict = task.check ? await judgeReceived(packets, 'h264', canvas, expected) : null;
    return { ...measured, verdict };
  } finally {
    clearInterval(timer);
    child.kill('SIGKILL');
    await end;
    video.close();
    sound.close();
  }
}

type Transmit = (packet: Buffer) => void;
type MakeSender = (video: Transmit, sound: Transmit) => uplinks.UplinkSender;

/** What the load's participants send, without their PeerConnections. */
async function sendersOf(
  participants: number,
  speakers: number,
  { width, height, fps, kilobits }: UplinkFormat,
  load: Load,
): Promise<MakeSender[]> {
  const { colours, generatedPictures, openEngine, silence, voice } =
    await load<typeof synthetic>('mcu/load/index.js');
  const { UplinkSender } = await load<typeof uplinks>('mcu/load/uplink-sender.js');
  const { library, now, ntp, random } = openEngine();
  const made: { video: clips.VideoClip; sound: clips.SoundClip }[] = [];
  for (let index = 0; index < participants; index += 1) {
    const options = { width, height, fps, bitsPerSecond: kilobits * 1000 };
    made.push({
      video: await library.video(generatedPictures(index % colours.length), options),
      sound: await library.sound(index < speakers ? voice(120 + 20 * index) : silence, 20),
    });
  }
  return made.map(({ video, sound }, index) => (toVideo, toSound) => {
    const sender = new UplinkSender(
      {
        ...{ videoSsrc: 1000 + index, rtxSsrc: 2000 + index, audioSsrc: 3000 + index },
        payloadTypes: { vp8: payloadTypes.vp8, rtx: 97, opus: payloadTypes.opus },
        ...{ transportSequence: null, rtx: false },
      },
      {
        ...{ now, ntp, random, cname: `p${index}`, frame: () => undefined },
        transmit: { video: rtpOnly(toVideo), audio: rtpOnly(toSound) },
      },
    );
    sender.playVideo(video);
    sender.playSound(sound);
    return sender;
  });
}

/** The pipeline has no port for RTCP. What is sent is not ours to keep. */
const rtpOnly =
  (transmit: Transmit): Transmit =>
  (packet) => {
    const type = packet[1] ?? 0;
    if (type < 192 || type > 223) transmit(Buffer.from(packet));
  };

async function openSocket(): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

const portOf = (socket: Socket): number => socket.address().port;

/** Ports that nobody has now. */
async function freePorts(count: number): Promise<number[]> {
  const sockets = await Promise.all(Array.from({ length: count }, openSocket));
  const ports = sockets.map(portOf);
  for (const socket of sockets) socket.close();
  return ports;
}
