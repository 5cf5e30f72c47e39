import type { WebSocket } from 'ws';
import type { Settings } from '../config/settings.ts';
import type { Logger } from '../log.ts';
import { asTold, OnegridError } from '../protocol/errors.ts';
import { AddressLimit } from './address-limit.ts';
import { addressKey } from './address-key.ts';
import { Connections, type Counted } from './connections.ts';
import type { RoomRegistry } from './room-registry.ts';
import { Session } from './session.ts';
import { passFor } from './tokens/door.ts';
import type { RoomTokens } from './tokens/room-token.ts';

/** Where a WebSocket comes from. */
interface Caller {
  readonly address: string;
  readonly isPrivate: boolean;
}

/** Where WebSockets come in: so many of them, so many of one address, and so many joins of one address a minute. */
export class Doors {
  readonly #settings: Settings;
  readonly #rooms: RoomRegistry;
  readonly #tokens: RoomTokens | undefined;
  readonly #log: Logger;
  readonly #connections: Connections;
  /** Null: as many as there are. */
  readonly #joins: AddressLimit | null;

  /** @param tokens - undefined: rooms ask for none */
  constructor({
    settings,
    rooms,
    tokens,
    log,
  }: {
    readonly settings: Settings;
    readonly rooms: RoomRegistry;
    readonly tokens: RoomTokens | undefined;
    readonly log: Logger;
  }) {
    this.#settings = settings;
    this.#rooms = rooms;
    this.#tokens = tokens;
    this.#log = log;
    this.#connections = new Connections({
      most: settings.maxConnections,
      mostPerAddress: settings.maxConnectionsPerAddress,
      mostUnjoined: settings.maxUnjoined,
    });
    const { joinsPerMinute } = settings;
    this.#joins =
      joinsPerMinute === 0 ? null : new AddressLimit(joinsPerMinute / 60, joinsPerMinute);
    const { metrics } = rooms;
    metrics.gauge('onegrid_connections', 'WebSockets open.', () => this.#connections.count);
    metrics.gauge(
      'onegrid_connections_waiting',
      'WebSockets that have not joined yet.',
      () => this.#connections.waiting,
    );
  }

  /**
   * Lets one in; where there are too many it is told so, and closed.
   */
  open(socket: WebSocket, { address, isPrivate }: Caller): void {
    let counted: Counted | undefined;
    const session = new Session(socket, {
      limits: this.#settings,
      log: this.#log,
      isPrivate,
      pass: async (message) => {
        try {
          if (this.#joins?.take(addressKey(address), performance.now()) === false) {
            throw new OnegridError('too-fast', 'There are too many joins from this address.');
          }
          return await passFor(this.#tokens, message);
        } catch (error) {
          throw this.#refused(error);
        }
      },
      enter: (message, connection, pass) => {
        try {
          return this.#rooms.join(message, connection, pass);
        } catch (error) {
          throw this.#refused(error);
        }
      },
      joined: () => counted?.joined(),
      refused: (code) => {
        this.#rooms.metrics.gateway.messagesRefused.inc({ code });
      },
    });
    try {
      counted = this.#connections.add(addressKey(address), () => {
        const crowdedOut = new OnegridError('too-fast', 'Others of this address wait, too.');
        session.fail(this.#refused(crowdedOut), true);
      });
    } catch (error) {
      session.fail(this.#refused(error), true);
    }
    socket.on('close', () => counted?.gone());
  }

  /** Counts it; the session logs it. */
  #refused(error: unknown): OnegridError {
    const told = asTold(error);
    this.#rooms.metrics.refusals.inc({ code: told.code });
    return told;
  }
}
