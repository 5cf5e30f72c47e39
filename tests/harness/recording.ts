import { execFileSync } from 'node:child_process';
import { findFfmpeg } from './browsers.ts';
import { toneLevel } from './judge.ts';

/** Runs in the page: records what the page's `<audio>` plays; base64 of the browser's own format. */
export async function recordSound(milliseconds: number): Promise<string> {
  const stream = document.querySelector('audio')?.srcObject as MediaStream;
  const recorder = new MediaRecorder(stream);
  const ended = new Promise<Blob>((resolve) => {
    recorder.ondataavailable = ({ data }) => {
      resolve(data);
    };
  });
  recorder.start();
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  recorder.stop();
  const bytes = new Uint8Array(await (await ended).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

const sampleRate = 48_000;

/** Decodes a recording: mono samples at 48 kHz, by ffmpeg. */
function decode(base64: string): Float32Array {
  const { ffmpeg } = findFfmpeg();
  const pcm = execFileSync(
    ffmpeg,
    ['-v', 'error', '-i', '-', '-f', 'f32le', '-ac', '1', '-ar', String(sampleRate), '-'],
    { input: Buffer.from(base64, 'base64'), maxBuffer: 1 << 26 },
  );
  return new Float32Array(pcm.buffer.slice(pcm.byteOffset, pcm.byteOffset + (pcm.length & ~3)));
}

/**
 * Levels of tones in the second half of a recording, dB of full scale. Without any sound: -200.
 */
export function tonesIn(base64: string, tones: readonly number[]): number[] {
  const all = decode(base64);
  const samples = all.subarray(all.length >> 1);
  return tones.map((tone) => toneLevel(samples, sampleRate, tone));
}
