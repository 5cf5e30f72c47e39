import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build, defineConfig, type Plugin } from 'vite';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const target = ['chrome120', 'firefox121', 'safari17'];

/** Builds the client library beside the client, as one module for other pages: `client.js`, with its types. */
function clientLibrary(): Plugin {
  let outDir = '';
  return {
    name: 'client-library',
    apply: 'build',
    configResolved(config) {
      outDir = config.build.outDir;
    },
    async closeBundle() {
      const types = promisify(execFile)(process.execPath, [
        path('bin/client-types.mjs'),
        resolve(path('web'), outDir, 'client.d.ts'),
      ]);
      await build({
        configFile: false,
        logLevel: 'warn',
        root: path('web'),
        publicDir: false,
        build: {
          lib: { entry: 'lib/client/index.ts', formats: ['es'], fileName: () => 'client.js' },
          outDir,
          emptyOutDir: false,
          target,
        },
      });
      await types;
    },
  };
}

/** The browser client: web/ is built into dist/web, which the gateway serves at /. */
export default defineConfig({
  root: path('web'),
  plugins: [svelte({ configFile: false, compilerOptions: { runes: true } }), clientLibrary()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target,
    // No data: URLs and no polyfill: the page must do under `default-src 'self'`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { '/ws': { target: 'ws://localhost:8080', ws: true } },
  },
});
