import fc from 'fast-check';
import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { isUsableAddress } from '../../../mcu/addresses.ts';
import {
  maxRemoteCandidates,
  usableCandidate,
  usableTrickled,
  withUsableCandidates,
} from '../../../mcu/room/candidates.ts';
import { nativeIceServers, ownIceServers } from '../../../mcu/room/ice-servers.ts';

const line = (address: string, rest = ''): string =>
  `candidate:1 1 udp 2122260223 ${address} 54321 typ host generation 0${rest}`;
const plain = (address: string): string => `candidate:1 1 udp 2122260223 ${address} 54321 typ host`;
const fragments = new Set(['abcd']);

/** Everything that may get to native code. */
const canonical =
  /^candidate:[A-Za-z0-9+/]{1,32} 1 udp [1-9]\d{0,9} ([0-9a-fA-F.:]+) ([1-9]\d{0,4}) typ (?:host|srflx|prflx|relay)$/;

describe('a remote candidate', () => {
  it.each([
    ['of this session', { candidate: line('192.0.2.1', ' ufrag abcd') }, plain('192.0.2.1')],
    [
      'of this session, said apart',
      { candidate: line('2001:db8::1'), usernameFragment: 'abcd' },
      plain('2001:db8::1'),
    ],
    ['that does not say', { candidate: line('192.0.2.1') }, plain('192.0.2.1')],
    [
      'that says nothing',
      { candidate: line('192.0.2.1'), usernameFragment: '' },
      plain('192.0.2.1'),
    ],
    ['of an older session', { candidate: line('192.0.2.1', ' ufrag old') }, null],
    [
      'of an older session, said apart',
      { candidate: line('192.0.2.1'), usernameFragment: 'old' },
      null,
    ],
    ['behind a .local name', { candidate: line('5f2a.local', ' ufrag abcd') }, null],
    ['that is nonsense', { candidate: 'nonsense' }, null],
    ['that ends a section', { candidate: '' }, null],
  ])('%s', (_what, candidate, usable) => {
    expect(usableTrickled(candidate, fragments, true)).toBe(usable);
  });

  it.each([
    'candidate:1 1 udp 2122260223 192.0.2.1 0 typ host',
    'candidate:1 1 udp 2122260223 192.0.2.1 65536 typ host',
    ...[22, 53, 80, 123, 443, 1023].map((port) => line('192.0.2.1').replace('54321', String(port))),
    'candidate:1 2 udp 2122260223 192.0.2.1 5000 typ host',
    'candidate:1 1 udp 0 192.0.2.1 5000 typ host',
    'candidate:1 1 udp 4294967295 192.0.2.1 5000 typ host',
    'candidate:1 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active',
    'candidate:1 1 tcp 1518280447 192.0.2.1 22 typ host tcptype passive',
    'candidate:1 1 ssltcp 1518280447 192.0.2.1 443 typ host',
    'candidate:1 1 udp 2122260223 192.0.2.1 5000 typ hostile',
    'candidate:1 1 udp 2122260223 192.0.2.1\n 5000 typ host',
  ])('is not taken: %s', (text) => {
    expect(usableCandidate(text, true)).toBeNull();
  });

  it('loses what follows the type', () => {
    const text =
      'a=candidate:842 1 UDP 1694498815 192.0.2.1 54321 typ srflx raddr 10.0.0.7 rport 9';
    expect(usableCandidate(`${text}\r\na=fingerprint:x`, true)).toBe(
      'candidate:842 1 udp 1694498815 192.0.2.1 54321 typ srflx',
    );
  });
});

