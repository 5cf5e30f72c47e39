import type { Findings, Verdict } from '../connection-check/findings.ts';

/** The words of the lobby. */
export const lobbyWords = {
  room: 'Room',
  roomHint: 'Letters, digits, - and _. Whoever enters the same name meets you there.',
  name: 'Your name',
  join: 'Join',
  joining: 'Joining the room…',
  preview: 'Your camera',
  previewOff: 'Camera is off until you join',
  asking: 'Your browser may ask to use camera and microphone. You can also join without.',
  ready: 'Camera and microphone are ready.',
  muted: 'You join muted.',
  unseen: 'You join without your camera.',
  mutedUnseen: 'You join muted and without your camera.',
  recordings: 'Recordings',
  badLink: (room: string, why: string) => `The link names a room that cannot be: “${room}”. ${why}`,
  devices: 'How you join',
  choose: 'Choose devices',
  microphone: 'Microphone',
  camera: 'Camera',
  tryAgain: 'Try again',
  helpHeading: { allow: 'How to allow it', other: 'What you can do' },
} as const;

/** The words of the connection check. */
export const connectionWords = {
  heading: 'Connection',
  ask: 'Check the connection',
  running: 'Checking your connection…',
  again: 'Check again',
  details: 'Details',
  server: 'Server',
  calls: 'Calls',
  udp: 'UDP',
  relay: 'Relay (TURN)',
  down: 'To you',
  up: 'From you',
  unknown: 'not known',
} as const;

/** A connection check in one line. */
export function verdictSentence(verdict: Verdict): string {
  switch (verdict) {
    case 'unreachable':
      return 'The server cannot be reached.';
    case 'no-signalling':
      return 'The server answers, but something between lets no calls through.';
    case 'no-media':
      return 'UDP is blocked here: sound and picture may not get through.';
    case 'only-tcp':
      return 'UDP is blocked here: the call may stutter.';
    case 'weak':
      return 'Weak connection: you and the others will see a smaller picture.';
    case 'weak-down':
      return 'Weak connection: you will see a smaller picture.';
    case 'weak-up':
      return 'Weak connection: others will see a smaller picture of you.';
    case 'good':
      return 'Your connection is good.';
  }
}

/** What was found, line by line; what was not looked at is left out. */
export function findingLines(findings: Findings): (readonly [what: string, how: string])[] {
  const { server, signalling, roundTripMs, udp, relay, downKbps, upKbps } = findings;
  const lines: (readonly [string, string])[] = [];
  if (server !== null) {
    const time = roundTripMs === null ? '' : `, ${String(roundTripMs)} ms there and back`;
    lines.push([connectionWords.server, server ? `reached${time}` : 'not reached']);
  }
  if (signalling !== null) {
    lines.push([connectionWords.calls, signalling ? 'get through' : 'do not get through']);
  }
  if (udp !== null) lines.push([connectionWords.udp, udp ? 'gets through' : 'blocked']);
  if (relay !== null) lines.push([connectionWords.relay, relaySentence(relay)]);
  if (downKbps !== null) lines.push([connectionWords.down, speedName(downKbps)]);
  if (upKbps !== null) lines.push([connectionWords.up, speedName(upKbps)]);
  return lines;
}

function relaySentence(relay: NonNullable<Findings['relay']>): string {
  switch (relay) {
    case 'udp':
      return 'reached by UDP';
    case 'tcp':
      return 'reached by TCP';
    case 'none':
      return 'not reached';
  }
}

/** More than that is not measured with any care. */
const fastKbps = 20_000;

function speedName(kbps: number): string {
  if (kbps >= fastKbps) return `more than ${String(fastKbps / 1000)} Mbit/s`;
  return kbps < 1000 ? `${String(kbps)} kbit/s` : `${(kbps / 1000).toFixed(1)} Mbit/s`;
}
