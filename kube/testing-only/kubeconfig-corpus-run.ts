import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { Connection } from '../connection';
import { KubeError } from '../errors';
import { request } from '../request';
import { makeCertificates } from './certificates';
import { kubeconfigCases, writeCase, writeWorld } from './kubeconfig-corpus';

/** What a case came to: what arrived at the server, or a refusal. */
export interface CorpusRow {
  readonly title: string;
  readonly kubectl: string;
  readonly drydock: string;
}

/** Where we do otherwise than kubectl, and why. A row that differs for none of these reasons is a fault of ours. */
export const meantDifferences: ReadonlyArray<{
  readonly applies: (row: CorpusRow) => boolean;
  readonly why: string;
}> = [
  {
    applies: ({ title, kubectl }) => /data beside/.test(title) && kubectl === 'refused',
    why: 'kubectl says that data goes before a file, and then refuses a config with both; here the data is taken',
  },
  {
    applies: ({ title, kubectl }) => /nothing|no user/.test(title) && kubectl === 'refused',
    why: 'kubectl asks a person for a name and a password; a program calls as nobody',
  },
];

/** What the server saw of who calls, in an order that does not depend on the client. */
function seenOf(incoming: IncomingMessage): string {
  const told = Object.entries(incoming.headersDistinct)
    .filter(([name]) => name === 'authorization' || name.startsWith('impersonate-'))
    .map(([name, values]) => `${name}: ${values!.join(', ')}`);
  const peer = (incoming.socket as Partial<TLSSocket>).getPeerCertificate?.();
  const certificate = peer?.subject ? [`certificate: ${peer.subject.CN}`] : [];
  return [incoming.url, ...told.sort(), ...certificate].join('\n');
}

/** Gives each case to the real kubectl and to a Connection, from a folder that holds programs of the same names. */
export async function runCorpus(kubectl: string, count: number, seed: number): Promise<CorpusRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'kubeconfigs-'));
  const [files, elsewhere] = [join(folder, 'files'), join(folder, 'elsewhere')];
  const certificates = await makeCertificates();
  let seen: string | undefined;
  const answer = (incoming: IncomingMessage, response: ServerResponse) => {
    seen = seenOf(incoming);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  };
  const { good } = certificates;
  const servers = [
    createHttpServer(answer),
    createHttpsServer({ ...good, requestCert: true, rejectUnauthorized: false }, answer),
  ];
  try {
    for (const server of servers)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const [http, https] = servers.map((server, index) => {
      const { port } = server.address() as AddressInfo;
      return `${['http', 'https'][index]}://127.0.0.1:${port}`;
    });
    const world = { http: http!, https: https!, certificates };
    writeWorld(files, elsewhere, world);
    const env = { PATH: `${files}:${process.env.PATH}`, HOME: folder };
    const rows: CorpusRow[] = [];
    for (const one of kubeconfigCases(world, count, seed)) {
      const KUBECONFIG = writeCase(files, one);
      const arrived = async (ask: () => Promise<string | undefined>) => {
        seen = undefined;
        const refusal = await ask();
        return refusal ?? seen ?? 'nothing arrived';
      };
      rows.push({
        title: one.title,
        kubectl: await arrived(() => askKubectl(kubectl, elsewhere, { ...env, KUBECONFIG })),
        drydock: await arrived(() => askDrydock(elsewhere, { ...env, KUBECONFIG })),
      });
    }
    return rows;
  } finally {
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true });
  }
}

function askKubectl(kubectl: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return new Promise((resolve) => {
    const asking = execFile(kubectl, ['get', '--raw', '/probe'], { cwd, env, timeout: 30_000 }, (error) =>
      resolve(error ? 'refused' : undefined),
    );
    // It asks a person for a name and a password when the file has none.
    asking.stdin?.end();
  });
}

async function askDrydock(cwd: string, env: Record<string, string>): Promise<string | undefined> {
  const before = { cwd: process.cwd(), path: process.env.PATH };
  process.chdir(cwd);
  process.env.PATH = env.PATH;
  let connection: Connection | undefined;
  try {
    connection = new Connection({ env, allowExecPlugin: true, deadlineMs: 10_000 });
    const call = { method: 'GET', path: '/probe', resource: 'probe', idempotent: false } as const;
    await request(connection, call);
    return undefined;
  } catch (error) {
    if (error instanceof KubeError) return 'refused';
    throw error;
  } finally {
    connection?.close();
    process.chdir(before.cwd);
    process.env.PATH = before.path;
  }
}
