import { createServer, type Server } from 'node:http';
import { unsupported } from '../commands/unsupported';
import type { Supervisor } from '../supervisor';
import { checkEgress, type Egresses, type EgressOptions } from './options';
import type { Outside } from './outside';
import { askRepository, pathOf } from './repositories';
import { SandboxPort } from './sandbox-port';
import { tunnel } from './tunnel';

/** Of a request: what a client of the same program sends is far below. */
const MAX_HEADER_BYTES = 16 << 10;

/**
 * What a sandbox may reach through this program, over the stream that is open: its own network stays closed. Programs in
 * it find the way by the variables in `env`.
 *
 * @example
 * const url = 'https://git.example.com/team/project.git';
 * const egress = await sandbox.egress({
 *   hosts: ['registry.npmjs.org'],
 *   repositories: [{ url, username: 'oauth2', password: process.env.READ_TOKEN ?? '' }],
 * });
 * await sandbox.commands.run(['git', 'clone', url], { env: egress.env });
 * await egress.close();
 */
export class Egress {
  readonly #port: SandboxPort;
  readonly #server: Server;
  readonly #egresses: Egresses;

  private constructor(port: SandboxPort, server: Server, egresses: Egresses) {
    this.#port = port;
    this.#server = server;
    this.#egresses = egresses;
  }

  /** @internal Use `Sandbox.egress`. */
  static async open(
    supervisor: Supervisor | undefined,
    options: EgressOptions,
    sandboxId: string,
    outside: Outside,
  ): Promise<Egress> {
    const egresses = checkEgress({ where: `egress of ${sandboxId}`, sandboxId }, options);
    if (!supervisor) throw unsupported('egress', sandboxId);
    const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (asked, answer) => {
      void askRepository(asked, answer, outside, egresses);
    });
    server.on('connect', (asked, client, head) => void tunnel(asked.url, client, head, outside, egresses));
    server.on('upgrade', (_asked, client) => client.destroy());
    server.on('clientError', (_error, client) => client.destroy());
    const port = await SandboxPort.open(supervisor, egresses.maxConnections, (stream) => {
      server.emit('connection', stream);
    });
    const egress = new Egress(port, server, egresses);
    void supervisor.ended.then(() => egress.close());
    return egress;
  }

  /**
   * For `env` of commands: the proxy for hosts, and for git the repositories by their URLs as they were given (git 2.31
   * or newer). No secret is in it.
   */
  get env(): Readonly<Record<string, string>> {
    const at = `http://127.0.0.1:${this.#port.port}`;
    const none = '127.0.0.1,localhost';
    const git = this.#egresses.repositories.flatMap(({ url }, index) => [
      [`GIT_CONFIG_KEY_${index}`, `url.${at}${pathOf(index)}.insteadOf`],
      [`GIT_CONFIG_VALUE_${index}`, url],
    ]);
    return {
      ...{ HTTPS_PROXY: at, https_proxy: at, NO_PROXY: none, no_proxy: none },
      ...(git.length > 0 && { GIT_CONFIG_COUNT: String(git.length / 2), GIT_TERMINAL_PROMPT: '0' }),
      ...Object.fromEntries(git),
    };
  }

  /** Nothing goes out any more, and what is under way is broken off. */
  async close(): Promise<void> {
    this.#port.close();
    this.#server.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
