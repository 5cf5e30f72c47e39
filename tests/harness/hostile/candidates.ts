import { networkInterfaces } from 'node:os';
import fc from 'fast-check';
import type { Candidate } from '../../../mcu/protocol/common.ts';
import { oneOf } from './seed.ts';
import { oddText } from './text.ts';

/** An address of this machine that candidates may name: what is sent there does not leave it. */
export const ownAddress: string =
  Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === 'IPv4' && !one.internal)?.address ?? '127.0.0.1';

const addresses = [
  ...[ownAddress, ownAddress, ownAddress, ownAddress, '127.0.0.1', '0.0.0.0', '255.255.255.255'],
  ...[
    '169.254.169.254',
    '224.0.0.1',
    '::1',
    '::',
    'fe80::1',
    'fe80::1%lo',
    'ff02::1',
    '::ffff:127.0.0.1',
  ],
  ...[
    'x.local',
    '4f1b2c3d-0000-4000-8000-00000000.local',
    'localhost',
    '127.1',
    '0x7f000001',
    '1.2.3',
    '1.2.3.4.5',
  ],
  ...['[::1]', '', '*', '%s', 'a'.repeat(300), '::'.repeat(40), '256.256.256.256'],
];

const part = (usual: readonly string[], odd: readonly string[]): fc.Arbitrary<string> =>
  oneOf([12, fc.constantFrom(...usual)], [1, fc.constantFrom(...odd)]);

const oddNumbers = ['', '-1', '0', '65536', '4294967296', '1e3', '9'.repeat(40), 'x'];

/** A line, with or without `a=`. */
export const candidateLine: fc.Arbitrary<string> = oneOf(
  [
    6,
    fc
      .record({
        prefix: part(['candidate:', 'a=candidate:'], ['Candidate: ', '', 'candidate']),
        foundation: part(['1', 'abc', '3156958174'], ['', 'x'.repeat(64), '\u0000', 'ä']),
        component: part(['1'], ['2', '0', '256', ...oddNumbers]),
        transport: part(['udp', 'UDP', 'udp', 'tcp'], ['ssltcp', 'sctp', 'tls', '', 'UDP/TLS']),
        priority: part(['2122194687', '1', '2147483647'], ['2147483648', ...oddNumbers]),
        address: fc.constantFrom(...addresses),
        port: part(['37390', '9', '65535'], oddNumbers),
        type: part(['host', 'srflx', 'relay', 'prflx'], ['local', '', 'HOST', 'x'.repeat(100)]),
        rest: part(
          ['', ' generation 0 network-id 1', ' raddr 0.0.0.0 rport 0', ' tcptype active'],
          [
            ' ufrag x',
            ' raddr',
            ' tcptype so generation -1',
            ' a b'.repeat(100),
            ' \r\na=candidate:2',
          ],
        ),
      })
      .map(
        (of) =>
          `${of.prefix}${of.foundation} ${of.component} ${of.transport} ${of.priority} ${of.address} ${of.port} typ ${of.type}${of.rest}`,
      ),
  ],
  [1, oddText],
);

/** What is signalled. */
export const hostileCandidate: fc.Arbitrary<Candidate> = oneOf<Candidate>(
  [
    20,
    fc.record(
      {
        candidate: candidateLine.map((line) => line.slice(0, 2000)),
        sdpMid: part(['0', '1', 'audio', 'video'], ['', '9', 'x'.repeat(64)]),
        sdpMLineIndex: fc.constantFrom(0, 0, 1, 2, 64, null),
        usernameFragment: fc.constantFrom(null, '', 'stale', 'x'.repeat(256)),
      },
      { requiredKeys: ['candidate'] },
    ),
  ],
  [1, fc.constant(null)],
);

const named = /^((?:a=)?candidate:\S+ \d+ \S+ \d+ )(\S+)( \d+ typ )/gim;

/** The same description or candidate with every address in it one of this machine: what is tried sends nothing to others. */
export const keptAtHome = (text: string): string =>
  text.replace(named, (line, before: string, address: string, after: string) =>
    addresses.includes(address) ? line : before + ownAddress + after,
  );
