import puppeteer, { type Browser } from 'puppeteer-core';
import { findFirefox } from './browsers.ts';

/** Why Firefox cannot be had here, or null if it can. On CI that is a failure, not a reason to skip. */
export function whyNoFirefox(): string | null {
  if (findFirefox() !== null) return null;
  if (process.env['CI'] === 'true') throw new Error('On CI Firefox is not installed.');
  return 'Firefox is not installed';
}

/** Hertz of Firefox's own fake microphone. WebAudio cannot make one: without a sound card it stands still. */
export const firefoxTone = 500;

/** Starts a real Firefox. It has no H.264 here, so what it plays is VP8. */
export const launchFirefox = (): Promise<Browser> =>
  puppeteer.launch({
    browser: 'firefox',
    executablePath: findFirefox()!,
    headless: true,
    extraPrefsFirefox: {
      'media.navigator.streams.fake': true,
      'media.navigator.audio.fake_frequency': firefoxTone,
      'media.navigator.permission.disabled': true,
      'media.autoplay.default': 0,
      'media.peerconnection.ice.loopback': true,
      'media.peerconnection.ice.obfuscate_host_addresses': false,
    },
  });
