import { it } from 'vitest';
import { launchChromium, Person } from '../harness/chromium.ts';
import { css, fallsSilent, green, red, silenceSettings } from '../harness/falls-silent.ts';
import { TestHost, whyNoNetwork } from '../harness/network.ts';
import { TestServer } from '../harness/server.ts';

const noNetwork = whyNoNetwork();
it.skipIf(noNetwork !== null)(
  `somebody falls silent because the network is cut${noNetwork === null ? '' : ` (skipped: ${noNetwork})`}`,
  async () => {
    const host = TestHost.create(0);
    const server = await TestServer.start(silenceSettings);
    const browser = await launchChromium();
    const url = `http://${host.serverAddress}:${String(server.port)}`;
    const away = await launchChromium({
      host,
      more: [`--unsafely-treat-insecure-origin-as-secure=${url}`],
    });
    try {
      const alice = await Person.join(away, url, 'cut', 'Alice', {
        colour: css(red),
        tone: 440,
        fps: 10,
      });
      const bob = await Person.join(browser, server.url, 'cut', 'Bob', { colour: css(green) });
      await fallsSilent(server, alice, bob, () => {
        host.cut();
      });
      await bob.close();
    } finally {
      await Promise.all([away.close(), browser.close()]);
      await server.stop();
      host.remove();
    }
  },
);
