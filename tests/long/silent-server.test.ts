import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg } from '../harness/browsers.ts';
import { until } from '../harness/until.ts';
import { type Clip, makeClip } from '../integration/outputs/clip.ts';
import { Feed, OutputProcess, useFolders } from '../integration/outputs/output-process.ts';

const key = 'sEcReTkEy42';

describe('a restream', () => {
  const freshFolder = useFolders();
  let clip: Clip;
  beforeAll(async () => {
    clip = await makeClip();
  });

  it('tries again where a server takes nothing, and holds on to little meanwhile', async () => {
    const directory = freshFolder();
    const socket = join(directory, 's');
    const silent = createServer((connection) => {
      connection.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const output = await OutputProcess.open(
      { kind: 'stream', url: `rtmp://127.0.0.1:${String(port)}/live/${key}` },
      socket,
      { FFMPEG_PATH: findFfmpeg().ffmpeg },
    );
    const feed = await Feed.connect(socket, clip);
    const playing = feed.play(0, 60);
    await until(
      () => output.of('connection').some(({ error }) => error?.includes('15 seconds') === true),
      () => output.log,
    );
    feed.close();
    await playing;
    expect(output.of('connection').some(({ state }) => state === 'active')).toBe(false);
    expect(await output.finish()).toMatchObject({ type: 'failed' });
    expect(JSON.stringify(output.events) + output.log).not.toContain(key);
    silent.close();
  });
});
