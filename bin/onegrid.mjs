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

// Commands with a program of their own; all others, and --help, are the server's, which loads no media library.
const programs = {
  mix: '../dist/mixer/cli/main.js',
  load: '../dist/mcu/load/main.js',
  doctor: '../dist/mcu/doctor/main.js',
};

const [command, ...rest] = process.argv.slice(2);
if (command !== undefined && Object.hasOwn(programs, command)) {
  const { main } = await import(programs[command]);
  await main(rest);
} else {
  const { main } = await import('../dist/mcu/main.js');
  await main(process.argv.slice(2));
}
