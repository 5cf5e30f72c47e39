export type { OpenEncoder } from './encoder-pool.ts';
export { type AudioFormat, frameSamples, sampleRate } from './format.ts';
export { defaultGateSettings, type GateSettings } from './gate.ts';
export type { AudioPacket, ReceivePacket } from './listeners.ts';
export { AudioMixer, type AudioMixerOptions, type ReceivePcm } from './mixer.ts';
export type { AudioEncoder } from './mix-channel.ts';
export type { AudioSource } from './source.ts';
export { ringDelaySamples } from './source-ring.ts';
