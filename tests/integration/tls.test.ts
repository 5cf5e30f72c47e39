import { once } from 'node:events';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createWebServer } from '../../mcu/gateway/tls.ts';
import { makeCertificate } from '../harness/certificate.ts';
import { FakeGateway } from '../harness/fake-gateway.ts';
import { makeDataDir } from '../harness/test-run.ts';
import { until } from '../harness/until.ts';

describe('a server with a certificate', () => {
  let folder: string;
  let first: ReturnType<typeof makeCertificate>;
  let second: ReturnType<typeof makeCertificate>;

  beforeAll(() => {
    folder = makeDataDir();
    first = makeCertificate(folder, 'first');
    second = makeCertificate(folder, 'second');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const log = pino({ level: 'silent' });
  /** The name in the certificate that a server shows. */
  const shown = async (port: number): Promise<string> => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const { CN } = socket.getPeerCertificate().subject;
    socket.destroy();
    return String(CN);
  };

  it('speaks HTTPS and WebSockets over it, with HSTS, a Secure cookie, and no plain page', async () => {
    const gateway = await FakeGateway.start({
      ONEGRID_TLS_CERT: first.cert,
      ONEGRID_TLS_KEY: first.key,
      ONEGRID_API_KEY: 'sesame',
    });
    try {
      const url = gateway.url.replace('http:', 'https:');
      const ask = async (path: string, body?: string): Promise<IncomingMessage> => {
        const asked = request(url + path, {
          method: body === undefined ? 'GET' : 'POST',
          rejectUnauthorized: false,
        });
        asked.end(body);
        const [response] = (await once(asked, 'response')) as [IncomingMessage];
        response.resume();
        return response;
      };
      const { headers } = await ask('/healthz');
      expect(headers['strict-transport-security']).toBe('max-age=31536000');
      const login = await ask('/api/v1/login', '{"key":"sesame"}');
      expect(login.headers['set-cookie']?.[0]).toMatch(/; Secure$/);
      const upgrade = async (origin: string): Promise<string> => {
        const socket = new WebSocket(`${url.replace('https', 'wss')}/ws`, {
          rejectUnauthorized: false,
          headers: { origin },
        });
        const [error] = (await Promise.race([
          once(socket, 'open').then(() => ['open']),
          once(socket, 'error'),
        ])) as [string | Error];
        socket.terminate();
        return error instanceof Error ? error.message : error;
      };
      expect(await upgrade(url)).toBe('open');
      expect(await upgrade(gateway.url)).toContain('403');
    } finally {
      await gateway.stop();
    }
  });

  it('reads it again when it changes, and keeps it where the new one is none', async () => {
    const [cert, key] = [join(folder, 'now.pem'), join(folder, 'now-key.pem')];
    copyFileSync(first.cert, cert);
    copyFileSync(first.key, key);
    const { server, unwatch } = await createWebServer({ tlsCert: cert, tlsKey: key }, log, 50);
    try {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      expect(await shown(port)).toBe('first');
      // Half of a change: the certificate is not the key's.
      copyFileSync(second.cert, cert);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(await shown(port)).toBe('first');
      copyFileSync(second.key, key);
      await until(async () => (await shown(port)) === 'second');
      writeFileSync(cert, 'nonsense');
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(await shown(port)).toBe('second');
    } finally {
      unwatch();
      server.close();
    }
  });

  it('that cannot be read does not start, and says why in a sentence', async () => {
    const none = join(folder, 'none.pem');
    await expect(createWebServer({ tlsCert: none, tlsKey: first.key }, log)).rejects.toThrow(
      `ONEGRID_TLS_CERT cannot be read: ${none} (ENOENT).`,
    );
    await expect(createWebServer({ tlsCert: first.cert, tlsKey: none }, log)).rejects.toThrow(
      `ONEGRID_TLS_KEY cannot be read: ${none} (ENOENT).`,
    );
    await expect(createWebServer({ tlsCert: first.cert, tlsKey: second.key }, log)).rejects.toThrow(
      /^ONEGRID_TLS_CERT and ONEGRID_TLS_KEY are no certificate/,
    );
  });
});

describe('a server without a certificate', () => {
  it('has no HSTS, believes no proxy, and lets its page use little', async () => {
    const gateway = await FakeGateway.start({ ONEGRID_API_KEY: 'sesame' });
    try {
      const { headers } = await gateway.request('/');
      expect(headers.has('strict-transport-security')).toBe(false);
      const policy = headers.get('content-security-policy')!;
      const host = new URL(gateway.url).host;
      expect(policy).toContain(`connect-src 'self' ws://${host} wss://${host};`);
      expect(policy).not.toMatch(/unsafe|upgrade-insecure|\*|https?:/);
      expect(headers.get('permissions-policy')).toContain('camera=(self)');
      expect(headers.get('permissions-policy')).toContain('geolocation=()');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      const login = await gateway.request('/api/v1/login', {
        method: 'POST',
        body: '{"key":"sesame"}',
        headers: { 'x-forwarded-proto': 'https' },
      });
      expect(login.headers.get('set-cookie')).not.toContain('Secure');
    } finally {
      await gateway.stop();
    }
  });
});
