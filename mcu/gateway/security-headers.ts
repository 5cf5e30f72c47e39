import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { Settings } from '../config/settings.ts';

/** A year; `includeSubDomains` is the owner's to decide, not this server's. */
const hstsSeconds = 31_536_000;

/** A host name or address, with or without a port: nothing that means something in a policy. */
const plainHost = /^[\w.-]+(:\d{1,5})?$|^\[[\da-f:.]+\](:\d{1,5})?$/i;

/** The WebSocket of the page's own host. By CSP 3 `'self'` covers it, but not yet in every browser. */
function ownSockets({ headers: { host = '' } }: IncomingMessage): string {
  return plainHost.test(host) ? `ws://${host} wss://${host}` : "'self'";
}

/** What the page may use, and nobody it embeds; all else is off. */
const permissions = [
  ...[
    ...['autoplay', 'camera', 'clipboard-write', 'display-capture', 'fullscreen', 'microphone'],
    ...['picture-in-picture', 'screen-wake-lock', 'speaker-selection'],
  ].map((name) => `${name}=(self)`),
  ...[
    ...['accelerometer', 'ambient-light-sensor', 'bluetooth', 'browsing-topics', 'geolocation'],
    ...['gyroscope', 'hid', 'idle-detection', 'local-fonts', 'magnetometer', 'midi', 'payment'],
    ...['publickey-credentials-get', 'serial', 'usb', 'xr-spatial-tracking'],
  ].map((name) => `${name}=()`),
].join(', ');

/**
 * Headers for every answer. HSTS comes with a certificate of this server's only, and `upgrade-insecure-requests` not at all: the
 * app must work over plain HTTP by LAN address too.
 */
export function securityHeaders({ tlsCert }: Pick<Settings, 'tlsCert'>): RequestHandler {
  const helmets = helmet({
    strictTransportSecurity:
      tlsCert === undefined ? false : { maxAge: hstsSeconds, includeSubDomains: false },
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'self'"],
        'font-src': ["'self'"],
        'img-src': ["'self'", 'data:', 'blob:'],
        'manifest-src': ["'self'"],
        'media-src': ["'self'", 'blob:', 'mediastream:'],
        'object-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'connect-src': ["'self'", ownSockets],
        // hls.js makes its worker of a blob.
        'worker-src': ["'self'", 'blob:'],
      },
    },
  });
  return (request, response, next) => {
    response.set('Permissions-Policy', permissions);
    helmets(request, response, next);
  };
}
