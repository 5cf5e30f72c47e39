import type { Browser } from 'playwright-core';
import * as z from 'zod';
import { rungPlan, videoRungNames } from '../../mixer/encode/rung-table.ts';
import { launchChromium } from '../harness/chromium.ts';
import { Lab } from '../harness/lab.ts';
import { whyNoNetwork } from '../harness/network.ts';
import { sleep } from '../harness/until.ts';
import { atLeast, type Benchmark, resultSchema } from './lab/benchmark.ts';
import { rounded } from './lab/statistics.ts';
import { type PeerSetting, withPeers } from './links/peers.ts';
import { loadOf } from './load/quick.ts';
import { measureReceived, type Received, receivedSchema } from './links/received.ts';

const rowSchema = z.strictObject({
  /** Of the link towards the receiver, kbit/s. */
  linkKbps: z.number(),
  /** The best rung that fits: the most that both are allowed. */
  rung: z.string(),
  /** Of the rung, video and sound, kbit/s. */
  allowedKbps: z.number(),
  /** Null where no network could be made. */
  measured: z
    .strictObject({
      onegrid: receivedSchema,
      /** Chromium to Chromium, held to the rung. */
      peers: receivedSchema,
      /** Chromium to Chromium, with the size and the rate of `high`. */
      unheld: receivedSchema,
      /** What our receiver gets, as a share of what the peers' gets. */
      share: z.number(),
    })
    .nullable(),
});

/** See {@link links}. */
export const linksSchema = resultSchema(rowSchema, {
  /** Why no network could be made; null if it could. */
  why: z.string().nullable(),
});

const canvas = { width: 1280, height: 720, fps: 25 };
const rates = [300, 600, 1000, 2000];
/** Of the link, the share that a rung may take of it: no sender should want it to the last bit. */
const fits = 0.9;
const upKbps = 2500;
const room = 'links';

/** How long things take, in seconds, and how many are in the room. */
interface Lengths {
  readonly quick: boolean;
  readonly settle: number;
  readonly measure: number;
  readonly others: number;
}

/**
 * T7: on one shaped link, what a receiver gets of this server, against what Chromium sends Chromium with its own congestion
 * control. Rungs are steps, and Chromium's rate is not; so both are held to the best rung whose packets fill at most nine
 * tenths of the link: the server by `ONEGRID_RUNGS`, Chromium by size, rate and `maxBitrate`. What Chromium sends when held
 * to `high` only is measured too.
 */
export const links: Benchmark<z.infer<typeof linksSchema>> = {
  name: 'links',
  about: 'narrow links: what a receiver gets, against Chromium to Chromium',
  schema: linksSchema,
  async run({ quick, seconds }) {
    const why = whyNoNetwork(['tc', 'nft']);
    const lengths = quick
      ? { quick, settle: 1, measure: 1, others: 1 }
      : { quick, settle: 20, measure: seconds ?? 20, others: 3 };
    const rows: z.infer<typeof rowSchema>[] = [];
    for (const linkKbps of quick ? rates.slice(2, 3) : rates) {
      const rung = bestThatFits(linkKbps);
      const setting = settingOf(rung);
      const measured = why === null ? await measure(linkKbps, rung, lengths) : null;
      const allowedKbps = (setting.video + setting.audio) / 1000;
      rows.push({ linkKbps, rung, allowedKbps, measured });
    }
    const bars = rows.map(({ linkKbps, rung, measured }) =>
      atLeast({
        ...{
          id: 'T7',
          what: `what a receiver gets at ${linkKbps} kbit/s (${rung}), of the peers'`,
        },
        ...{ value: measured?.share ?? 0, limit: 0.9, unit: '' },
      }),
    );
    return { rows, why, bars: quick || why !== null ? [] : bars };
  },
};

type VideoRung = (typeof videoRungNames)[number];

function bestThatFits(linkKbps: number): VideoRung {
  const best = videoRungNames.find(
    (name) => rungPlan(name, canvas).wireBitsPerSecond <= fits * linkKbps * 1000,
  );
  if (best === undefined) throw new Error(`No rung fits ${linkKbps} kbit/s.`);
  return best;
}

function settingOf(rung: VideoRung): PeerSetting {
  const { video, sound } = rungPlan(rung, canvas);
  if (video === null) throw new Error(`${rung} has no picture.`);
  const { width, height, fps, bitsPerSecond } = video;
  return { width, height, fps, video: bitsPerSecond, audio: sound.bitsPerSecond };
}

async function measure(linkKbps: number, rung: VideoRung, lengths: Lengths) {
  const lab = await Lab.start({
    settings: {
      ONEGRID_RUNGS: videoRungNames.slice(videoRungNames.indexOf(rung)).join(),
      ONEGRID_LOG_LEVEL: 'warn',
    },
    // By names of mDNS the two would not find each other.
    flags: ['--disable-features=WebRtcHideLocalIpsWithMdns'],
  });
  try {
    const outside = await launchChromium({
      sharp: true,
      polite: false,
      more: ['--disable-features=WebRtcHideLocalIpsWithMdns'],
    });
    try {
      lab.host.limit({ down: linkKbps, up: upKbps });
      const peers = await fromPeer(lab, outside, settingOf(rung), lengths);
      const unheld = await fromPeer(lab, outside, settingOf('high'), lengths);
      lab.host.limit(null);
      const onegrid = await fromServer(lab, linkKbps, lengths);
      const sum = ({ videoKbps, audioKbps }: Received): number => videoKbps + audioKbps;
      return { onegrid, peers, unheld, share: rounded(sum(onegrid) / sum(peers)) };
    } finally {
      await outside.close();
    }
  } finally {
    await lab.stop();
  }
}

function fromPeer(
  lab: Lab,
  outside: Browser,
  setting: PeerSetting,
  { settle, measure: seconds }: Lengths,
): Promise<Received> {
  return withPeers(
    { browser: outside, url: lab.server.url },
    { browser: lab.browser, url: lab.url },
    setting,
    async (receiver) => {
      await sleep(settle * 1000);
      return measureReceived(receiver, seconds);
    },
  );
}

/** Synthetic participants, and the receiver, who listens only. */
async function fromServer(
  lab: Lab,
  linkKbps: number,
  { quick, settle, measure: seconds, others }: Lengths,
): Promise<Received> {
  await lab.invite(room, { ...loadOf(quick).crowd, participants: others, speakers: others });
  const listener = await lab.open(room, 'Listener', {});
  lab.host.limit({ down: linkKbps, up: upKbps });
  await listener.enter();
  await listener.inbound();
  await sleep(settle * 1000);
  return measureReceived(listener.page, seconds);
}
