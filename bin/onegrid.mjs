#!/usr/bin/env node
// Builds what is stale in a checkout, then becomes the program: one process, so signals need no forwarding.
import { build, BuildError, say } from './builder.mjs';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  say(`Node ${process.versions.node} is too old: 20.19 or newer is needed.`);
  process.exit(1);
}

try {
  await build();
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  say(error.message);
  process.exit(1);
}

const { main } = await import('../dist/mcu/main.js');
await main(process.argv.slice(2));
