import { readFileSync } from 'node:fs';

/** This package's version, as package.json has it. */
export function packageVersion(): string {
  // From mcu/ in tests, from dist/mcu/ otherwise.
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const text = readFileSync(new URL(path, import.meta.url), 'utf8');
      return (JSON.parse(text) as { version: string }).version;
    } catch {
      // The other one, then.
    }
  }
  return 'unknown';
}
