export type { AudioEncoder, OpenEncoder } from './encoder-pool.ts';
export { frameSamples, sampleRate } from './format.ts';
export { defaultGateSettings, type GateSettings } from './gate.ts';
export {
  AudioMixer,
  type AudioMixerOptions,
  type AudioPacket,
  type ReceivePacket,
  type ReceivePcm,
} from './mixer.ts';
export type { AudioSource } from './source.ts';
export { ringDelaySamples } from './source-ring.ts';
