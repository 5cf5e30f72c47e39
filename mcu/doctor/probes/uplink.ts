import { RTCPeerConnection } from '../../room/wrtc.ts';
import { type Finding, ok } from '../finding.ts';

/** libwebrtc, which receives what browsers send. */
export function run(): Promise<Finding[]> {
  const connection = new RTCPeerConnection({ iceServers: [], bundlePolicy: 'max-bundle' });
  connection.close();
  return Promise.resolve([ok('libwebrtc', '@roamhq/wrtc loads')]);
}
