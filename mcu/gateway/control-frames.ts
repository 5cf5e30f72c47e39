import type { WebSocket } from 'ws';
import { TokenBucket } from './token-bucket.ts';

/** Pings and pongs of one connection: so many a second, so many at once. */
const perSecond = 10;
const atOnce = 100;

/**
 * Answers a connection's pings (RFC 6455 §5.5.2). Who floods it with pings or pongs is cut off: by itself ws would queue an answer
 * to each, also for who never reads, until the memory is full.
 * @param socket - of a server that does not answer pings by itself
 */
export function answerPings(socket: WebSocket): void {
  const frames = new TokenBucket(perSecond, atOnce, performance.now());
  const isOpen = (): boolean => socket.readyState === socket.OPEN;
  const isAllowed = (): boolean => {
    const allowed = frames.take(performance.now());
    if (!allowed) socket.terminate();
    return allowed;
  };
  socket.on('ping', (data) => {
    if (isOpen() && isAllowed()) socket.pong(data);
  });
  socket.on('pong', () => {
    if (isOpen()) isAllowed();
  });
}
