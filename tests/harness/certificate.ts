import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Makes a certificate of its own for localhost, and its key, in a folder. @returns their files */
export function makeCertificate(folder: string, name: string): { cert: string; key: string } {
  const [cert, key] = [join(folder, `${name}.pem`), join(folder, `${name}-key.pem`)];
  const what = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-x509'];
  const whose = ['-days', '30', '-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost'];
  execFileSync('openssl', ['req', ...what, ...whose, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  });
  return { cert, key };
}
