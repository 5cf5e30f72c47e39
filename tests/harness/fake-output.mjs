// An output process that makes no media: it speaks the messages, listens, and writes small files. SIGUSR2: its disk is full.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const send = (event) => process.send?.(event);
const quit = () => setTimeout(() => process.exit(0), 20);
let output;
let startedAt;
let bytes = 0;
let progress;

const seconds = () => (startedAt === undefined ? 0 : (performance.now() - startedAt) / 1000);

/** Beside it and then in its place: tests look at any time, and kill. */
function put(name, text) {
  const temporary = join(output.directory, `.${name}.part`);
  writeFileSync(temporary, text);
  renameSync(temporary, join(output.directory, name));
}

/** What tests wait for comes last. */
function writeSegment() {
  const { segment, joined } = output;
  put(`segment-${segment}.json`, JSON.stringify({ seconds: seconds() }));
  put(`segment-${segment}.mp4`, `segment ${segment}${joined ? ' joined' : ''};`);
}

function writePlaylist() {
  put('init-0f1e2d3c-1.mp4', 'init');
  put('0f1e2d3c-1-0.m4s', 'segment');
  put('secret.txt', 'not for anybody');
  put('index.m3u8', `#EXTM3U\n#${process.pid}\n`);
}

/** What was put together is the first segment again. */
function reopen(directory) {
  for (const [from, to] of [
    ['media.mp4', 'segment-0.mp4'],
    ['.media.json', 'segment-0.json'],
  ]) {
    if (existsSync(join(directory, from))) renameSync(join(directory, from), join(directory, to));
  }
}

function open(command) {
  output = command.output;
  if (output.kind === 'recording') reopen(output.directory);
  createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => (bytes += data.length));
    if (startedAt !== undefined) return;
    startedAt = performance.now();
    if (output.kind === 'stream') {
      const dead = output.url.includes('dead');
      const error = dead ? `Cannot open ${output.url}: refused.` : undefined;
      send({ type: 'connection', state: dead ? 'retrying' : 'active', error });
      return;
    }
    if (output.kind === 'recording') writeSegment();
    else writePlaylist();
    send({ type: 'started', agoMs: 0 });
    progress = setInterval(() => {
      if (output.kind === 'recording') writeSegment();
      send({ type: 'progress', bytes, durationSeconds: seconds() });
    }, 100);
  }).listen(command.socket, () => send({ type: 'listening' }));
}

function finish(full) {
  clearInterval(progress);
  if (startedAt !== undefined && output.kind === 'recording') {
    writeSegment();
    assemble(output, full);
    return;
  }
  if (startedAt === undefined) send({ type: 'failed', message: 'There was no picture.' });
  else send({ type: 'finished', durationSeconds: seconds(), bytes, full });
  quit();
}

function assemble({ directory }, full = false) {
  const segments = readdirSync(directory)
    .filter((name) => /^segment-\d+\.mp4$/.test(name))
    .sort();
  if (segments.length === 0) {
    send({ type: 'failed', message: 'There is no segment.' });
    quit();
    return;
  }
  const text = segments.map((name) => readFileSync(join(directory, name), 'utf8')).join('');
  let durationSeconds = 0;
  for (const name of segments) {
    const side = join(directory, name.replace('mp4', 'json'));
    if (existsSync(side)) durationSeconds += JSON.parse(readFileSync(side, 'utf8')).seconds;
    rmSync(join(directory, name));
    rmSync(side, { force: true });
  }
  writeFileSync(join(directory, 'media.mp4'), text);
  writeFileSync(join(directory, '.media.json'), JSON.stringify({ seconds: durationSeconds }));
  writeFileSync(join(directory, 'poster.jpg'), 'poster');
  mkdirSync(join(directory, 'tracks'), { recursive: true });
  for (const id of participantsOf(directory))
    writeFileSync(join(directory, 'tracks', `${id}.m4a`), id);
  send({ type: 'finished', durationSeconds, bytes: text.length, full });
  quit();
}

function participantsOf(directory) {
  try {
    const text = readFileSync(join(directory, 'recording.json'), 'utf8');
    return JSON.parse(text).participants.map(({ id }) => id);
  } catch {
    return [];
  }
}

// It lives.
setInterval(() => send({ type: 'pulse', residentBytes: process.memoryUsage.rss() }), 200);

process.on('message', (command) => {
  if (command.type === 'open') open(command);
  else if (command.type === 'finish') finish(false);
  else assemble(command);
});
process.on('SIGUSR2', () => finish(true));
process.on('disconnect', () => process.exit(0));