describe('the address of a remote candidate', () => {
  const near = ['192.0.2.1', '10.0.0.7', '192.168.1.2', '172.16.0.1', '172.31.255.255'];
  near.push('100.64.0.1', '198.18.0.1', '2001:db8::1', 'fd00::2', 'fc00::1', 'fec0::1');
  near.push('64:ff9b::a00:7', '2002:a00:7::1', '2001::1');
  it.each(near)(
    'may be %s for who comes from a private address, and for nobody else',
    (address) => {
      expect(isUsableAddress(address, true)).toBe(true);
      expect(isUsableAddress(address, false)).toBe(false);
    },
  );
  it.each(['8.8.8.8', '172.15.0.1', '172.32.0.1', '2606:4700::1111', '2a00:1450:4001::5'])(
    'may be %s for anybody',
    (address) => {
      expect(isUsableAddress(address, true)).toBe(true);
      expect(isUsableAddress(address, false)).toBe(true);
    },
  );
  it.each([
    ...['0.0.0.0', '0.1.2.3', '127.0.0.1', '127.1.2.3', '169.254.169.254', '224.0.0.251'],
    ...['239.255.255.250', '255.255.255.255', '250.1.2.3', '::', '::1', '0:0:0:0:0:0:0:1'],
    ...['::ffff:127.0.0.1', '::ffff:7f00:1', '0:0:0:0:0:FFFF:192.0.2.1', '::192.0.2.1'],
    ...['fe80::1', 'FE80::1', 'fe80::1%eth0', '2001:db8::1%eth0', 'ff02::fb', 'ff05::1'],
    ...['127.1', '0x7f000001', '2130706433', '010.0.0.1', 'localhost', 'a.local', ''],
  ])('is never "%s"', (address) => {
    expect(isUsableAddress(address, true)).toBe(false);
    expect(isUsableAddress(address, false)).toBe(false);
  });
});

const octets = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 4, maxLength: 4 });
const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  octets.map((four) => `::ffff:${four.join('.')}`),
  fc.constantFrom('127.0.0.1', '::1', '0.0.0.0', 'fe80::1', '224.0.0.1', 'x.local', '169.254.1.1'),
  fc.string(),
);
/** Mostly what is well-formed, so that some of it is taken. */
const mostly = (good: string[], bad: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: bad });
const structured = fc
  .tuple(
    mostly(['1', '842163049'], fc.string()),
    mostly(['1'], fc.oneof(fc.constant('2'), fc.string())),
    mostly(['udp', 'UDP'], fc.constantFrom('tcp', 'TCP', 'ssltcp')),
    mostly(['1', '2122260223'], fc.bigInt().map(String)),
    address,
    mostly(['1', '54321', '65535'], fc.integer({ min: -1, max: 70_000 }).map(String)),
    mostly(['host', 'srflx', 'prflx', 'relay'], fc.constant('x')),
    mostly(['', ' generation 0', ' raddr 10.0.0.1 rport 9', '\r\na=candidate:1'], fc.string()),
  )
  .map(
    ([foundation, component, transport, priority, ip, port, type, rest]) =>
      `candidate:${foundation} ${component} ${transport} ${priority} ${ip} ${port} typ ${type}${rest}`,
  );

/** About 8 in 100 can be used. */
const mostlyStructured = fc.oneof(
  { weight: 4, arbitrary: structured },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
);

const expectUsable = (text: string): void => {
  const [, ip, port] = canonical.exec(text) ?? [];
  expect(ip, text).toBeDefined();
  expect(isIP(ip!)).not.toBe(0);
  expect(isUsableAddress(ip!, true)).toBe(true);
  expect(Number(port)).toBeLessThanOrEqual(65535);
};

