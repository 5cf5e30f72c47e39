import type { IceServer } from './server.ts';

/** What `GET /api/v1/connection-check` says: how a browser that has not joined can try its way here. */
export interface ConnectionCheckInfo {
  /** Bytes that may be had to measure the way down, and half of it the way up; 0: neither is measured. */
  readonly bytes: number;
  /** As `joined` gives them; names and passwords are good for two minutes. */
  readonly iceServers: readonly IceServer[];
  /** Where STUN binding requests are answered over UDP; `address` null: the host of the page. Null where nothing listens. */
  readonly udp: { readonly address: string | null; readonly port: number } | null;
}
