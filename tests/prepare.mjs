// `npm run pretest`: finds or installs what the tests need and says which, then builds what is stale, because
// tests run the built server. Does nothing but look where all is there.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build, BuildError } from '../bin/builder.mjs';
import { findTool } from './harness/find-tools.mjs';

/** Per program: its Debian packages (a bare system has no fonts for a page), whether tests can do without, and where to get it by hand. */
const needs = [
  {
    tool: 'chromium',
    packages: ['chromium', 'fonts-liberation'],
    optional: false,
    hint: 'install Chromium or Chrome, or set CHROMIUM_PATH',
  },
  {
    tool: 'headlessShell',
    packages: ['chromium-headless-shell'],
    optional: true,
    hint: 'Chromium will do, and takes longer',
  },
  {
    tool: 'firefox',
    packages: ['firefox-esr'],
    optional: true,
    hint: 'install Firefox, or set FIREFOX_PATH',
  },
  {
    tool: 'ffmpeg',
    packages: ['ffmpeg'],
    optional: false,
    hint: 'install ffmpeg (brew, winget, apt, dnf), or set FFMPEG_PATH',
  },
  {
    tool: 'ffprobe',
    packages: ['ffmpeg'],
    optional: false,
    hint: 'it comes with ffmpeg; or set FFPROBE_PATH',
  },
  ...(process.platform === 'linux'
    ? [
        { tool: 'ip', packages: ['iproute2'], optional: true, hint: 'install iproute2' },
        { tool: 'tc', packages: ['iproute2'], optional: true, hint: 'install iproute2' },
        {
          tool: 'coturn',
          packages: ['coturn'],
          optional: true,
          hint: 'install coturn',
        },
        { tool: 'nft', packages: ['nftables'], optional: true, hint: 'install nftables' },
      ]
    : []),
];

try {
  const found = new Map(needs.map(({ tool }) => [tool, findTool(tool)]));
  const missing = needs.filter(({ tool }) => found.get(tool) === null);
  for (const { tool } of needs) if (found.get(tool)) report(tool, found.get(tool));
  if (missing.length > 0) install(missing);

  await build();
} catch (error) {
  console.error(error instanceof BuildError ? error.message : `prepare: ${error.message}`);
  process.exit(1);
}

/** @param {typeof needs} missing */
function install(missing) {
  if (canUseApt()) aptInstall([...new Set(missing.flatMap((need) => need.packages))]);
  if (findTool('chromium') === null) downloadChromium();

  let failed = false;
  for (const { tool, optional, hint } of missing) {
    const path = findTool(tool);
    if (path) report(tool, `${path} (installed now)`);
    else
      report(
        tool,
        `not found and could not be installed: ${hint}${optional ? ' (tests that need it will say so)' : ''}`,
      );
    failed ||= !path && !optional;
  }
  if (failed) throw new Error('the tests cannot run without what is missing above.');
}

/** @param {string} tool @param {string} text */
function report(tool, text) {
  console.log(`${tool.padEnd(13)} ${text}`);
}

function canUseApt() {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

/** @param {string[]} packages */
function aptInstall(packages) {
  console.log(`installing ${packages.join(', ')} with apt-get …`);
  run('apt-get', ['update', '-qq']);
  const options = ['install', '-y', '-qq', '--no-install-recommends'];
  // One that this release does not have must not keep the others away.
  if (!run('apt-get', [...options, ...packages])) {
    for (const name of packages) run('apt-get', [...options, name]);
  }
}

function downloadChromium() {
  console.log("installing chromium with Playwright's download …");
  const cli = join(
    createRequire(import.meta.url).resolve('playwright-core/package.json'),
    '../cli.js',
  );
  const extra = canUseApt() ? ['--with-deps'] : [];
  run(process.execPath, [cli, 'install', ...extra, '--no-shell', 'chromium']);
}

/** Runs to the end; its output is shown only when it fails. @param {string} command @param {string[]} args */
function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status === 0) return true;
  console.error(
    `${command} ${args.join(' ')} failed:\n${error?.message ?? `${stdout}${stderr}`.trim().slice(-2_000)}`,
  );
  return false;
}
