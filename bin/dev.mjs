// `npm run dev`: the compiler watches mcu/ and mixer/ and the server restarts on every good compile; vite
// serves web/ with hot reload and passes everything else on to the server.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { invalidate, say } from './builder.mjs';
import { root } from './sources.mjs';

/** How long a server may take to end before it is killed; milliseconds. */
const patience = 5_000;

const port = Number(process.env.PORT ?? 8080);
const children = new Set();
let server = null;
let restarting = Promise.resolve();
let ending = false;

process.on('SIGINT', () => void end()).on('SIGTERM', () => void end());
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

invalidate('server');
watchServer();
await serveClient();

function watchServer() {
  const tsc = join(createRequire(import.meta.url).resolve('typescript/package.json'), '../bin/tsc');
  const args = [tsc, '-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput'];
  const compiler = start(args, ['ignore', 'pipe', 'inherit']);
  compiler.stdout.on('data', (chunk) => {
    process.stdout.write(chunk);
    if (String(chunk).includes('Found 0 errors')) restarting = restarting.then(restart);
  });
  compiler.on('exit', (code) => {
    if (!ending) void end(code ?? 1);
  });
}

async function restart() {
  await stop(server);
  if (ending) return;
  const entry = fileURLToPath(new URL('dev-server.mjs', import.meta.url));
  server = start([entry, ...process.argv.slice(2)], ['ignore', 'inherit', 'inherit']);
}

async function serveClient() {
  const target = `http://localhost:${port}`;
  const paths = ['/api', '/hls', '/healthz', '/readyz', '/metrics'];
  // The Host header stays as it is, so the server's same-origin check sees the origin the browser sees.
  const proxy = Object.fromEntries(paths.map((path) => [path, { target }]));
  const vite = await createServer({
    configFile: join(root, 'vite.config.ts'),
    server: { proxy: { ...proxy, '/ws': { target, ws: true } } },
  });
  await vite.listen();
  vite.printUrls();
}

/** @param {string[]} args @param {import('node:child_process').StdioOptions} stdio */
function start(args, stdio) {
  const child = spawn(process.execPath, args, { cwd: root, stdio });
  children.add(child);
  child.on('exit', () => children.delete(child));
  return child;
}

/** @param {import('node:child_process').ChildProcess | null} child */
async function stop(child) {
  if (!child || !children.has(child)) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  const timer = setTimeout(() => child.kill('SIGKILL'), patience);
  await gone;
  clearTimeout(timer);
}

/** @param {number} [code] what the process exits with */
async function end(code = 0) {
  if (ending) return;
  ending = true;
  await Promise.all([...children].map(stop));
  say('development server ended.');
  process.exit(code);
}
