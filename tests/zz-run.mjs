import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
const main = fileURLToPath(new URL(process.argv[2], import.meta.url));
const { module } = await runnerImport(main, { configFile: false, logLevel: 'error' });
await module.main(process.argv.slice(3));
process.exit(0);
