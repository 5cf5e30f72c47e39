import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type ClientRequest, get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';
import { createServer } from 'node:net';
import type { Settings } from '../config/settings.ts';
import { portsPerParticipant } from '../gateway/ports-per-participant.ts';
import { type Finding, missing, ok, reasonOf, warning } from './finding.ts';

/** So many ports of the range are tried, evenly spread. */
const samples = 128;
const answerMs = 2000;
const mostAnswer = 10_000;

/** The TCP port of the server, and the UDP ports for media. */
export async function checkPorts(settings: Settings): Promise<Finding[]> {
  return Promise.all([tcp(settings), udp(settings)]);
}

async function tcp({ port, host }: Settings): Promise<Finding> {
  const check = 'TCP port';
  const shown = `${String(port)}${host === undefined ? '' : ` at ${host}`}`;
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return ok(check, port === 0 ? 'any' : `${shown} is free`);
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === 'EADDRINUSE') {
      if (await isOnegrid(port, host)) return ok(check, `${shown} is held by a running onegrid`);
      return missing(
        check,
        `${shown} is in use by another program`,
        'Stop that program, or set PORT to another port.',
      );
    }
    if (reason === 'EACCES') {
      return missing(check, `${shown} needs more rights`, 'Set PORT to 1024 or above.');
    }
    return missing(
      check,
      `${shown} cannot be listened on (${reason})`,
      'Set ONEGRID_HOST to an address of this machine, or leave it out.',
    );
  } finally {
    server.close();
  }
}

/** Whether who listens there is one of ours. */
async function isOnegrid(port: number, host = 'localhost'): Promise<boolean> {
  const options = { host, port, path: '/healthz', timeout: answerMs };
  const answers = await Promise.all([
    textOf(getHttp(options)),
    // Who it is does not matter here, and its certificate is for another name than localhost.
    textOf(getHttps({ ...options, rejectUnauthorized: false })),
  ]);
  return answers.some((text) => text.includes('"status":"ok"'));
}

/** The body of an answer; empty where none comes. */
const textOf = (request: ClientRequest): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    const end = (): void => {
      request.destroy();
      resolve(text);
    };
    request.on('error', end).on('timeout', end);
    request.on('response', (response) => {
      response.setEncoding('utf8').on('end', end).on('error', end);
      response.on('data', (piece: string) => {
        text += piece;
        if (text.length > mostAnswer) end();
      });
    });
  });

async function udp({ udpPorts, maxParticipants }: Settings): Promise<Finding> {
  const check = 'UDP ports';
  if (udpPorts === undefined) {
    if (await isBindable(0)) {
      return ok(check, 'any; where a firewall has to know them, set ONEGRID_UDP_PORTS');
    }
    return missing(check, 'none can be had', 'Let this user open UDP sockets: media needs them.');
  }
  const { minimum, maximum } = udpPorts;
  const size = maximum - minimum + 1;
  const tried = Math.min(size, samples);
  const ports = Array.from(
    { length: tried },
    (_, index) => minimum + Math.floor((index * size) / tried),
  );
  const free = (await Promise.all(ports.map(isBindable))).filter(Boolean).length;
  const shown = `${String(minimum)}-${String(maximum)}`;
  const people = Math.floor((size * free) / tried / portsPerParticipant);
  if (free === 0) {
    return missing(
      check,
      `none of ${shown} can be had`,
      'Set ONEGRID_UDP_PORTS to ports that no other program uses.',
    );
  }
  const busy = free < tried ? `, ${String(Math.round((1 - free / tried) * 100))} % in use` : '';
  const found = `${shown}${busy}: enough for ${String(people)} participants`;
  if (people >= maxParticipants) return ok(check, found);
  const wanted = minimum + maxParticipants * portsPerParticipant - 1;
  return warning(
    check,
    found,
    `A full room has ${String(maxParticipants)}: set ONEGRID_UDP_PORTS to ${String(minimum)}-${String(wanted)} or more, and open them in the firewall.`,
  );
}

async function isBindable(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    socket.bind({ port, exclusive: true });
    await once(socket, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}
