import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  flagOf,
  readSettings,
  settingDefinitions,
  type Settings,
} from '../../../mcu/config/settings.ts';

const example = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');
const keys = Object.keys(settingDefinitions) as (keyof Settings)[];

describe('settings', () => {
  it('have the defaults of the contract', () => {
    expect(readSettings({})).toEqual({
      port: 8080,
      host: undefined,
      rungs: ['high', 'medium', 'low', 'tiny'],
      canvas: { width: 1280, height: 720 },
      fps: 25,
      transitions: true,
      udpPorts: undefined,
      announcedIp: undefined,
      iceServers: [],
      turnSecret: undefined,
      turnUrls: undefined,
      turnTtlSeconds: 86_400,
      origins: undefined,
      maxParticipants: 49,
      maxRooms: 100,
      cpuBudget: undefined,
      governor: true,
      joinsPerMinute: 600,
      maxConnections: 10_000,
      maxConnectionsPerAddress: 1000,
      maxUnjoined: 100,
      messagesPerSecond: 50,
      negotiationsPerSecond: 2,
      maxSdpBytes: 32_768,
      maxCandidates: 64,
      maxUplink: { width: 3840, height: 2160 },
      maxNameLength: 64,
      maxChatLength: 2000,
      chatHistoryBytes: 24_576,
      drainMs: 10_000,
      mediaTimeoutMs: 10_000,
      resumeMs: 30_000,
      uplinkHoldMs: 10_000,
      dataDir: './data',
      minFreeBytes: 512 * 1024 * 1024,
      recordingTracks: false,
      recordingEmpty: 'end',
      recordingPauseMs: 600_000,
      recordingMaxMs: 43_200_000,
      recordingsMaxAgeMs: 0,
      recordingsMaxBytes: 0,
      spareRooms: 1,
      hangMs: 3000,
      roomMemoryBytes: 2 ** 31,
      hlsWindowSeconds: 12,
      maxStreams: 3,
      outputQueueBytes: 32 * 1024 * 1024,
      checkBytes: 262_144,
      apiKey: undefined,
      tokenSecret: undefined,
      tlsCert: undefined,
      tlsKey: undefined,
      trustProxy: undefined,
      logLevel: 'info',
    });
  });

  it('are all documented in .env.example, with their defaults', () => {
    const documented = new Map(
      [...example.matchAll(/^(# )?([A-Z_]+)=(.*)$/gm)].map(([, comment, name, value]) => [
        name,
        comment === undefined ? value : null,
      ]),
    );
    expect(documented).toEqual(
      new Map(keys.map((key) => [settingDefinitions[key].name, settingDefinitions[key].fallback])),
    );
  });

  it('take the values that .env.example shows', () => {
    const shown = Object.fromEntries(
      [...example.matchAll(/^(?:# )?([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name!, value]),
    );
    expect(readSettings(shown)).toMatchObject({
      host: '127.0.0.1',
      udpPorts: { minimum: 50000, maximum: 50999 },
      announcedIp: '203.0.113.7',
      origins: ['https://meet.example.org'],
    });
  });

  it.each([
    ['PORT', 'eighty', 'PORT must be a whole number; it is "eighty".'],
    ['PORT', '70000', 'PORT must be between 0 and 65535; it is "70000".'],
    ['ONEGRID_CANVAS', '1281x720', 'ONEGRID_CANVAS must have an even width'],
    ['ONEGRID_RUNGS', 'high,huge', 'ONEGRID_RUNGS must be a list of different rungs among high'],
    ['ONEGRID_RUNGS', 'low,low', 'ONEGRID_RUNGS must be'],
    ['ONEGRID_RUNGS', 'audio', 'ONEGRID_RUNGS must be'],
    ['ONEGRID_FPS', '0', 'ONEGRID_FPS must be between 1 and 60'],
    ['ONEGRID_UDP_PORTS', '500-400', 'ONEGRID_UDP_PORTS must lie between 1024 and 65535'],
    ['ONEGRID_ICE_SERVERS', '{', 'ONEGRID_ICE_SERVERS must be a JSON array'],
    ['ONEGRID_ICE_SERVERS', '[{"urls":"turn:turn.example.org"}]', 'ONEGRID_ICE_SERVERS must have'],
    ['ONEGRID_ICE_SERVERS', '[{"urls":"stun:h:99999"}]', 'ONEGRID_ICE_SERVERS'],
    ['ONEGRID_ANNOUNCED_IP', 'example.org', 'ONEGRID_ANNOUNCED_IP must be the IPv4 address'],
    ['ONEGRID_ANNOUNCED_IP', '2001:db8::1', 'ONEGRID_ANNOUNCED_IP must be the IPv4 address'],
    ['ONEGRID_ANNOUNCED_IP', '0.0.0.0', 'ONEGRID_ANNOUNCED_IP must be the IPv4 address'],
    ['ONEGRID_TURN_URLS', 'stun:stun.example.org', 'ONEGRID_TURN_URLS must be a comma-separated'],
    ['ONEGRID_TURN_URLS', 'turn:turn.example.org', 'ONEGRID_TURN_SECRET and ONEGRID_TURN_URLS'],
    ['ONEGRID_TURN_SECRET', 'north', 'ONEGRID_TURN_SECRET and ONEGRID_TURN_URLS must be set'],
    ['ONEGRID_TURN_TTL_SECONDS', '0', 'ONEGRID_TURN_TTL_SECONDS must be between 60'],
    ['ONEGRID_CANVAS', '160x9998', 'ONEGRID_CANVAS must have'],
    ['ONEGRID_ORIGINS', 'example.org', 'ONEGRID_ORIGINS must be *'],
    ['ONEGRID_RECORDING_EMPTY', 'stop', 'ONEGRID_RECORDING_EMPTY'],
    ['ONEGRID_HLS_WINDOW_SECONDS', '2', 'ONEGRID_HLS_WINDOW_SECONDS must be between 6'],
    ['ONEGRID_MIN_FREE_BYTES', '1GB', 'ONEGRID_MIN_FREE_BYTES must be a whole number'],
    ['ONEGRID_LOG_LEVEL', 'loud', 'ONEGRID_LOG_LEVEL'],
    ['ONEGRID_TOKEN_SECRET', 'x'.repeat(31), 'ONEGRID_TOKEN_SECRET must have at least 32 bytes'],
    ['ONEGRID_TLS_CERT', 'cert.pem', 'ONEGRID_TLS_CERT and ONEGRID_TLS_KEY must be set together.'],
    ['ONEGRID_TLS_KEY', 'key.pem', 'ONEGRID_TLS_CERT and ONEGRID_TLS_KEY must be set together.'],
    ['ONEGRID_TRUST_PROXY', 'everybody', 'ONEGRID_TRUST_PROXY must be a number of proxies'],
    ['ONEGRID_TRUST_PROXY', '10.0.0.1/33', 'ONEGRID_TRUST_PROXY must be'],
    ['ONEGRID_ORIGINS', 'https://[x', 'ONEGRID_ORIGINS must be *'],
    ['ONEGRID_CPU_BUDGET', '-1', 'ONEGRID_CPU_BUDGET must be a number'],
    ['ONEGRID_CPU_BUDGET', '5000', 'ONEGRID_CPU_BUDGET must be between 0 and 1024'],
    ['ONEGRID_MAX_UPLINK', 'huge', 'ONEGRID_MAX_UPLINK must look like'],
    ['ONEGRID_MAX_SDP_BYTES', '100', 'ONEGRID_MAX_SDP_BYTES must be between 2048'],
    ['ONEGRID_COLOUR', 'red', 'ONEGRID_COLOUR is not a setting of onegrid; see .env.example.'],
  ])('refuse %s=%s by name', (name, value, sentence) => {
    expect(() => readSettings({ [name]: value })).toThrow(sentence);
  });

  it('come from a file when NAME_FILE is set, and from flags before anything else', () => {
    const folder = mkdtempSync(join(tmpdir(), 'onegrid-settings-'));
    try {
      const file = join(folder, 'port');
      writeFileSync(file, '9000\n');
      expect(readSettings({ PORT_FILE: file }).port).toBe(9000);
      expect(readSettings({ PORT_FILE: file, PORT: '9001' }).port).toBe(9001);
      expect(readSettings({ PORT: '9001' }, { port: '9002' }).port).toBe(9002);
      expect(() => readSettings({ PORT_FILE: join(folder, 'none') })).toThrow('PORT_FILE names');
      writeFileSync(file, `${'s'.repeat(32)}\n`);
      const { tokenSecret } = readSettings({ ONEGRID_TOKEN_SECRET_FILE: file });
      expect(tokenSecret).toBe('s'.repeat(32));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('keep secrets to themselves', () => {
    const secret = 'x'.repeat(2000);
    expect(() => readSettings({ ONEGRID_TURN_SECRET: secret })).toThrow(/^(?!.*xxxx)/);
    const servers = '[{"urls":"turn:h","credential":"xxxx"}]';
    expect(() => readSettings({ ONEGRID_ICE_SERVERS: servers })).toThrow(/^(?!.*xxxx)/);
    expect(() => readSettings({ ONEGRID_TOKEN_SECRET: 'xxxx' })).toThrow(/^(?!.*xxxx)/);
  });

  it('take origins as browsers write them, and proxies by number or address', () => {
    const { origins } = readSettings({ ONEGRID_ORIGINS: 'https://Meet.Example.org:443/, *' });
    expect(origins).toEqual(['https://meet.example.org', '*']);
    expect(readSettings({ ONEGRID_TRUST_PROXY: '2' }).trustProxy).toBe(2);
    expect(readSettings({ ONEGRID_TRUST_PROXY: '10.0.0.5, fd00::/8' }).trustProxy).toEqual([
      '10.0.0.5',
      'fd00::/8',
    ]);
  });

  it('take rungs in any order, best first afterwards', () => {
    expect(readSettings({ ONEGRID_RUNGS: 'tiny, high' }).rungs).toEqual(['high', 'tiny']);
  });

  it('have flags named after them', () => {
    expect(flagOf('maxRooms')).toBe('max-rooms');
    expect(new Set(keys.map(flagOf)).size).toBe(keys.length);
  });
});
