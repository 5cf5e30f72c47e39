import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = new URL('../../../web/components/', import.meta.url);
const videos = readdirSync(folder)
  .filter((name) => name.endsWith('.svelte'))
  .flatMap((name) =>
    [...readFileSync(new URL(name, folder), 'utf8').matchAll(/<video\b[^>]*>/g)].map(
      ([tag]) => [name, tag] as const,
    ),
  );

describe('every video', () => {
  it('is found by this test', () => {
    expect(videos.length).toBeGreaterThanOrEqual(4);
  });

  it.each(videos)('of %s plays where it stands on an iPhone, not over everything', (_name, tag) => {
    expect(tag).toMatch(/\splaysinline\b/);
  });
});
