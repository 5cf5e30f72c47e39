import { readFileSync } from 'node:fs';
import { isIP, isIPv4 } from 'node:net';
import { z } from 'zod';
import { rungNames } from '../protocol/common.ts';
import { iceServerSchema, iceUrlSchema } from '../protocol/server.ts';
import { limitSettings } from './limit-settings.ts';
import { integer, onOff, optional, pictureSize, setting } from './setting.ts';

const rungs = z.string().transform((text, context) => {
  const names = text.split(',').map((name) => name.trim());
  const known = rungNames.filter((name) => name !== 'audio');
  const chosen = known.filter((name) => names.includes(name));
  if (chosen.length === names.length) return chosen;
  context.addIssue({
    code: 'custom',
    message: `must be a list of different rungs among ${known.join(', ')}, comma separated`,
  });
  return z.NEVER;
});

const udpPorts = z
  .string()
  .regex(/^\d{1,5}-\d{1,5}$/, 'must look like MIN-MAX')
  .transform((text) => {
    const [minimum = 0, maximum = 0] = text.split('-').map(Number);
    return { minimum, maximum };
  })
  .refine(({ minimum, maximum }) => minimum >= 1024 && maximum <= 65535 && maximum > minimum + 8, {
    error: 'must lie between 1024 and 65535 and hold at least ten ports',
  });

const announcedIp = z
  .string()
  .refine((text) => isIPv4(text) && !/^(0|127|22[4-9]|2[345]\d)\./.test(text), {
    error: 'must be the IPv4 address of a host, such as 192.0.2.1',
  });

const turnUrls = z
  .string()
  .transform((text) => text.split(',').map((url) => url.trim()))
  .refine(
    (urls) => urls.every((url) => url.startsWith('turn') && iceUrlSchema.safeParse(url).success),
    { error: 'must be a comma-separated list like turn:turn.example.org:3478?transport=udp' },
  );

const jsonArray = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'must be a JSON array' });
    return z.NEVER;
  }
});

const isOrigin = (text: string): boolean =>
  /^https?:\/\/[^/\s]+$/i.test(text) && URL.canParse(text);

const origins = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((origin) => origin.trim().replace(/\/$/, ''))
      .filter((origin) => origin !== ''),
  )
  .refine((list) => list.every((origin) => origin === '*' || isOrigin(origin)), {
    error: 'must be * or a comma-separated list like https://meet.example.org',
  })
  // As browsers write them: no default port, lower case.
  .transform((list) => list.map((origin) => (origin === '*' ? origin : new URL(origin).origin)));

/** HMAC-SHA256 wants a key of no less than its output (RFC 7518 §3.2). */
const leastSecretBytes = 32;
const tokenSecret = z
  .string()
  .max(1024, 'must have at most 1024 characters')
  .refine((text) => Buffer.byteLength(text) >= leastSecretBytes, {
    error: `must have at least ${String(leastSecretBytes)} bytes, such as openssl rand -base64 32 makes`,
  });

