// Where the programs are that tests drive: browsers, ffmpeg, and the network tools. Plain JavaScript because
// tests/prepare.mjs runs it before anything is built; its types are in find-tools.d.mts.
import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const windows = process.platform === 'win32';
const programFiles = [
  process.env['ProgramFiles'],
  process.env['ProgramFiles(x86)'],
  process.env['LOCALAPPDATA'],
].filter(Boolean);

/** Folders that hold programs on one kind of system or another and are not always on PATH. */
const usualFolders = windows
  ? []
  : ['/usr/bin', '/usr/local/bin', '/usr/sbin', '/sbin', '/snap/bin', '/opt/homebrew/bin'];

const chromium = {
  variable: 'CHROMIUM_PATH',
  names: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'],
  places: () => [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    ...programFiles.map((folder) => join(folder, 'Google/Chrome/Application/chrome.exe')),
    ...playwrightDownloads(),
  ],
};

/** The same engine without the browser around it: it starts with half the work. */
const headlessShell = {
  names: ['chromium-headless-shell'],
  places: () => [],
};

const firefox = {
  variable: 'FIREFOX_PATH',
  names: ['firefox-esr', 'firefox'],
  places: () => [
    '/Applications/Firefox.app/Contents/MacOS/firefox',
    ...programFiles.map((folder) => join(folder, 'Mozilla Firefox/firefox.exe')),
  ],
};

const ffmpeg = { variable: 'FFMPEG_PATH', names: ['ffmpeg'], places: () => [] };
const ffprobe = { variable: 'FFPROBE_PATH', names: ['ffprobe'], places: () => [] };
const ip = { names: ['ip'], places: () => [] };
const nft = { names: ['nft'], places: () => [] };
const tc = { names: ['tc'], places: () => [] };
const gstreamer = { names: ['gst-launch-1.0'], places: () => [] };

const coturn = { names: ['turnserver'], places: () => [] };
const tools = { chromium, headlessShell, firefox, ffmpeg, ffprobe, gstreamer, ip, nft, tc, coturn };

/**
 * The path of a program: from its variable, then PATH, then the usual places.
 *
 * @param {keyof typeof tools} name
 * @returns {string | null}
 * @throws {Error} when the variable is set and names no program
 */
export function findTool(name) {
  const { variable, names, places } = tools[name];
  const chosen = variable && process.env[variable];
  if (chosen) {
    if (isProgram(chosen)) return chosen;
    throw new Error(`${variable} is ${chosen}, which is not a program that can be run.`);
  }
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean),
    ...usualFolders,
  ];
  for (const file of names.map((file) => (windows ? `${file}.exe` : file))) {
    for (const folder of folders) {
      if (isProgram(join(folder, file))) return join(folder, file);
    }
  }
  return places().find(isProgram) ?? null;
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** What `playwright-core install chromium` downloaded, newest first. */
function playwrightDownloads() {
  const folder =
    process.env['PLAYWRIGHT_BROWSERS_PATH'] ??
    {
      darwin: join(homedir(), 'Library/Caches/ms-playwright'),
      win32: join(process.env['LOCALAPPDATA'] ?? homedir(), 'ms-playwright'),
    }[process.platform] ??
    join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ms-playwright');
  const mac = ['Google Chrome for Testing', 'Chromium'].flatMap((app) =>
    ['chrome-mac', 'chrome-mac-arm64', 'chrome-mac-x64'].map(
      (build) => `${build}/${app}.app/Contents/MacOS/${app}`,
    ),
  );
  const inside = [
    'chrome-linux/chrome',
    'chrome-linux64/chrome',
    'chrome-linux-arm64/chrome',
    'chrome-win/chrome.exe',
    'chrome-win64/chrome.exe',
    ...mac,
  ];
  return list(folder)
    .filter((name) => /^chromium-\d+$/.test(name))
    .sort((a, b) => Number(b.slice(9)) - Number(a.slice(9)))
    .flatMap((name) => inside.map((path) => join(folder, name, path)));
}

/** @param {string} folder */
function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
