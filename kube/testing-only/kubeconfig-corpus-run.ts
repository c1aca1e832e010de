import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { Connection } from '../connection';
import { KubeError } from '../errors';
import { request } from '../request';
import { type Certificates, makeCertificates } from './certificates';
import { type KubeconfigCase, kubeconfigCases, type World, writeCase, writeWorld } from './kubeconfig-corpus';

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

/** Most of a kubectl is waiting: so many are asked at once, each lane with servers and a folder of its own. */
const LANES = 4;

/** Gives each case to the real kubectl and to a Connection, from a folder that holds programs of the same names. */
export async function runCorpus(kubectl: string, count: number, seed: number): Promise<CorpusRow[]> {
  const certificates = await makeCertificates();
  const lanes = await Promise.all(Array.from({ length: LANES }, () => Lane.open(certificates)));
  try {
    const cases = lanes.map(({ world }) => kubeconfigCases(world, count, seed));
    const said = await Promise.all(
      lanes.map((lane, index) => lane.askEach(every(cases[index]!, index), kubectl)),
    );
    // The folder and the PATH of this process are changed for these: one after the other.
    const drydock: string[][] = [];
    for (const [index, lane] of lanes.entries())
      drydock.push(await lane.askEach(every(cases[index]!, index)));
    return cases[0]!.map(({ title }, at) => {
      const [lane, row] = [at % LANES, Math.floor(at / LANES)];
      return { title, kubectl: said[lane]![row]!, drydock: drydock[lane]![row]! };
    });
  } finally {
    for (const lane of lanes) lane.close();
  }
}

/** Those of a lane. */
const every = (cases: readonly KubeconfigCase[], lane: number) =>
  cases.filter((_, at) => at % LANES === lane);

class Lane {
  #seen: string | undefined;
  readonly #folder = mkdtempSync(join(tmpdir(), 'kubeconfigs-'));
  readonly #files = join(this.#folder, 'files');
  readonly #elsewhere = join(this.#folder, 'elsewhere');
  readonly #servers: Server[];

  private constructor(
    readonly world: World,
    servers: Server[],
  ) {
    this.#servers = servers;
    for (const server of servers)
      server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
        this.#seen = seenOf(incoming);
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    writeWorld(this.#files, this.#elsewhere, world);
  }

  static async open(certificates: Certificates): Promise<Lane> {
    const tls = { ...certificates.good, requestCert: true, rejectUnauthorized: false };
    const servers = [createHttpServer(), createHttpsServer(tls)];
    for (const server of servers)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const [http, https] = servers.map((server, index) => {
      const { port } = server.address() as AddressInfo;
      return `${['http', 'https'][index]}://127.0.0.1:${port}`;
    });
    return new Lane({ http: http!, https: https!, certificates }, servers);
  }

  /** Gives cases to kubectl, or to a Connection, one after the other. */
  async askEach(cases: readonly KubeconfigCase[], kubectl?: string): Promise<string[]> {
    const answers: string[] = [];
    for (const one of cases) {
      const KUBECONFIG = writeCase(this.#files, one);
      const env = { PATH: `${this.#files}:${process.env.PATH}`, HOME: this.#folder, KUBECONFIG };
      this.#seen = undefined;
      const ask =
        kubectl === undefined ? askDrydock(this.#elsewhere, env) : askKubectl(kubectl, this.#elsewhere, env);
      answers.push((await ask) ?? this.#seen ?? 'nothing arrived');
    }
    return answers;
  }

  close(): void {
    for (const server of this.#servers) server.close();
    rmSync(this.#folder, { recursive: true });
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
