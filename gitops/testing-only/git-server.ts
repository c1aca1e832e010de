import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { makeCertificates } from '../../kube/testing-only/certificates';
import type { Tls } from '../../kube/testing-only/scripted-server';
import { gitBackend } from './git-backend';

/** What a test puts at a path: content, or an entry of another mode. */
export type Entry = string | Buffer | { readonly mode: string; readonly content: string };

/** A real git over https with bare repositories, a certificate authority of its own and a password. */
export class GitServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'drydock-git-server-'));
  readonly username = 'robot';
  readonly password = 'correct-horse';
  /** Requests that were answered, as `GET /path`. */
  readonly asked: string[] = [];
  /** Answers in the place of git while it is set. */
  instead: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  readonly #sockets = new Set<Duplex>();
  #server: Server | undefined;
  #tls: Tls | undefined;
  #port = 0;

  async start(port = 0): Promise<this> {
    this.#tls ??= (await makeCertificates()).good;
    this.#server = createServer(this.#tls, (request, response) => this.#answer(request, response));
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => this.#server!.listen(port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  get ca(): string {
    return this.#tls!.ca;
  }

  urlOf(name: string): string {
    return `https://127.0.0.1:${this.#port}/${name}.git`;
  }

  /** Away until `start` with the same port. */
  async away(): Promise<number> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server?.close(() => resolve()));
    this.#server = undefined;
    return this.#port;
  }

  async stop(): Promise<void> {
    await this.away();
    rmSync(this.folder, { recursive: true, force: true });
  }

  repository(name: string): BareRepository {
    return new BareRepository(join(this.folder, `${name}.git`));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.asked.push(`${request.method} ${request.url}`);
    if (this.instead) this.instead(request, response);
    else gitBackend(this)(request, response);
  }
}

/** A bare repository that tests write with plumbing, so that it may hold what no work tree can. */
export class BareRepository {
  constructor(readonly folder: string) {
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', folder]);
  }

  git(args: readonly string[], input: string | Buffer = ''): string {
    const env = { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
    return execFileSync('git', ['--git-dir', this.folder, ...args], {
      ...{ input, env, stdio: ['pipe', 'pipe', 'pipe'], maxBuffer: 1 << 28 },
    })
      .toString('utf8')
      .trim();
  }

  /** A commit with these files and no others, as the head of the branch. Answers with its id. */
  commit(files: Readonly<Record<string, Entry>>, branch = 'main', parent?: string): string {
    const message = 'a change';
    const lines: Buffer[] = [
      Buffer.from(
        `commit refs/heads/${branch}\ncommitter A <a@example.com> ${Math.floor(Date.now() / 1000)} +0000\ndata ${message.length}\n${message}\n${parent ? `from ${parent}\n` : ''}deleteall\n`,
      ),
    ];
    for (const [path, entry] of Object.entries(files)) {
      const isPlain = typeof entry === 'string' || Buffer.isBuffer(entry);
      const mode = isPlain ? '100644' : entry.mode;
      if (!isPlain && mode === '160000') {
        lines.push(Buffer.from(`M ${mode} ${entry.content} ${JSON.stringify(path)}\n`));
        continue;
      }
      const content = Buffer.from(isPlain ? entry : entry.content);
      lines.push(Buffer.from(`M ${mode} inline ${JSON.stringify(path)}\ndata ${content.length}\n`), content);
      lines.push(Buffer.from('\n'));
    }
    this.git(['fast-import', '--quiet', '--force'], Buffer.concat(lines));
    return this.head(branch);
  }

  /** A commit of a tree that is written byte by byte: names that git itself would not write. */
  commitRaw(
    entries: readonly { readonly name: string; readonly content: string }[],
    branch = 'main',
  ): string {
    const tree = Buffer.concat(
      entries.map(({ name, content }) => {
        const id = this.git(['hash-object', '-w', '--stdin'], content);
        return Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.from(id, 'hex')]);
      }),
    );
    const id = this.git(['hash-object', '-t', 'tree', '-w', '--literally', '--stdin'], tree);
    const env = ['-c', 'user.name=A', '-c', 'user.email=a@example.com'];
    const commit = this.git([...env, 'commit-tree', '-m', 'raw', id]);
    this.git(['update-ref', `refs/heads/${branch}`, commit]);
    return commit;
  }

  head(branch = 'main'): string {
    return this.git(['rev-parse', `refs/heads/${branch}`]);
  }
}
