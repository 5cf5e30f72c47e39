import { describe, expect, it } from 'vitest';
import { browserKind } from '../../../web/lib/browser-kind.ts';
import { mediaHelp } from '../../../web/lib/words.ts';

const like = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const agents = {
  chrome: `Mozilla/5.0 (X11; Linux x86_64) ${like} Chrome/140.0.0.0 Safari/537.36`,
  edge: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${like} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0`,
  android: `Mozilla/5.0 (Linux; Android 10; K) ${like} Chrome/140.0.0.0 Mobile Safari/537.36`,
  samsung: `Mozilla/5.0 (Linux; Android 10; K) ${like} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`,
  firefox: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  firefoxAndroid: 'Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0',
  safari:
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
  iphone:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
  chromeIphone:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.0.0 Mobile/15E148 Safari/604.1',
};
const kind = (agent: keyof typeof agents, maxTouchPoints = 0) =>
  browserKind({ userAgent: agents[agent], maxTouchPoints });

describe('a browser', () => {
  it.each<[keyof typeof agents, number, ReturnType<typeof browserKind>]>([
    ['chrome', 0, { engine: 'chromium', system: 'other', name: 'Chrome' }],
    ['edge', 10, { engine: 'chromium', system: 'windows', name: 'Edge' }],
    ['android', 5, { engine: 'chromium', system: 'android', name: 'Chrome' }],
    ['samsung', 5, { engine: 'chromium', system: 'android', name: 'Samsung Internet' }],
    ['firefox', 0, { engine: 'firefox', system: 'other', name: 'Firefox' }],
    ['firefoxAndroid', 5, { engine: 'firefox', system: 'android', name: 'Firefox' }],
    ['safari', 0, { engine: 'safari', system: 'mac', name: 'Safari' }],
    ['safari', 5, { engine: 'safari', system: 'ios', name: 'Safari' }],
    ['iphone', 5, { engine: 'safari', system: 'ios', name: 'Safari' }],
    ['chromeIphone', 5, { engine: 'chromium', system: 'ios', name: 'Chrome' }],
  ])('of %s with %i fingers is known by its words', (agent, fingers, expected) => {
    expect(kind(agent, fingers)).toEqual(expected);
  });
});

describe('the help for a device that could not be had', () => {
  const place = { port: '8080' };
  const text = (...what: Parameters<typeof mediaHelp>): string => mediaHelp(...what).join(' ');

  it.each<[keyof typeof agents, string]>([
    ['chrome', 'left of the address'],
    ['android', 'Permissions'],
    ['firefox', 'crossed-out'],
    ['firefoxAndroid', 'lock'],
    ['safari', 'Settings for This Website'],
    ['iphone', 'Website Settings'],
    ['chromeIphone', 'Settings › Apps › Chrome'],
  ])('says to people with %s where to allow it: %s', (agent, words) => {
    expect(text('refused', kind(agent), place)).toContain(words);
  });

  it('leads to the settings of the device where those keep it back', () => {
    expect(text('blocked', kind('edge'), place)).toContain('desktop apps');
    expect(text('blocked', kind('safari'), place)).toContain('Privacy & Security › Camera');
    expect(text('blocked', kind('android'), place)).toContain('for all apps');
  });

  it('says on plain HTTP from another device where it would work, and that one can listen', () => {
    const steps = text('insecure', kind('chrome'), place);
    expect(steps).toContain('https://');
    expect(steps).toContain('http://localhost:8080');
    expect(steps).toContain('join now');
  });

  it('has something to say of every problem', () => {
    const problems = ['dismissed', 'missing', 'busy', 'lost', 'failed'] as const;
    for (const problem of problems) {
      expect(mediaHelp(problem, kind('chrome'), place).length).toBeGreaterThan(0);
    }
  });
});
