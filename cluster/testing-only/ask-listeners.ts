import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';

/** What a program gives to one that shows nothing: a status, or why there was none. */
export interface Answer {
  readonly port: number;
  readonly path: string;
  readonly answer: number | string;
}

/** Where each of the programs of a cluster would tell or change something. */
const PATHS = [
  '/version', // etcd, the API server
  '/v2/stats/leader', // etcd
  '/members', // etcd, among its peers
  '/metrics', // all of them
  '/pods', // the kubelet
  '/api/v1/secrets', // the API server
  '/v2/_catalog', // the registry
  '/debug/pprof/', // all of them
  '/configz', // the kubelet, kube-proxy
];

/** The addresses that something in this network namespace listens at. */
function listeners(): { host: string; port: number }[] {
  const rows = ['tcp', 'tcp6'].flatMap((protocol) =>
    readFileSync(`/proc/net/${protocol}`, 'utf8').trim().split('\n').slice(1),
  );
  const listening = rows.map((row) => row.trim().split(/\s+/)).filter((fields) => fields[3] === '0A');
  return listening.map(([, local]) => {
    const [address, port] = local!.split(':');
    // IPv4 as the kernel writes it, backwards; everything else here listens at all addresses.
    const bytes =
      address!.length === 8
        ? address!
            .match(/../g)!
            .reverse()
            .map((byte) => Number.parseInt(byte, 16))
        : [];
    const host = bytes.some((byte) => byte !== 0) ? bytes.join('.') : '127.0.0.1';
    return { host, port: Number.parseInt(port!, 16) };
  });
}

function ask(scheme: 'http' | 'https', host: string, port: number, path: string): Promise<Answer> {
  return new Promise((resolve) => {
    const told = (answer: number | string) => resolve({ port, path, answer });
    const options = { host, port, path, timeout: 3000, rejectUnauthorized: false, agent: false } as const;
    const request = (scheme === 'http' ? http : https).get(options, (response) => {
      response.destroy();
      told(response.statusCode!);
    });
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', (error: NodeJS.ErrnoException) => told(error.code ?? error.message));
  });
}

async function main(): Promise<void> {
  const questions = listeners().flatMap(({ host, port }) =>
    (['http', 'https'] as const).flatMap((scheme) => PATHS.map((path) => ask(scheme, host, port, path))),
  );
  process.stdout.write(JSON.stringify(await Promise.all(questions)));
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
