import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SignallingClient } from '../../harness/client.ts';
import { HostileGateway } from '../../harness/hostile/gateway.ts';
import { roomLie } from '../../harness/hostile/processes.ts';
import { again, generate } from '../../harness/hostile/seed.ts';
import { makeDataDir } from '../../harness/test-run.ts';

const lies = 10_000;
const theEnd = {
  type: 'broadcast',
  message: { type: 'speakers', active: ['the-end'] },
};

describe('a room process that has gone wrong', () => {
  const folder = makeDataDir();
  let gateway: HostileGateway;
  beforeEach(async () => {
    const file = join(folder, 'lies');
    const texts = Array.from(generate(roomLie, lies), (lie) => JSON.stringify(lie));
    writeFileSync(file, [...texts, JSON.stringify(theEnd)].join('\n'));
    vi.stubEnv('LIES', file);
    // Whom it calls gone has not been here for so long.
    gateway = await HostileGateway.start('lying', { ONEGRID_MEDIA_TIMEOUT_MS: '600000' });
  });
  afterEach(async () => {
    await gateway.stop();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  it('misleads its own room at most: the gateway, its other rooms and its log stand what it says', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    const neighbour = await SignallingClient.join(gateway.url, 'neighbours', 'Neighbour');
    const [ana, bob] = [
      await SignallingClient.join(gateway.url, 'liars', 'Ana'),
      await SignallingClient.join(gateway.url, 'liars', 'Bob'),
    ];
    const picture = fetch(`${gateway.url}/api/v1/rooms/liars/snapshot.jpg`);
    // Every message that comes is one of the protocol, or the client throws.
    for (const each of [ana, bob]) {
      await each.next('speakers', ({ active }) => active.includes('the-end'));
      await each.next('quality');
    }
    process.off('unhandledRejection', note);
    console.log(`${again('a lying room')}: ${String(gateway.lies)} of ${String(lies)} taken`);
    expect(unhandled).toEqual([]);
    expect(gateway.lies / lies).toBeGreaterThan(0.3);
    expect(gateway.lies / lies).toBeLessThan(0.9);
    // One line for ten times as many.
    expect(gateway.complaints.length).toBeGreaterThan(0);
    expect(gateway.complaints.length).toBeLessThan(6);
    for (const line of gateway.complaints) expect(line).toContain('bad room event');

    expect([200, 409, 503]).toContain((await picture).status);
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    for (const line of metrics.split('\n')) {
      if (line === '' || line.startsWith('#')) continue;
      expect(line).toMatch(/^[a-zA-Z_:][\w:]*(\{([a-z_]+="[^"\\]*",?)*\})? \S+$/);
    }
    const rooms: unknown = await (await fetch(`${gateway.url}/api/v1/rooms`)).json();
    expect(rooms).toMatchObject([{ name: 'neighbours' }, { name: 'liars' }]);
    // Nobody is gone, though it said so. What the gateway does alone goes on.
    ana.send({ type: 'chat', text: 'Still here?' });
    await bob.next('chat', ({ text }) => text === 'Still here?');
    const late = await SignallingClient.join(gateway.url, 'neighbours', 'Late');
    await neighbour.next('participant', ({ event }) => event === 'joined');
    for (const each of [late, ana, bob, neighbour]) await each.close();
  });
});
