import type { CrowdOptions } from '../../harness/crowd.ts';

/** What a server and its participants are like. */
interface LoadKind {
  readonly settings: Readonly<Record<string, string>>;
  readonly crowd: CrowdOptions;
}

/** The usual ones; in a short run, which only shows that the laboratory works, such that cost little. */
export const loadOf = (quick: boolean): LoadKind =>
  quick
    ? {
        settings: { ONEGRID_CANVAS: '640x360' },
        // Clips are encoded before anybody joins: in a small size that is soon done.
        crowd: { size: '320x180', fps: 12 },
      }
    : { settings: {}, crowd: {} };
