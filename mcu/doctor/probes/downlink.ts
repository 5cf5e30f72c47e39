import nodeDataChannel from 'node-datachannel';
import { type Finding, ok } from '../finding.ts';

/** libdatachannel, which sends to browsers. */
export function run(): Promise<Finding[]> {
  const connection = new nodeDataChannel.PeerConnection('doctor', { iceServers: [] });
  connection.close();
  return Promise.resolve([ok('libdatachannel', 'node-datachannel loads')]);
}
