// ESLint over the files that it may say something new about. Its rules look at types, which come from what a file imports,
// so a file is linted again when it or anything behind its imports has changed; ESLint's own cache looks at the file alone.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ESLint } from 'eslint';
import { root } from './sources.mjs';

const cacheFile = join(root, 'node_modules/.cache/onegrid-lint.json');
const linted = /\.(js|mjs|cjs|ts|svelte)$/;
/** What may change the findings in any file: settings, the libraries' types, and declarations that nobody imports. */
const global = /^(eslint\.config\.js|package-lock\.json|(.*\/)?tsconfig[^/]*\.json|.*\.d\.m?ts)$/;
const left = new Set(['node_modules', 'dist', 'data', '.git']);
const imported = /(?:\bfrom|\bimport)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g;

const sha = (text) => createHash('sha256').update(text).digest('hex');
const files = new Map(
  [...filesIn('')].map((path) => [path, readFileSync(join(root, path), 'utf8')]),
);
const everything = [...files].filter(([path]) => global.test(path)).sort();
const key = sha(JSON.stringify([process.version, everything]));
const clean = readCache();

const eslint = new ESLint({ cwd: root });
const fingerprints = new Map();
for (const path of files.keys()) {
  if (linted.test(path) && !(await eslint.isPathIgnored(path))) {
    fingerprints.set(path, fingerprint(path));
  }
}
const stale = [...fingerprints].flatMap(([path, print]) =>
  clean[path]?.includes(print) ? [] : [path],
);
const results = stale.length > 0 ? await eslint.lintFiles(stale) : [];

const dirty = new Set(
  results.flatMap(({ filePath, messages }) =>
    messages.length > 0 ? [relative(root, filePath).replaceAll('\\', '/')] : [],
  ),
);
// The last few of each: an edit that is taken back costs nothing, and neither does another branch.
const kept = [...fingerprints].map(([path, print]) => {
  const before = (clean[path] ?? []).filter((each) => each !== print);
  return [path, dirty.has(path) ? before : [print, ...before].slice(0, 4)];
});
mkdirSync(dirname(cacheFile), { recursive: true });
writeFileSync(cacheFile, JSON.stringify({ key, clean: Object.fromEntries(kept) }));
if (dirty.size > 0) {
  const formatter = await eslint.loadFormatter('stylish');
  console.log(await formatter.format(results));
  process.exitCode = 1;
}

/** @param {string} folder @returns {Generator<string>} paths relative to the root, with `/` */
function* filesIn(folder) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!left.has(entry.name)) yield* filesIn(path);
    } else if (linted.test(path) || global.test(path)) yield path;
  }
}

/** A digest of a file and all that it imports, directly or not. @param {string} path */
function fingerprint(path) {
  const reached = new Set([path]);
  for (const each of reached) {
    for (const [, specifier] of files.get(each)?.matchAll(imported) ?? []) {
      reached.add(join(dirname(each), specifier).replaceAll('\\', '/'));
    }
  }
  return sha(JSON.stringify([...reached].sort().map((each) => [each, files.get(each) ?? null])));
}

/** @returns {Record<string, string[]>} fingerprints with which files were found clean */
function readCache() {
  try {
    const cache = JSON.parse(readFileSync(cacheFile, 'utf8'));
    return cache.key === key ? cache.clean : {};
  } catch {
    return {};
  }
}
