import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { oneOf } from './seed.ts';
import { oddText } from './text.ts';

/** Files have the ends of lines that git gives them, descriptions have CRLF. */
const sample = (name: string): string =>
  readFileSync(new URL(`samples/${name}.sdp`, import.meta.url), 'utf8').replace(/\r?\n/g, '\r\n');

/** What browsers offer for the uplink: sound and a picture, candidates gathered. */
export const realOffers = [sample('chromium-offer'), sample('firefox-offer')] as const;
/** What browsers answer to the downlink's offer. */
export const realAnswers = [sample('chromium-answer'), sample('firefox-answer')] as const;

type Mutation = (lines: string[]) => string[];

/** A place in a list, from 0 to 1. */
const place = fc.double({ min: 0, max: 0.999, noNaN: true });
const at = (lines: readonly string[], where: number): number => Math.floor(where * lines.length);

/** The same lines with another one in one place; nothing happens to none. */
const put = (lines: readonly string[], from: number, line: string): string[] =>
  lines.map((each, index) => (index === from ? line : each));

const extraLines = [
  ...['a=simulcast:send h;m;l', 'a=rid:h send', 'a=rid:h recv pt=96;max-width=1', 'a=rid:h send x'],
  ...['a=ssrc-group:SIM 1 2 3', 'a=ssrc-group:FID 1', 'a=ssrc-group:FEC-FR 1 2', 'a=ssrc:0 cname:'],
  ...['a=ssrc:4294967296 cname:x', 'a=ssrc:1 msid:a b', 'a=ssrc:1', 'a=ssrc: cname:x'],
  ...[
    'a=rtcp-fb:* nack',
    'a=rtcp-fb:96 nack rpsi',
    'a=rtcp-fb:999 x',
    'a=rtcp:0',
    'a=rtcp-mux-only',
  ],
  ...['a=extmap:0 urn:x', 'a=extmap:15 urn:x', 'a=extmap:256 urn:x', 'a=extmap:3/sendonly urn:x'],
  ...['a=extmap:1 urn:ietf:params:rtp-hdrext:encrypt urn:ietf:params:rtp-hdrext:sdes:mid'],
  ...['a=extmap-allow-mixed', 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x', 'a=ice-lite'],
  ...['a=ice-options:renomination trickle', 'a=ice-pacing:0', 'a=setup:holdconn', 'a=setup:active'],
  ...['a=setup:passive', 'a=setup:actpass', 'a=setup:x', 'a=connection:existing', 'a=bundle-only'],
  ...[
    'a=inactive',
    'a=recvonly',
    'a=sendrecv',
    'a=sendonly',
    'b=AS:0',
    'b=TIAS:18446744073709551616',
  ],
  ...['b=AS:-1', 'b=CT:99999999999', 'a=ptime:0', 'a=ptime:99999', 'a=maxptime:0', 'a=framerate:0'],
  ...['a=msid:- -', 'a=msid:a', 'a=msid: ', 'a=mid:', 'a=mid:0', 'a=mid:1', 'a=mid:x'.repeat(300)],
  ...[
    'a=group:BUNDLE',
    'a=group:BUNDLE 0 0 1 9',
    'a=group:LS 0 1',
    'a=group:BUNDLE 1',
    'a=group: ',
  ],
  ...[
    'a=rtpmap:96 VP8/90000',
    'a=rtpmap:96 VP9/90000',
    'a=rtpmap:96 H264/90000',
    'a=rtpmap:96 red/90000',
  ],
  ...[
    'a=rtpmap:300 VP8/90000',
    'a=rtpmap:96 VP8/0',
    'a=rtpmap:111 opus/1/9',
    'a=rtpmap:111 L16/8000/24',
  ],
  ...[
    'a=rtpmap:111 multiopus/48000/6',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:9 G722/8000',
    'a=rtpmap:-1 x/1',
  ],
  ...[
    'a=rtpmap:98 flexfec-03/90000',
    'a=rtpmap:98 ulpfec/90000',
    'a=rtpmap:98 rtx/90000',
    'a=rtpmap:',
  ],
  ...[
    'a=fmtp:98 apt=98',
    'a=fmtp:98 apt=999',
    'a=fmtp:96 x-google-start-bitrate=-1',
    'a=fmtp:63 111/111/111/111',
  ],
  ...[
    'a=fmtp:111 channel_mapping=0,4,1,2,3,5;num_streams=4;coupled_streams=2',
    'a=fmtp:111 maxplaybackrate=0',
  ],
  ...['a=fmtp:111 ptime=0;minptime=999;stereo=9', 'a=fmtp: ', 'a=fmtp:96 ' + 'x=1;'.repeat(500)],
  ...[
    'a=fingerprint:md5 00:11',
    'a=fingerprint:sha-1 ' + '00:'.repeat(19) + '00',
    'a=fingerprint:sha-512 00',
  ],
  ...[
    'a=fingerprint:sha-256 ' + 'ZZ:'.repeat(31) + 'ZZ',
    'a=fingerprint:sha-256 ' + 'AA:'.repeat(31) + 'AA',
  ],
  ...[
    'a=fingerprint:x ' + 'AA:'.repeat(31) + 'AA',
    'a=ice-ufrag:',
    'a=ice-pwd:',
    'a=ice-ufrag:x',
    'a=ice-pwd:x',
  ],
  ...[
    'a=ice-ufrag:' + 'u'.repeat(256),
    'a=ice-pwd:' + 'p'.repeat(256),
    'a=ice-ufrag:1234',
    'a=ice-ufrag:a b c',
  ],
  ...[
    'a=end-of-candidates',
    'a=candidate:',
    'a=candidate:1 1 udp 1 x.local 9 typ host',
    'a=x-google-flag:conference',
  ],
  ...[
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'm=video 0 UDP/TLS/RTP/SAVPF 96',
    'm=video 9 RTP/AVP 96',
    'm=audio 9 UDP/TLS/RTP/SAVPF',
  ],
  ...[
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'a=sctp-port:5000',
    'm=',
    'm=video',
    'm=text 9 x y',
  ],
  ...[
    'v=1',
    'o=',
    's=',
    't=',
    'c=IN IP6 ::',
    'c=IN IP4 127.0.0.1',
    'k=x',
    'r=7d 1h 0 25h',
    'a=',
    'a',
    '=',
    '',
  ],
  ...[
    'a=source-filter: incl IN IP4 * 1',
    'a=imageattr:* send * recv *',
    'a=content:slides',
    'a=tls-id:x',
    'a=__proto__:x',
  ],
];

const numbers = [
  ...[
    '0',
    '-1',
    '1',
    '9',
    '127',
    '128',
    '255',
    '256',
    '65535',
    '65536',
    '2147483647',
    '2147483648',
  ],
  ...[
    '4294967295',
    '4294967296',
    '18446744073709551616',
    '1e9',
    '0x10',
    '007',
    '',
    'NaN',
    '9'.repeat(400),
  ],
];

/** One change to the lines of a description. */
const mutation: fc.Arbitrary<Mutation> = oneOf<Mutation>(
  [
    4,
    fc.tuple(place, fc.integer({ min: 1, max: 3 })).map(([where, count]) => (lines) => {
      const from = at(lines, where);
      return [...lines.slice(0, from), ...lines.slice(from + count)];
    }),
  ],
  [
    2,
    fc.tuple(place, fc.constantFrom(1, 1, 2, 30, 300)).map(([where, count]) => (lines) => {
      const from = at(lines, where);
      const line = lines[from] ?? '';
      return [...lines.slice(0, from), ...Array<string>(count).fill(line), ...lines.slice(from)];
    }),
  ],
  [
    2,
    fc.tuple(place, place).map(([where, to]) => (lines) => {
      const rest = [...lines];
      const [line = ''] = rest.splice(at(lines, where), 1);
      rest.splice(at(lines, to), 0, line);
      return rest;
    }),
  ],
  [
    // A number of a line, by another one.
    4,
    fc.tuple(place, place, fc.constantFrom(...numbers)).map(([where, which, number]) => (lines) => {
      const from = at(lines, where);
      const line = lines[from] ?? '';
      const found = [...line.matchAll(/\d+/g)];
      const match = found[Math.floor(which * found.length)];
      if (match === undefined) return lines;
      const changed =
        line.slice(0, match.index) + number + line.slice(match.index + match[0].length);
      return put(lines, from, changed);
    }),
  ],
  [
    5,
    fc.tuple(place, fc.constantFrom(...extraLines)).map(([where, line]) => (lines) => {
      const from = at(lines, where);
      return [...lines.slice(0, from), line, ...lines.slice(from)];
    }),
  ],
  [
    // A line by another one of the same kind, or one it is like.
    3,
    fc.tuple(place, fc.constantFrom(...extraLines)).map(([where, line]) => (lines) => {
      const kind = line.split(/[: ]/)[0] ?? '';
      const alike = lines.flatMap((each, index) =>
        kind !== '' && each.startsWith(kind) ? [index] : [],
      );
      const from = alike[Math.floor(where * alike.length)] ?? at(lines, where);
      return put(lines, from, line);
    }),
  ],
  [
    2,
    fc.tuple(place, place, oddText).map(([where, which, text]) => (lines) => {
      const from = at(lines, where);
      const line = lines[from] ?? '';
      const cut = Math.floor(which * line.length);
      return put(lines, from, line.slice(0, cut) + text + line.slice(cut));
    }),
  ],
  [
    1,
    fc.tuple(place, fc.constantFrom(1000, 10_000)).map(([where, length]) => (lines) => {
      const from = at(lines, where);
      return put(lines, from, (lines[from] ?? '').padEnd(length, lines[from] ?? 'x'));
    }),
  ],
  [
    // Everything of one kind goes.
    2,
    place.map((where) => (lines) => {
      const kind = (lines[at(lines, where)] ?? '').split(/[: ]/)[0] ?? '';
      return lines.filter((line) => !line.startsWith(kind));
    }),
  ],
  [
    // Sections in another order, or once more.
    2,
    fc.tuple(place, fc.boolean()).map(([where, again]) => (lines) => {
      const starts = lines.flatMap((line, index) => (line.startsWith('m=') ? [index] : []));
      const start = starts[Math.floor(where * starts.length)];
      if (start === undefined) return lines;
      const end = starts.find((each) => each > start) ?? lines.length;
      const section = lines.slice(start, end);
      return again
        ? [...lines, ...section]
        : [...lines.slice(0, start), ...lines.slice(end), ...section];
    }),
  ],
  [1, place.map((where) => (lines) => lines.slice(0, at(lines, where)))],
);

/**
 * Descriptions as browsers make them, with some changes, now and then with none.
 * @param bases - real ones
 */
export const hostileSdp = (bases: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...bases),
      fc.array(mutation, { minLength: 0, maxLength: 4 }),
      oneOf([20, fc.constant('\r\n')], [1, fc.constantFrom('\n', '\r', '\r\n\r\n', '\n\r', '\0')]),
    )
    .map(([base, mutations, ending]) =>
      mutations
        .reduce((lines, mutate) => mutate(lines), base.split('\r\n'))
        .join(ending)
        .slice(0, 64_000),
    );
