import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export const root = fileURLToPath(new URL('..', import.meta.url));
/** Where built code goes. */
export const dist = join(root, 'dist');

/**
 * The two halves of a build. `inputs` are files and folders under the root that decide what comes out (the
 * client takes only types from mcu/protocol/, which are in the types of its library); `outputs` are folders under `dist`.
 */
export const parts = [
  {
    name: 'server',
    inputs: [
      'mcu',
      'mixer',
      'package.json',
      'package-lock.json',
      'tsconfig.json',
      'tsconfig.build.json',
    ],
    outputs: ['mcu', 'mixer'],
    proof: 'mcu/main.js',
  },
  {
    name: 'client',
    inputs: [
      'web',
      'mcu/protocol',
      'bin/client-types.mjs',
      'package.json',
      'package-lock.json',
      'tsconfig.json',
      'vite.config.ts',
    ],
    outputs: ['web'],
    proof: 'web/index.html',
  },
];

const stampFile = join(dist, 'stamp.json');

/** @returns {boolean} false in an installed package, which ships `dist` and no sources. */
export function hasSources() {
  return existsSync(join(root, 'mcu'));
}

/**
 * The parts whose sources are not the ones `dist` was built from. Compares content, not times: a checkout
 * that changes nothing builds nothing.
 */
export function staleParts() {
  const stamp = readStamp();
  return parts.filter(
    (part) => stamp[part.name] !== fingerprint(part) || !existsSync(join(dist, part.proof)),
  );
}

/** A digest of the names and contents of a part's inputs. @param {(typeof parts)[number]} part */
export function fingerprint(part) {
  const hash = createHash('sha256');
  for (const input of part.inputs) digest(hash, input);
  return hash.digest('hex');
}

/** @param {import('node:crypto').Hash} hash @param {string} path relative to the root */
function digest(hash, path) {
  const absolute = join(root, path);
  let content;
  try {
    content = readFileSync(absolute);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    if (error.code !== 'EISDIR') throw error;
    for (const name of readdirSync(absolute).sort()) {
      if (name !== 'node_modules' && name !== 'dist') digest(hash, `${path}/${name}`);
    }
    return;
  }
  hash.update(`${path}\0${content.length}\0`).update(content);
}

/** @returns {Record<string, string>} */
export function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return {};
  }
}

/** The path that `writeStamp` in build.mjs replaces. */
export { stampFile };
