import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createSocket } from 'node:dgram';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../mcu/doctor/finding.ts';
import { runProbe } from '../../mcu/doctor/native.ts';
import { askServer } from '../../mcu/doctor/stun-client.ts';
import { roomSettings } from '../../mcu/gateway/room-settings.ts';
import { readSettings } from '../../mcu/config/settings.ts';
import { TestTurnServer, turnSecret, whyNoCoturn } from '../harness/coturn.ts';
import { freePort } from '../harness/free-port.ts';
import { makeDataDir } from '../harness/test-run.ts';
import { sleep } from '../harness/until.ts';

const launcher = fileURLToPath(new URL('../../bin/onegrid.mjs', import.meta.url));

interface Told {
  readonly code: number | null;
  readonly text: string;
}

/** Runs `onegrid doctor`, from its output on standard output to its end. */
async function doctor(environment: Record<string, string>, ...args: string[]): Promise<Told> {
  const child = spawn(process.execPath, [launcher, 'doctor', ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text };
}

/** The findings of `--json`. */
const findingsOf = ({ text }: Told): (Finding & { group: string })[] =>
  (JSON.parse(text) as { findings: (Finding & { group: string })[] }).findings;

const listening = async (server: Server, port: number): Promise<void> => {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
};

const noCoturn = whyNoCoturn();
const skipped = noCoturn === null ? '' : ` (skipped: ${noCoturn})`;

describe('onegrid doctor', () => {
  let dataDir: string;
  beforeAll(() => {
    dataDir = makeDataDir();
  });
  afterAll(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  const allWell =
    'finds all well where all is well: libraries, codecs, a recording, ports, disk, TURN, a call';
  it.skipIf(noCoturn !== null)(`${allWell}${skipped}`, async () => {
    const turn = await TestTurnServer.start('127.0.0.1', 28_600);
    const folder = join(dataDir, 'not', 'there');
    try {
      const told = await doctor(
        {
          PORT: String(await freePort()),
          ONEGRID_DATA_DIR: folder,
          ONEGRID_UDP_PORTS: '28800-29099',
          ONEGRID_ICE_SERVERS: JSON.stringify([{ urls: 'stun:127.0.0.1:28600' }]),
          ONEGRID_TURN_SECRET: turnSecret,
          ONEGRID_TURN_URLS: turn.urls.join(),
        },
        '--json',
      );
      const findings = findingsOf(told);
      expect(findings.filter(({ status }) => status === 'missing')).toEqual([]);
      expect(told.code).toBe(0);
      const found = (check: string): string[] =>
        findings.filter((finding) => finding.check === check).map((finding) => finding.found);
      for (const check of [
        'libwebrtc',
        'libdatachannel',
        'libav',
        'drawing',
        'H.264',
        'VP8',
        'Opus',
      ]) {
        expect(found(check)).toHaveLength(1);
      }
      expect(found('recording')).toEqual(['an MP4 of a second is written and read']);
      expect(found('call')[0]).toMatch(/^a picture passed/);
      expect(found('STUN server')).toHaveLength(1);
      expect(found('TURN server')).toHaveLength(2);
      for (const answer of found('TURN server')) expect(answer).toMatch(/relays from 127\.0\.0\.1/);
      expect(existsSync(join(dataDir, 'not'))).toBe(false);
    } finally {
      await turn.stop();
    }
  });

  it('names what is wrong, what to do about it, and ends with 1', async () => {
    const file = join(dataDir, 'file');
    writeFileSync(file, '');
    const other = createServer((_, response) => response.end('something else'));
    const port = await freePort();
    await listening(other, port);
    const silent = createSocket('udp4');
    silent.bind(0, '127.0.0.1');
    await once(silent, 'listening');
    const dead = `turn:127.0.0.1:${String(await freePort())}?transport=tcp`;
    const mute = `turn:127.0.0.1:${String(silent.address().port)}`;
    const who = { username: 'me', credential: 'not to be seen' };
    try {
      const { code, text } = await doctor({
        PORT: String(port),
        ONEGRID_HOST: '127.0.0.1',
        ONEGRID_DATA_DIR: join(file, 'data'),
        // None of those the system hands out: all are free.
        ONEGRID_UDP_PORTS: '28400-28439',
        ONEGRID_ICE_SERVERS: JSON.stringify([{ urls: [dead, mute], ...who }]),
        FFMPEG_PATH: '/nowhere/ffmpeg',
      });
      expect(code).toBe(1);
      const lines = text.split('\n');
      const line = (check: string): string[] =>
        lines.filter((one) => one.slice(11).startsWith(check));
      const port0 = String(port);
      expect(line('TCP port')[0], text).toMatch(
        new RegExp(`missing .*${port0} .*in use by another`),
      );
      expect(line('data folder')[0], text).toMatch(/missing .*cannot be written \(ENOTDIR\)/);
      expect(line('ffmpeg')[0], text).toMatch(/missing .*FFMPEG_PATH/);
      expect(line('UDP ports')[0], text).toMatch(/warning .*enough for 10 participants/);
      expect(line('TURN server'), text).toHaveLength(2);
      expect(line('TURN server')[0], text).toMatch(/missing .*cannot be reached \(ECONNREFUSED\)/);
      expect(line('TURN server')[1], text).toMatch(/missing .*does not answer/);
      // One sentence beneath each, and the sum of it.
      expect(text).toContain('Stop that program, or set PORT to another port.');
      const lacking = lines.filter((one) => one.startsWith('  missing '));
      expect(lacking.length, text).toBeGreaterThanOrEqual(5);
      expect(text).toContain(`\n${String(lacking.length)} things missing`);
      // Neither colours nor secrets.
      expect(text).not.toContain('\u001b');
      expect(text).not.toContain(who.credential);
    } finally {
      other.close();
      silent.close();
    }
  });

  it('asks a server that is silent no more when it has given up', async () => {
    const silent = createSocket('udp4');
    let asked = 0;
    silent.on('message', () => (asked += 1));
    silent.bind(0, '127.0.0.1');
    await once(silent, 'listening');
    try {
      const { port } = silent.address();
      const address = { scheme: 'stun', host: '127.0.0.1', port, transport: 'udp' } as const;
      expect(await askServer(address, null)).toEqual({ kind: 'silent' });
      expect(asked).toBeGreaterThan(1);
      await sleep(100);
      const before = asked;
      await sleep(1000);
      expect(asked).toBe(before);
    } finally {
      silent.close();
    }
  });

  it('says what a start would say of a setting that is wrong, and looks no further', async () => {
    const told = await doctor({}, '--json', '--max-rooms', 'many');
    expect(told.code).toBe(1);
    expect(findingsOf(told)).toMatchObject([
      { check: 'settings', found: 'ONEGRID_MAX_ROOMS must be a whole number; it is "many".' },
    ]);
  });

  it('knows a running onegrid by its port', async () => {
    const ours = createServer((_, response) => response.end('{"status":"ok"}'));
    const port = await freePort();
    await listening(ours, port);
    try {
      const settings = readSettings({ PORT: String(port), ONEGRID_HOST: '127.0.0.1' });
      const { checkPorts } = await import('../../mcu/doctor/ports.ts');
      expect((await checkPorts(settings))[0]).toMatchObject({
        status: 'ok',
        found: `${String(port)} at 127.0.0.1 is held by a running onegrid`,
      });
    } finally {
      ours.close();
    }
  });

  it('outlives a native library that ends its process', async () => {
    const crash = join(dataDir, 'crash.mjs');
    writeFileSync(crash, `process.once('message', () => process.kill(process.pid, 'SIGSEGV'));`);
    const [finding] = await runProbe('uplink', roomSettings(readSettings({})), crash);
    expect(finding).toMatchObject({
      check: 'libwebrtc',
      status: 'missing',
      found: 'ends with SIGSEGV',
    });
  });
});
