// `npm run screenshots`: makes docs/images anew; TypeScript, through vite.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import { build } from '../../bin/builder.mjs';

await build();
const main = fileURLToPath(new URL('main.ts', import.meta.url));
const { module } = await runnerImport(main, { configFile: false, logLevel: 'error' });
await module.main(process.argv[2]);