const isNetwork = (text: string): boolean => {
  const [address = '', prefix, ...rest] = text.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  if (bits < 0 || address.includes('%') || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
};

/** So many proxies in front of the server, or their addresses and networks. */
const trustProxy = z
  .string()
  .transform((text) =>
    /^\d{1,2}$/.test(text) ? Number(text) : text.split(',').map((each) => each.trim()),
  )
  .refine((value) => typeof value === 'number' || value.every(isNetwork), {
    error: 'must be a number of proxies or a comma-separated list like 10.0.0.5,172.16.0.0/12',
  });

/** Every setting: its variable, its schema, its default. The flags of `onegrid serve` come from here. */
export const settingDefinitions = {
  port: setting(
    'PORT',
    integer(0, 65535),
    '8080',
    'TCP port of the web server; 0 takes a free one',
  ),
  host: optional('ONEGRID_HOST', z.string().min(1), 'address to listen on; unset: all interfaces'),
  rungs: setting(
    'ONEGRID_RUNGS',
    rungs,
    'high,medium,low,tiny',
    'qualities of the picture that may be used, comma separated',
  ),
  canvas: setting('ONEGRID_CANVAS', pictureSize, '1280x720', 'size of the composite'),
  fps: setting('ONEGRID_FPS', integer(1, 60), '25', 'frames per second of the composite'),
  transitions: setting(
    'ONEGRID_TRANSITIONS',
    onOff,
    'on',
    'on: tiles move and fade to their new places; off: layouts change at once',
  ),
  udpPorts: optional(
    'ONEGRID_UDP_PORTS',
    udpPorts,
    'MIN-MAX, ports for media, four for each participant; unset: any',
  ),
  announcedIp: optional(
    'ONEGRID_ANNOUNCED_IP',
    announcedIp,
    "public IPv4 address that the server's candidates tell in place of local ones; unset: they are told as they are",
  ),
  iceServers: {
    ...setting(
      'ONEGRID_ICE_SERVERS',
      jsonArray.pipe(z.array(iceServerSchema)),
      '[]',
      'JSON array of RTCIceServer for browsers and for the server itself',
    ),
    secret: true,
  },
  turnSecret: {
    ...optional(
      'ONEGRID_TURN_SECRET',
      z.string().min(1).max(1024),
      'secret shared with coturn (use-auth-secret), for credentials of each participant; needs ONEGRID_TURN_URLS',
    ),
    secret: true,
  },
  turnUrls: optional(
    'ONEGRID_TURN_URLS',
    turnUrls,
    'URLs of that TURN server, turn: and turns:, comma separated; needs ONEGRID_TURN_SECRET',
  ),
  turnTtlSeconds: setting(
    'ONEGRID_TURN_TTL_SECONDS',
    integer(60, 31_536_000),
    '86400',
    'how long these credentials are good; longer than anybody stays; seconds',
  ),
  origins: optional(
    'ONEGRID_ORIGINS',
    origins,
    'allowed web origins, comma separated, * for any; unset: same origin',
  ),
  ...limitSettings,
  mediaTimeoutMs: setting(
    'ONEGRID_MEDIA_TIMEOUT_MS',
    integer(4_000, 600_000),
    '10000',
    'a participant from whom nothing has come for so long is gone; milliseconds',
  ),
  resumeMs: setting(
    'ONEGRID_RESUME_MS',
    integer(0, 600_000),
    '30000',
    'how long a participant whose connection is gone may come back as if nothing had happened; milliseconds; 0: not at all',
  ),
  spareRooms: setting(
    'ONEGRID_SPARE_ROOMS',
    integer(0, 64),
    '1',
    'room processes started ahead, so that the first join of a room does not wait for one; 0: none',
  ),
  hangMs: setting(
    'ONEGRID_HANG_MS',
    integer(0, 600_000),
    '3000',
    'a room process that does nothing for so long is ended, and another one takes over; milliseconds; 0: never',
  ),
  roomMemoryBytes: setting(
    'ONEGRID_ROOM_MEMORY_BYTES',
    integer(0, 1e15 - 1),
    '2147483648',
    'a room process that holds more memory is ended, and another one takes over; bytes; 0: no limit',
  ),
  uplinkHoldMs: setting(
    'ONEGRID_UPLINK_HOLD_MS',
    integer(0, 600_000),
    '10000',
    'less video is asked of a browser once less has been shown of it for so long; milliseconds',
  ),
  outputQueueBytes: setting(
    'ONEGRID_OUTPUT_QUEUE_BYTES',
    integer(1_000_000, 1_000_000_000),
    '33554432',
    'what a recording or stream whose disk or target stands still may leave waiting, then some of it is left out; bytes',
  ),
  dataDir: setting(
    'ONEGRID_DATA_DIR',
    z.string().min(1).max(4096),
    './data',
    'folder for recordings and HLS; made if it is not there',
  ),
  minFreeBytes: setting(
    'ONEGRID_MIN_FREE_BYTES',
    integer(0, 1e15 - 1),
    '536870912',
    'no recording starts, and those running end, when less is free on its disk; bytes; 0: never',
  ),
  recordingTracks: setting(
    'ONEGRID_RECORDING_TRACKS',
    onOff,
    'off',
    "on: recordings keep each participant's sound in a file of its own, too, where nothing else is asked for",
  ),
  recordingEmpty: setting(
    'ONEGRID_RECORDING_EMPTY',
    z.enum(['end', 'pause']),
    'end',
    'what becomes of a recording when the last one leaves: end it, or pause it until somebody comes',
  ),
  recordingPauseMs: setting(
    'ONEGRID_RECORDING_PAUSE_MS',
    integer(1000, 86_400_000),
    '600000',
    'a recording paused for so long ends; milliseconds',
  ),
  recordingMaxMs: setting(
    'ONEGRID_RECORDING_MAX_MS',
    integer(0, 604_800_000),
    '43200000',
    'longest recording; milliseconds; 0: no limit',
  ),
  recordingsMaxAgeMs: setting(
    'ONEGRID_RECORDINGS_MAX_AGE_MS',
    integer(0, 1e15 - 1),
    '0',
    'recordings that ended so long ago are deleted; milliseconds; 0: never',
  ),
  recordingsMaxBytes: setting(
    'ONEGRID_RECORDINGS_MAX_BYTES',
    integer(0, 1e15 - 1),
    '0',
    'the oldest recordings are deleted when all take more; bytes; 0: no limit',
  ),
  hlsWindowSeconds: setting(
    'ONEGRID_HLS_WINDOW_SECONDS',
    integer(6, 86_400),
    '12',
    'how far back one can watch by HLS; seconds',
  ),
  maxStreams: setting(
    'ONEGRID_MAX_STREAMS',
    integer(0, 100),
    '3',
    'most restreams (RTMP, SRT) of one room at a time; 0: none',
  ),
  checkBytes: setting(
    'ONEGRID_CHECK_BYTES',
    integer(0, 10_000_000),
    '262144',
    'what a browser in the lobby may load, and half of it send, to measure its connection; bytes; 0: nothing',
  ),
  apiKey: {
    ...optional(
      'ONEGRID_API_KEY',
      z.string().min(1).max(1024),
      'key for /api/v1 and /hls, as Authorization: Bearer; unset, and ONEGRID_TOKEN_SECRET too: open to all',
    ),
    secret: true,
  },
  tokenSecret: {
    ...optional(
      'ONEGRID_TOKEN_SECRET',
      tokenSecret,
      'secret of room tokens (JWT, HS256), at least 32 bytes; who joins needs one then; unset: anybody may join',
    ),
    secret: true,
  },
  tlsCert: optional(
    'ONEGRID_TLS_CERT',
    z.string().min(1).max(4096),
    'file with the certificate and its chain (PEM), for HTTPS; needs ONEGRID_TLS_KEY',
  ),
  tlsKey: optional(
    'ONEGRID_TLS_KEY',
    z.string().min(1).max(4096),
    'file with its private key (PEM); needs ONEGRID_TLS_CERT',
  ),
  trustProxy: optional(
    'ONEGRID_TRUST_PROXY',
    trustProxy,
    "number of reverse proxies in front, or their addresses, comma separated: X-Forwarded-For and -Proto are theirs; unset: nobody's word is taken",
  ),
  logLevel: setting(
    'ONEGRID_LOG_LEVEL',
    z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']),
    'info',
    'how much is logged; trace names every frame sent',
  ),
} as const;

type Definitions = typeof settingDefinitions;
type Key = keyof Definitions;

/** All settings, validated. */
export type Settings = { readonly [K in Key]: z.output<Definitions[K]['schema']> };

/** A setting that cannot be used; the message is one sentence that names it. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const keys = Object.keys(settingDefinitions) as Key[];
const knownNames = new Set(keys.map((key) => settingDefinitions[key].name));

/** The flag of a setting: `ONEGRID_MAX_ROOMS` → `max-rooms`. */
export const flagOf = (key: Key): string =>
  settingDefinitions[key].name
    .replace(/^ONEGRID_/, '')
    .toLowerCase()
    .replaceAll('_', '-');

function textOf(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  const direct = environment[name];
  const path = environment[`${name}_FILE`];
  if (direct !== undefined && direct !== '') return direct;
  if (path === undefined || path === '') return undefined;
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new SettingsError(`${name}_FILE names a file that cannot be read: ${path}.`, { cause });
  }
}

