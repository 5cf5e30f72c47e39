import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folder, makeBandwidthPage, page } from '../../../simulation/report.ts';

test(
  'the page on the estimator and its plots are what the simulations give',
  { timeout: 60_000 },
  () => {
    const text = readFileSync(page, 'utf8');
    const made = makeBandwidthPage(text);
    if (process.env['UPDATE_BANDWIDTH'] === '1') {
      mkdirSync(folder, { recursive: true });
      writeFileSync(page, made.page);
      for (const [name, svg] of Object.entries(made.plots)) writeFileSync(join(folder, name), svg);
    }
    expect(made.page).toBe(readFileSync(page, 'utf8'));
    expect(readdirSync(folder).sort()).toEqual(Object.keys(made.plots).sort());
    for (const [name, svg] of Object.entries(made.plots)) {
      expect(readFileSync(join(folder, name), 'utf8')).toBe(svg);
      expect(svg).not.toContain('NaN');
    }
  },
);
