import { decimal, integer, onOff, optional, pictureSize, setting } from './setting.ts';

/** The settings that say how much of everything this server takes, and how it ends. */
export const limitSettings = {
  maxParticipants: setting(
    'ONEGRID_MAX_PARTICIPANTS',
    integer(1, 49),
    '49',
    'most participants in one room',
  ),
  maxRooms: setting('ONEGRID_MAX_ROOMS', integer(1, 10_000), '100', 'most rooms at a time'),
  cpuBudget: optional(
    'ONEGRID_CPU_BUDGET',
    decimal(0, 1024),
    'processor time rooms may take, in cores such as 1.5: who would take more gets `overloaded`; unset: nine tenths of all cores; 0: not looked at',
  ),
  governor: setting(
    'ONEGRID_GOVERNOR',
    onOff,
    'on',
    'on: a room that cannot keep its rate lowers what it costs, step by step; off: it skips pictures',
  ),
  joinsPerMinute: setting(
    'ONEGRID_JOINS_PER_MINUTE',
    integer(0, 1_000_000),
    '600',
    'most joins of one address in a minute; 0: no limit',
  ),
  maxConnections: setting(
    'ONEGRID_MAX_CONNECTIONS',
    integer(0, 1_000_000),
    '10000',
    'most WebSockets at a time; 0: no limit',
  ),
  maxConnectionsPerAddress: setting(
    'ONEGRID_MAX_CONNECTIONS_PER_ADDRESS',
    integer(0, 1_000_000),
    '1000',
    'most WebSockets of one address; 0: no limit',
  ),
  maxUnjoined: setting(
    'ONEGRID_MAX_UNJOINED',
    integer(1, 10_000),
    '100',
    'most WebSockets of one address that have not joined yet: the oldest makes room',
  ),
  messagesPerSecond: setting(
    'ONEGRID_MESSAGES_PER_SECOND',
    integer(1, 10_000),
    '50',
    'most messages of one participant in a second, four times as many at once',
  ),
  negotiationsPerSecond: setting(
    'ONEGRID_NEGOTIATIONS_PER_SECOND',
    integer(1, 1000),
    '2',
    'most offers, answers, reconnects, qualities and records of one participant in a second, five times as many at once',
  ),
  maxSdpBytes: setting(
    'ONEGRID_MAX_SDP_BYTES',
    integer(2048, 65_536),
    '32768',
    'longest offer or answer; bytes',
  ),
  maxCandidates: setting(
    'ONEGRID_MAX_CANDIDATES',
    integer(1, 64),
    '64',
    'most ICE candidates of one participant in and behind each offer or answer',
  ),
  maxUplink: setting(
    'ONEGRID_MAX_UPLINK',
    pictureSize,
    '3840x2160',
    'largest picture a participant may send, as many pixels of any shape; larger ones are not shown',
  ),
  maxNameLength: setting(
    'ONEGRID_MAX_NAME_LENGTH',
    integer(1, 64),
    '64',
    'longest name of a participant; characters',
  ),
  maxChatLength: setting(
    'ONEGRID_MAX_CHAT_LENGTH',
    integer(1, 2000),
    '2000',
    'longest chat message; characters',
  ),
  chatHistoryBytes: setting(
    'ONEGRID_CHAT_HISTORY_BYTES',
    integer(0, 32_768),
    '24576',
    'how much of what was written last a newcomer gets to read; bytes; 0: nothing',
  ),
  drainMs: setting(
    'ONEGRID_DRAIN_MS',
    integer(0, 86_400_000),
    '10000',
    'how long rooms may go on after SIGTERM; milliseconds; 0: they end at once',
  ),
} as const;
