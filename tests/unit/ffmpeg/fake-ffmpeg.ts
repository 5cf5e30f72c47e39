import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a program that can be run: a shell script. Returns its path. */
export function fakeProgram(path: string, script: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

/** What a program prints that says it is ffmpeg, as a script. */
export const saysVersion = (version: string, program = 'ffmpeg'): string =>
  `[ "$1" = -version ] && echo "${program} version ${version} Copyright (c) 2000-2030 the FFmpeg developers"`;
