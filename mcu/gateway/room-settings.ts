import type { Settings } from '../config/settings.ts';
import type { RoomSettings } from '../protocol/ipc.ts';

/** What a room process has to know of the settings. */
export const roomSettings = (settings: Settings): RoomSettings => ({
  canvas: settings.canvas,
  fps: settings.fps,
  transitions: settings.transitions,
  rungs: settings.rungs,
  udpPorts: settings.udpPorts,
  announcedIp: settings.announcedIp,
  maxUplink: settings.maxUplink,
  governor: settings.governor,
  mediaTimeoutMs: settings.mediaTimeoutMs,
  uplinkHoldMs: settings.uplinkHoldMs,
  outputQueueBytes: settings.outputQueueBytes,
  logLevel: settings.logLevel,
});