describe('whatever a stranger sends', () => {
  it('becomes a plain UDP candidate of another host, or nothing', () => {
    let usable = 0;
    fc.assert(
      fc.property(mostlyStructured, (text) => {
        const taken = usableCandidate(text, true);
        if (taken === null) return;
        usable += 1;
        expectUsable(taken);
        // What was taken is taken again as it is.
        expect(usableCandidate(taken, true)).toBe(taken);
      }),
      { numRuns: 1000 },
    );
    expect(usable).toBeGreaterThan(30);
  });

  it('in a description loses the other candidates, those beyond the limit, and nothing else', () => {
    const other = fc.constantFrom('v=0', 's=-', 'a=ice-ufrag:abcd', 'a=end-of-candidates', '');
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            structured.map((text) => `a=${text}`),
            other,
          ),
          { maxLength: 200 },
        ),
        fc.constantFrom('\r\n', '\n', '\r'),
        (lines, end) => {
          const kept = withUsableCandidates(['v=0', ...lines].join(end), true).split('\r\n');
          const isCandidate = (text: string): boolean => text.startsWith('a=candidate:');
          const candidates = kept.filter(isCandidate);
          for (const text of candidates) expectUsable(text.slice(2));
          expect(candidates.length).toBeLessThanOrEqual(maxRemoteCandidates);
          expect(kept.filter((text) => !isCandidate(text))).toEqual(
            ['v=0', ...lines]
              .flatMap((text) => text.split(/\r\n|\r|\n/))
              .filter((text) => !isCandidate(text)),
          );
        },
      ),
    );
    const many = Array.from({ length: 100 }, () => `a=${plain('192.0.2.1')}`).join('\r\n');
    expect(withUsableCandidates(many, true).split('\r\n')).toHaveLength(maxRemoteCandidates);
  });
});

describe('a description of somebody from the internet', () => {
  it('names no address behind the server, in candidates or elsewhere', () => {
    const hidden = ['10.0.0.7', '192.168.1.2', '127.0.0.1', '169.254.169.254', '0.0.0.0'];
    hidden.push('224.0.0.251', '::ffff:10.0.0.7', 'fd00::2', 'fe80::1', '::1', 'ff02::fb');
    const named = [...hidden, '8.8.8.8'];
    const sdp = [
      'v=0',
      'o=- 1 1 IN IP4 10.0.0.7',
      'm=audio 5000 UDP/TLS/RTP/SAVPF 111',
      'c=IN IP4 10.0.0.7',
      'a=rtcp:5001 IN IP4 10.0.0.7',
      'a=remote-candidates:1 10.0.0.7 5000',
      ...named.map((address) => `a=${line(address)}`),
      'a=mid:0',
    ].join('\r\n');
    expect(withUsableCandidates(sdp, false).split('\r\n')).toEqual([
      'v=0',
      'o=- 1 1 IN IP4 10.0.0.7',
      'm=audio 5000 UDP/TLS/RTP/SAVPF 111',
      'c=IN IP4 0.0.0.0',
      `a=${plain('8.8.8.8')}`,
      'a=mid:0',
    ]);
    for (const address of hidden) {
      expect(usableTrickled({ candidate: line(address) }, fragments, false), address).toBeNull();
    }
  });
});

describe('ICE servers for libdatachannel', () => {
  it('are STUN and TURN over UDP; others are left out', () => {
    expect(
      nativeIceServers([
        { urls: 'stun:stun.example.org' },
        {
          urls: ['turn:turn.example.org:3479?transport=udp', 'turn:turn.example.org?transport=tcp'],
          username: 'u',
          credential: 'c',
        },
        { urls: 'turns:turn.example.org' },
      ]),
    ).toEqual([
      'stun:stun.example.org:3478',
      {
        hostname: 'turn.example.org',
        port: 3479,
        relayType: 'TurnUdp',
        username: 'u',
        password: 'c',
      },
    ]);
  });
});

describe('ICE servers for libwebrtc', () => {
  it('are STUN and TURN over UDP; others are left out', () => {
    const secret = { username: 'u', credential: 'c' };
    expect(
      ownIceServers([
        { urls: 'stun:stun.example.org' },
        { urls: ['turn:t.example.org', 'turn:t.example.org?transport=tcp'], ...secret },
        { urls: ['turns:t.example.org:443?transport=tcp'], ...secret },
      ]),
    ).toEqual([{ urls: ['stun:stun.example.org'] }, { urls: ['turn:t.example.org'], ...secret }]);
  });
});
