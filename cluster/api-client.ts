import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import path from 'node:path';
import { ClusterError } from './errors';
import type { Layout } from './layout';

/** One call of the API: what was answered, whatever the status. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** What a call may carry besides its method and path. */
export interface ApiCall {
  readonly body?: unknown;
  readonly contentType?: string;
}

/**
 * Plain JSON requests to the API server as the cluster's administrator, through the doorway.
 *
 * @example
 * await using cluster = await startCluster({ controlPlaneOnly: true });
 * const { status, body } = await cluster.api.send('GET', '/version');
 */
export class ApiClient {
  private readonly agent: Agent;

  constructor(
    layout: Layout,
    private readonly port: number,
  ) {
    const read = (file: string) => readFileSync(path.join(layout.pki, file));
    this.agent = new Agent({
      keepAlive: true,
      ca: read('ca.crt'),
      cert: read('admin.crt'),
      key: read('admin.key'),
    });
  }

  /** Sends one request; only a broken connection is an error. */
  send(method: string, requestPath: string, call: ApiCall = {}): Promise<ApiAnswer> {
    return new Promise((resolve, reject) => {
      const headers =
        call.body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' };
      const sent = request(
        { host: '127.0.0.1', port: this.port, method, path: requestPath, headers, agent: this.agent },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            const json = response.headers['content-type']?.includes('json') && text !== '';
            resolve({ status: response.statusCode ?? 0, body: json ? JSON.parse(text) : text });
          });
        },
      );
      sent.on('error', reject);
      sent.end(call.body === undefined ? undefined : JSON.stringify(call.body));
    });
  }

  /** Like `send`, and an answer that is not a success is an error with the server's own message. */
  async call<Body = Record<string, unknown>>(
    method: string,
    requestPath: string,
    call: ApiCall = {},
  ): Promise<Body> {
    const { status, body } = await this.send(method, requestPath, call);
    if (status >= 200 && status < 300) return body as Body;
    const said = (body as { message?: string } | null)?.message ?? String(body);
    throw new ClusterError('COMMAND_FAILED', {
      where: `${method} ${requestPath}`,
      found: `${status}: ${said}`,
      expected: 'a success',
      remedy: "the message is the API server's own",
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
