import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tls } from './scripted-server';

/** Certificates for an address, made by openssl: a good one, an expired one, one for another host, one of a client. */
export interface Certificates {
  readonly good: Tls;
  readonly expired: Tls;
  readonly otherHost: Tls;
  /** Of a client, for servers that ask who calls. */
  readonly client: Tls;
  /** A certificate authority that signed none of them. */
  readonly strangerCa: string;
}

export async function makeCertificates(ours = '127.0.0.1'): Promise<Certificates> {
  const folder = await mkdtemp(join(tmpdir(), 'kube-pki-'));
  const run = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const key = (name: string) =>
    run('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', `${name}.key`);
  const authority = (name: string) => {
    key(name);
    run(
      'req',
      '-x509',
      '-new',
      '-key',
      `${name}.key`,
      '-subj',
      `/CN=${name}`,
      '-days',
      '2',
      '-out',
      `${name}.crt`,
    );
  };
  const leaf = (name: string, address: string, start: string, end: string): Tls => {
    key(name);
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=IP:${address}\n`);
    run('req', '-new', '-key', `${name}.key`, '-subj', `/CN=${name}`, '-out', `${name}.csr`);
    writeFileSync(join(folder, `${name}.db`), '');
    writeFileSync(join(folder, `${name}.serial`), '01\n');
    const config = `[ca]\ndefault_ca=d\n[d]\ndatabase=${name}.db\nserial=${name}.serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n`;
    writeFileSync(join(folder, `${name}.cnf`), config);
    const dates = ['-startdate', start, '-enddate', end];
    run(
      ...['ca', '-batch', '-notext', '-config', `${name}.cnf`, '-cert', 'ca.crt'],
      ...[
        '-keyfile',
        'ca.key',
        '-extfile',
        `${name}.ext`,
        '-in',
        `${name}.csr`,
        '-out',
        `${name}.crt`,
        ...dates,
      ],
    );
    return { cert: read(`${name}.crt`), key: read(`${name}.key`), ca: read('ca.crt') };
  };
  try {
    authority('ca');
    authority('stranger');
    const [past, future] = ['20200101000000Z', '20490101000000Z'];
    return {
      good: leaf('good', ours, past, future),
      expired: leaf('expired', ours, past, '20210101000000Z'),
      client: leaf('client', ours, past, future),
      otherHost: leaf('other', '192.0.2.1', past, future),
      strangerCa: read('stranger.crt'),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
