import { Command, InvalidArgumentError, Option } from 'commander';
import { readSettings, SettingsError } from './config/settings.ts';
import { makeRoomToken } from './gateway/tokens/room-token.ts';
import { displayNameSchema, type Role, roles, roomNameSchema } from './protocol/common.ts';

/** An hour; a token is for joining, and who has joined may stay. */
const defaultTtlSeconds = 3600;
/** A year. There is no other way to take one back than to change the secret. */
const longestTtlSeconds = 31_536_000;

const room = (text: string): string => {
  if (text === '*' || roomNameSchema.safeParse(text).success) return text;
  throw new InvalidArgumentError('It is 1 to 64 letters, digits, - or _, or * for any room.');
};

const displayName = (text: string): string => {
  const name = displayNameSchema.safeParse(text);
  if (name.success) return name.data;
  throw new InvalidArgumentError('It is 1 to 64 characters without control characters.');
};

const seconds = (text: string): number => {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= longestTtlSeconds) return value;
  throw new InvalidArgumentError(`It is 1 to ${String(longestTtlSeconds)} seconds.`);
};

const origin = (text: string): string => {
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return new URL(text).origin;
  throw new InvalidArgumentError('It looks like https://meet.example.org.');
};

interface Flags {
  readonly room: string;
  readonly role: Role;
  readonly name?: string;
  readonly ttl: number;
  readonly url?: string;
}

/** The link that opens a room's lobby. The token is behind the `#`, which browsers do not send: no log of a server has it. */
const linkOf = (url: string, to: string, token: string): string =>
  `${url}${to === '*' ? '/' : `/r/${to}`}#token=${token}`;

/**
 * `onegrid token`.
 * @param fail - ends the process with one sentence
 */
export function tokenCommand(fail: (sentence: string) => never): Command {
  return new Command('token')
    .description('make a room token, or with --url an invitation (secret: ONEGRID_TOKEN_SECRET)')
    .requiredOption('--room <NAME>', 'the room; * for any', room)
    .addOption(new Option('--role <ROLE>', 'what one may do there').choices(roles).default('guest'))
    .option('--name <NAME>', 'the name one has there; else one chooses it', displayName)
    .option('--ttl <SECONDS>', 'how long one may join by it', seconds, defaultTtlSeconds)
    .option(
      '--url <URL>',
      'of the server: prints a link that opens the room with the token',
      origin,
    )
    .action(async ({ ttl, url, ...said }: Flags) => {
      let secret: string | undefined;
      try {
        secret = readSettings(process.env).tokenSecret;
      } catch (error) {
        if (error instanceof SettingsError) fail(error.message);
        throw error;
      }
      if (secret === undefined) {
        fail('ONEGRID_TOKEN_SECRET is not set; it must be the one of the server.');
      }
      const token = await makeRoomToken(secret, { ...said, ttlSeconds: ttl }, Date.now());
      process.stdout.write(`${url === undefined ? token : linkOf(url, said.room, token)}\n`);
    });
}