/**
 * Reads every setting from environment variables (`NAME`, or `NAME_FILE` for a file that holds it).
 * @param environment - usually `process.env`
 * @param overrides - texts that win over the environment, by key: the command line's flags
 * @throws SettingsError for a bad value or an unknown `ONEGRID_…` name
 */
export function readSettings(
  environment: NodeJS.ProcessEnv,
  overrides: Partial<Record<Key, string>> = {},
): Settings {
  for (const name of Object.keys(environment)) {
    if (name.startsWith('ONEGRID_') && !knownNames.has(name.replace(/_FILE$/, ''))) {
      throw new SettingsError(`${name} is not a setting of onegrid; see .env.example.`);
    }
  }
  const read = (key: Key): unknown => {
    const { name, schema, fallback } = settingDefinitions[key];
    const text = overrides[key] ?? textOf(name, environment) ?? fallback ?? undefined;
    const result = schema.safeParse(text);
    if (result.success) return result.data;
    const problem = result.error.issues[0]?.message ?? 'is not valid';
    const isSecret = 'secret' in settingDefinitions[key];
    const shown = isSecret ? '' : `; it is ${JSON.stringify(text)}`;
    throw new SettingsError(`${name} ${problem}${shown}.`);
  };
  const settings = Object.fromEntries(keys.map((key) => [key, read(key)])) as unknown as Settings;
  if ((settings.turnSecret === undefined) !== (settings.turnUrls === undefined)) {
    throw new SettingsError('ONEGRID_TURN_SECRET and ONEGRID_TURN_URLS must be set together.');
  }
  if ((settings.tlsCert === undefined) !== (settings.tlsKey === undefined)) {
    throw new SettingsError('ONEGRID_TLS_CERT and ONEGRID_TLS_KEY must be set together.');
  }
  return settings;
}
