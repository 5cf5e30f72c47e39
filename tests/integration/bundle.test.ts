import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FakeGateway } from '../harness/fake-gateway.ts';

const web = fileURLToPath(new URL('../../dist/web', import.meta.url));
const read = (path: string): Buffer => readFileSync(join(web, path));
const budgetBytes = 120_000;

/** Names of things, and where errors are explained: none is ever loaded. */
const names = [
  /^http:\/\/www\.w3\.org\//,
  /^https:\/\/svelte\.dev\/e\//,
  /^https:\/\/aomedia\.org\/emsg\//,
];

let gateway: FakeGateway;
beforeAll(async () => {
  gateway = await FakeGateway.start();
});
afterAll(async () => {
  await gateway.stop();
});

/** Scripts that a page loads before it does anything: its own, and what those import statically. */
function scriptsOf(html: string): Set<string> {
  const found = new Set<string>();
  const visit = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    for (const [, name] of read(path)
      .toString()
      .matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) {
      visit(`assets/${name ?? ''}`);
    }
  };
  for (const [, path] of html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)) visit(path ?? '');
  return found;
}

it('the first page loads at most 120 kB of JavaScript, compressed', () => {
  const scripts = scriptsOf(read('index.html').toString());
  expect(scripts.size).toBeGreaterThan(0);
  const bytes = [...scripts].reduce((sum, path) => sum + gzipSync(read(path)).length, 0);
  console.log(`${bytes} bytes in ${[...scripts].join(', ')}`);
  expect(bytes).toBeLessThanOrEqual(budgetBytes);
});

it('no file of the client names a third party', () => {
  const files = readdirSync(web, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.(js|css|html|svg)$/.test(path),
  );
  expect(files.length).toBeGreaterThan(3);
  const found = files.flatMap((path) =>
    [
      ...read(path)
        .toString()
        .matchAll(/(?:https?:|(?<=["'`(]))\/\/[a-z0-9-]+\.[a-z]{2,}[^\s"'`)]*/gi),
    ]
      .map(([url]) => url)
      .filter((url) => !names.some((name) => name.test(url)))
      .map((url) => `${path}: ${url}`),
  );
  expect(found).toEqual([]);
});

it('the page is allowed its own scripts and styles, and nothing inline', async () => {
  const { headers } = await fetch(gateway.url);
  const policy = new Map(
    (headers.get('content-security-policy') ?? '').split(';').map((directive) => {
      const [name = '', ...sources] = directive.trim().split(' ');
      return [name, sources.join(' ')];
    }),
  );
  expect(policy.get('default-src')).toBe("'self'");
  expect(policy.get('script-src')).toBe("'self'");
  expect(policy.get('style-src')).toBe("'self'");
  expect(policy.get('object-src')).toBe("'none'");
  expect([...policy.values()].join(' ')).not.toMatch(/unsafe|https?:|\*/);
});
