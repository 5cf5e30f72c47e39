import { findTool } from '../../harness/find-tools.mjs';
import { TestServer } from '../../harness/server.ts';
import { inChild } from '../lab/in-child.ts';
import { startPeer } from '../peers/peer.ts';
import { profilingEnvironment } from '../profile/environment.ts';
import { type Outcome, outcomeSchema } from './outcome.ts';
import type { RunTask, System } from './system.ts';

const drive = new URL('drive.ts', import.meta.url);

/** Why a system cannot be run here; null: it can. */
export const missing = (system: System): string | null =>
  system === 'gstreamer' && findTool('gstreamer') === null
    ? 'not installed: apt-get install gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly'
    : null;

/**
 * Starts a system, lets participants come, measures it, and ends it.
 * @param profiles - where ours writes V8 profiles to, if anywhere
 * @throws Error where it failed
 */
export async function measure(
  system: System,
  task: RunTask,
  profiles: string | null,
): Promise<Outcome> {
  switch (system) {
    case 'onegrid': {
      const server = await TestServer.start({
        // All systems make the same picture, whatever comes of it on the way.
        ...{ ONEGRID_LOG_LEVEL: 'warn', ONEGRID_TRANSITIONS: 'off', ONEGRID_RUNGS: 'high' },
        ...profilingEnvironment(profiles),
      });
      try {
        const { url, pid } = server;
        return await inChild(drive, { ...task, url, pid, codec: 'h264' }, outcomeSchema);
      } finally {
        await server.stop();
      }
    }
    case 'wrtc-per-participant': {
      const peer = await startPeer(
        new URL('../peers/wrtc-per-participant/server.ts', import.meta.url),
      );
      try {
        const { url, pid } = peer;
        return await inChild(drive, { ...task, url, pid, codec: 'vp8' }, outcomeSchema);
      } finally {
        await peer.stop();
      }
    }
    case 'gstreamer': {
      const program = findTool('gstreamer') ?? 'gst-launch-1.0';
      const module = new URL('../peers/gstreamer/drive.ts', import.meta.url);
      return inChild(module, { ...task, program }, outcomeSchema);
    }
    default:
      return system satisfies never;
  }
}
