import { readFileSync, statSync } from 'node:fs';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../config/settings.ts';
import { type Finding, missing, ok, warning } from './finding.ts';
import { runProgram } from './program.ts';

/** Measured on two cores: docs/performance.md, Capacity. */
const roomsOfFourPerCore = 2;
const mebibyte = 2 ** 20;
/** docs/operations.md, Memory: a room process, each participant in it; the gateway. */
const roomBytes = 130 * mebibyte;
const participantBytes = 18 * mebibyte;
const gatewayBytes = 120 * mebibyte;

/** A connection of each participant to the gateway, and in a room process some sockets for each of them. */
const comfortableFiles = 4096;
const leastFiles = 1024;

/** Sleeps this long tell how late timers are. */
const sleepMs = 5;
const sleeps = 20;
const lateMs = 8;

/** Node, processor, memory, open files, clock. */
export async function checkMachine(settings: Settings): Promise<Finding[]> {
  return [
    ok('Node', process.versions.node),
    processor(),
    memory(settings),
    openFiles(),
    await timers(),
    await clock(),
  ];
}

function processor(): Finding {
  const cores = Math.min(availableParallelism(), containerCores() ?? Infinity);
  const shown = `${String(Math.round(cores * 10) / 10)} ${cores === 1 ? 'core' : 'cores'}`;
  const rooms = Math.floor(cores * roomsOfFourPerCore);
  if (cores >= 2) return ok('processor', `${shown}: about ${String(rooms)} rooms of four people`);
  return warning(
    'processor',
    shown,
    'One core is enough for one or two small rooms; give it two, so that sound need not wait for pictures.',
  );
}

/** What a container may use (cgroup v2, cpu.max); null where that is not limited. */
function containerCores(): number | null {
  try {
    const [quota, period] = readFileSync('/sys/fs/cgroup/cpu.max', 'utf8').trim().split(' ');
    const cores = Number(quota) / Number(period);
    return Number.isFinite(cores) && cores > 0 ? cores : null;
  } catch {
    return null;
  }
}

function memory({ maxParticipants, spareRooms }: Settings): Finding {
  // 0 or far more than there is: not limited.
  const limit = process.constrainedMemory() || Infinity;
  const total = Math.min(totalmem(), limit);
  const free = Math.min(linuxAvailable() ?? freemem(), total);
  const shown = `${gibibytes(free)} of ${gibibytes(total)} free`;
  const roomOfFour = roomBytes + 4 * participantBytes;
  const baseBytes = gatewayBytes + spareRooms * roomBytes;
  const fullRoom = roomBytes + maxParticipants * participantBytes;
  const rooms = Math.floor((free - baseBytes) / roomOfFour);
  if (rooms < 1) {
    return missing(
      'memory',
      shown,
      `Free ${gibibytes(baseBytes + roomOfFour)}: the gateway, its spare processes and one room of four take so much.`,
    );
  }
  if (free < baseBytes + fullRoom) {
    return warning(
      'memory',
      `${shown}: about ${String(rooms)} rooms of four people`,
      `A room of ONEGRID_MAX_PARTICIPANTS (${String(maxParticipants)}) takes about ${gibibytes(fullRoom)}: lower that, or add memory.`,
    );
  }
  return ok('memory', shown);
}

/** What new processes may have without swapping, files in the cache counted as free. */
function linuxAvailable(): number | null {
  try {
    const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(
      readFileSync('/proc/meminfo', 'utf8'),
    )?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) * 1024;
  } catch {
    return null;
  }
}

const gibibytes = (bytes: number): string =>
  bytes < 2 ** 30
    ? `${String(Math.round(bytes / mebibyte))} MiB`
    : `${(bytes / 2 ** 30).toFixed(1)} GiB`;

function openFiles(): Finding {
  const limit = openFileLimit();
  if (limit === null) return ok('open files', 'no limit known');
  const shown = limit === Infinity ? 'no limit' : String(limit);
  if (limit >= comfortableFiles) return ok('open files', shown);
  const advice = `Let it have 65536: ulimit -n 65536, or LimitNOFILE=65536 in its systemd unit.`;
  return limit < leastFiles
    ? missing('open files', shown, advice)
    : warning('open files', `${shown}: enough for some hundred people`, advice);
}

/** Node raises the soft limit to the hard one when it starts, so this is what the server will have. */
function openFileLimit(): number | null {
  if (process.platform === 'win32') return null;
  try {
    const soft = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    if (soft !== undefined) return soft === 'unlimited' ? Infinity : Number(soft);
  } catch {
    // Not Linux.
  }
  const report = process.report.getReport() as { userLimits?: { open_files?: { soft: unknown } } };
  const soft = report.userLimits?.open_files?.soft;
  return typeof soft === 'number' ? soft : soft === 'unlimited' ? Infinity : null;
}

async function timers(): Promise<Finding> {
  const late: number[] = [];
  for (let count = 0; count < sleeps; count += 1) {
    const start = performance.now();
    await new Promise((resolve) => setTimeout(resolve, sleepMs));
    late.push(performance.now() - start - sleepMs);
  }
  late.sort((a, b) => a - b);
  const most = late[Math.floor(sleeps * 0.9)] ?? 0;
  const shown = `${most.toFixed(1)} ms late`;
  if (most < lateMs) return ok('timers', shown);
  return warning(
    'timers',
    shown,
    'Something else takes the processor: pictures and sound will come late.',
  );
}

/** Credentials and tokens hold for a time, so the clock must be right. */
async function clock(): Promise<Finding> {
  const now = new Date();
  const shown = now.toISOString().replace(/\.\d+Z$/, 'Z');
  // This file was there before it was read.
  const builtMs = statSync(fileURLToPath(import.meta.url)).mtimeMs;
  if (now.getTime() < builtMs - 86_400_000) {
    return missing(
      'clock',
      shown,
      'It is before this program was made: set the clock, or TURN credentials and tokens will not hold.',
    );
  }
  const isSet = await runProgram('timedatectl', ['show', '-p', 'NTPSynchronized', '--value'], 1500);
  if (isSet?.trim() === 'no') {
    return warning(
      'clock',
      `${shown}, not synchronized`,
      'Switch on NTP (timedatectl set-ntp true): TURN credentials and tokens hold for a time.',
    );
  }
  return ok('clock', shown);
}
