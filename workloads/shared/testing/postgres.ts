import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port';

/** A PostgreSQL server of a test's own. */
export interface TestPostgres {
  readonly url: string;
  readonly port: number;
  /** Stops it; its data stay. */
  stop(): Promise<void>;
  /** Starts it again, with the data that it had. */
  start(): Promise<void>;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

/** Where Debian has the server's programs; the newest version that is there. */
function programs(): string {
  const root = '/usr/lib/postgresql';
  const newest = readdirSync(root).sort((left, right) => Number(right) - Number(left))[0];
  return join(root, newest as string, 'bin');
}

// PostgreSQL does not run as root.
const asPostgres = ['--reuid=postgres', '--regid=postgres', '--clear-groups'];

/** Starts a real PostgreSQL on loopback, empty, on a free port. `make tools` installs it. */
export async function startPostgres(): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-postgres-'));
  chmodSync(folder, 0o777);
  const data = join(folder, 'data');
  const bin = programs();
  const init = [
    '--pgdata',
    data,
    '--auth=trust',
    '--username=todo',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
  ];
  execFileSync('setpriv', [...asPostgres, join(bin, 'initdb'), ...init], { stdio: 'pipe', cwd: folder });
  const port = await freePort();
  const options = ['-h', '127.0.0.1', '-p', String(port), '-k', '', '-c', 'fsync=off'];
  let ended: Promise<void> = Promise.resolve();
  let child: ReturnType<typeof spawn> | undefined;

  const server: TestPostgres = {
    url: `postgres://todo:trusted-by-address@127.0.0.1:${port}/postgres`,
    port,
    start: async () => {
      // A run that is killed takes its server along.
      const started = spawn(
        'setpriv',
        [...asPostgres, '--pdeathsig=QUIT', join(bin, 'postgres'), '-D', data, ...options],
        {
          stdio: ['ignore', 'ignore', 'pipe'],
          cwd: folder,
        },
      );
      child = started;
      ended = new Promise((resolve) => started.once('exit', () => resolve()));
      await new Promise<void>((resolve, reject) => {
        let said = '';
        started.stderr.on('data', (chunk) => {
          said += chunk;
          if (said.includes('ready to accept connections')) resolve();
        });
        started.once('exit', () => reject(new Error(`PostgreSQL did not start: ${said}`)));
      });
    },
    stop: async () => {
      // Fast shutdown: it ends the connections that it has.
      child?.kill('SIGINT');
      await ended;
    },
    remove: async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
  await server.start();
  return server;
}
