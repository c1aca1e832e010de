import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { parse } from 'yaml';
import type { Cluster } from '../../cluster';
import type { JsonObject } from '../../core/template';

/** An intruder with the token of the program that makes sandboxes, without the program. */
export class Manager {
  private constructor(
    private readonly server: URL,
    private readonly agent: Agent,
    private readonly token: string,
  ) {}

  /** The account is made where it is not there yet. */
  static async of(cluster: Cluster, namespace: string, name = 'ci-fixer-app'): Promise<Manager> {
    const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
    await cluster.api.send('POST', accounts, {
      body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } },
    });
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
    const { status } = await cluster.api.call<{ status: { token: string } }>(
      'POST',
      `${accounts}/${name}/token`,
      { body },
    );
    const [entry] = parse(readFileSync(cluster.kubeconfig, 'utf8')).clusters;
    const ca = Buffer.from(entry.cluster['certificate-authority-data'], 'base64');
    return new Manager(new URL(entry.cluster.server), new Agent({ keepAlive: true, ca }), status.token);
  }

  send(method: string, path: string, body?: JsonObject, contentType = 'application/json'): Promise<Said> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${this.token}`, 'content-type': contentType };
      const { hostname: host, port } = this.server;
      const sent = request({ host, port, method, path, headers, agent: this.agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
        );
      });
      sent.on('error', reject);
      sent.end(body && JSON.stringify(body));
    });
  }

  createJob(namespace: string, job: JsonObject, query = ''): Promise<Said> {
    return this.send('POST', `/apis/batch/v1/namespaces/${namespace}/jobs${query}`, job);
  }

  close(): void {
    this.agent.destroy();
  }
}

/** What the API server said to it. */
export interface Said {
  readonly status: number;
  readonly text: string;
}
