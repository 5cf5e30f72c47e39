// The server as `dev.mjs` runs it: what the watching compiler wrote, with no build of its own.
import { main } from '../dist/mcu/main.js';

await main(['serve', ...process.argv.slice(2)]);
