import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Settings } from '../config/settings.ts';
import { type Finding, missing, ok, reasonOf, warning } from './finding.ts';

const check = 'certificate';
const dayMs = 86_400_000;
/** Those of Let's Encrypt are renewed earlier. */
const soonDays = 14;

/** The certificate of the web server, where it has one of its own. */
export async function checkCertificate(
  { tlsCert, tlsKey }: Pick<Settings, 'tlsCert' | 'tlsKey'>,
  nowMs: number,
): Promise<Finding[]> {
  if (tlsCert === undefined || tlsKey === undefined) return [];
  try {
    const certificate = new X509Certificate(await readFile(tlsCert));
    const key = createPrivateKey(await readFile(tlsKey));
    return [judge(certificate, certificate.checkPrivateKey(key), nowMs)];
  } catch (error) {
    return [
      missing(
        check,
        `cannot be used (${reasonOf(error)})`,
        'ONEGRID_TLS_CERT and ONEGRID_TLS_KEY must name a certificate and its key, as PEM, that this user can read.',
      ),
    ];
  }
}

function judge(certificate: X509Certificate, isPair: boolean, nowMs: number): Finding {
  const days = (Date.parse(certificate.validTo) - nowMs) / dayMs;
  const names = (certificate.subjectAltName ?? certificate.subject).replaceAll('DNS:', '');
  const found = `${names}, until ${certificate.validTo}`;
  if (!isPair) {
    return missing(
      check,
      found,
      'ONEGRID_TLS_KEY is the key of another certificate: correct that.',
    );
  }
  const isEarly = Date.parse(certificate.validFrom) > nowMs;
  if (days < 0 || isEarly) {
    return missing(check, found, 'It is not valid now: renew it, or set the clock.');
  }
  return days < soonDays ? warning(check, found, 'Renew it soon.') : ok(check, found);
}
