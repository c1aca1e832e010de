import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type Cluster, type ClusterOptions, startCluster, until } from '../../cluster';
import { type Application, applications, gitopsDefinitions } from '../../gitops';
import { type BareRepository, type Entry, GitServer } from '../../gitops/testing-only/git-server';
import { Connection, create, get, type KubeObject, patch, resource, type Stored } from '../../kube';
import { bundled } from '../support/bundled';

const secrets = resource<KubeObject & { stringData: Record<string, string> }>('v1', 'Secret');
const leases = resource('coordination.k8s.io/v1', 'Lease');
const definitions = resource('apiextensions.k8s.io/v1', 'CustomResourceDefinition');

export interface ControllerHow {
  /** Takes pushes that are signed with it. */
  readonly pushSecret?: string;
  /** Folders of programs, before those of the PATH. */
  readonly programs?: readonly string[];
  /** A folder of policies, which hold all Applications. */
  readonly policies?: string;
  /** Shows its page. */
  readonly page?: boolean;
  /** The address of the Prometheus that gates ask. */
  readonly prometheus?: string;
}

/** A cluster that knows Applications, a git server, and controllers as processes: for a file of tests. */
export function gitopsWorld(options: ClusterOptions = { controlPlaneOnly: true }) {
  let cluster: Cluster;
  let connection: Connection;
  let folder: string;
  let program: string;
  const server = new GitServer();
  const controllers: ChildProcess[] = [];
  const said: string[] = [];
  let count = 0;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'drydock-gitops-test-'));
    program = bundled('test/gitops/controller.ts', folder);
    [cluster] = await Promise.all([startCluster(options), server.start()]);
    connection = new Connection({ kubeconfig: cluster.kubeconfig, namespace: 'default' });
    await teachApplications(cluster, connection);
  });

  afterAll(async () => {
    for (const one of controllers) one.kill('SIGKILL');
    connection?.close();
    await cluster?.stop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts one more; of several one leads. */
  const startController = ({
    pushSecret,
    programs = [],
    policies,
    page = false,
    prometheus = '',
  }: ControllerHow = {}): ChildProcess => {
    const store = mkdtempSync(path.join(folder, 'store-'));
    const args = [program, cluster.kubeconfig, store, '', policies ?? ''];
    if (pushSecret) {
      writeFileSync(path.join(folder, 'push-secrets'), pushSecret);
      args[3] = path.join(folder, 'push-secrets');
    }
    const one = spawn(process.execPath, args, {
      stdio: ['ignore', 'inherit', 'pipe'],
      env: {
        ...process.env,
        PATH: [...programs, process.env.PATH].join(path.delimiter),
        DRYDOCK_TEST_PAGE: page ? 'yes' : 'no',
        DRYDOCK_TEST_PROMETHEUS: prometheus,
      },
    });
    createInterface({ input: one.stderr! }).on('line', (line) => said.push(line));
    controllers.push(one);
    return one;
  };

  /** The port that the nth controller of this world has said in these words. */
  const portOf = async (what: string, words: RegExp, nth: number): Promise<number> => {
    const ports = () => said.flatMap((line) => words.exec(line)?.[1] ?? []);
    await until(`controller ${nth} to ${what}`, async () => ports().length > nth, {
      explain: async () => said.join('\n'),
    });
    return Number(ports()[nth]);
  };
  const pushPort = (nth: number) => portOf('take pushes', /takes pushes on (\d+)/, nth);
  const pagePort = (nth: number) => portOf('show its page', /shows its page on (\d+)/, nth);

  /** A namespace with a repository, its Secret and an Application that follows it. */
  const follow = async (files: Readonly<Record<string, Entry>>, sync: object = {}, more: object = {}) => {
    count += 1;
    const namespace = `app-${count}`;
    await cluster.kubectl(['create', 'namespace', namespace]);
    const repository = server.repository(namespace);
    repository.commit(files);
    const stringData = { username: server.username, password: server.password, 'ca.crt': server.ca };
    await create(connection, secrets, {
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'git', namespace }, stringData },
    });
    await create(connection, applications, {
      ...{ apiVersion: 'ajj.io/v1', kind: 'Application', metadata: { name: 'shop', namespace } },
      spec: {
        source: { url: server.urlOf(namespace), path: 'app', secret: 'git' },
        sync: { interval: '1s', timeout: '2m', ...sync },
        ...more,
      },
    } as Application);
    return new Followed(namespace, repository, connection, cluster, () => said.slice(-15).join('\n'));
  };

  return {
    server,
    startController,
    pushPort,
    pagePort,
    follow,
    cluster: () => cluster,
    connection: () => connection,
  };
}

/** Brings both kinds into a cluster, and what a controller needs to lead at once. */
export async function teachApplications(cluster: Cluster, connection: Connection): Promise<void> {
  for (const one of gitopsDefinitions) await create(connection, definitions, one);
  await until('the API server to know both kinds', async () => {
    const both = 'applications.ajj.io,clusters.ajj.io';
    return (await cluster.kubectl(['get', both, '-A'], { allowFailure: true })).code === 0;
  });
  // One that nobody holds: the first to lead need not wait.
  const metadata = { name: 'drydock-gitops', namespace: 'default' };
  await create(connection, leases, { apiVersion: leases.apiVersion, kind: 'Lease', metadata });
}

/** An Application of a test, with its repository. */
export class Followed {
  constructor(
    readonly namespace: string,
    readonly repository: BareRepository,
    readonly connection: Connection,
    readonly cluster: Cluster,
    readonly said: () => string,
  ) {}

  readonly #at = () => ({ name: 'shop', namespace: this.namespace });

  get(): Promise<Stored<Application>> {
    return get(this.connection, applications, this.#at());
  }

  patch(merge: object): Promise<unknown> {
    return patch(this.connection, applications, this.#at(), { merge });
  }

  async kubectl(...args: readonly string[]): Promise<string> {
    return (await this.cluster.kubectl(['-n', this.namespace, ...args])).stdout.trim();
  }

  /** The ConfigMaps of the repository that are in the cluster, with their `x`. */
  async configMaps(): Promise<Record<string, string>> {
    const { items } = JSON.parse(await this.kubectl('get', 'configmaps', '-o', 'json')) as {
      readonly items: readonly {
        readonly metadata: { readonly name: string };
        readonly data?: { readonly x: string };
      }[];
    };
    const ours = items.filter(({ metadata }) => metadata.name !== 'kube-root-ca.crt');
    return Object.fromEntries(ours.map(({ metadata, data }) => [metadata.name, data?.x ?? '']));
  }

  /** Waits for a status, and answers with it. */
  async until(what: string, is: (status: NonNullable<Application['status']>) => boolean) {
    const app = await until(
      what,
      async () => {
        const one = await this.get();
        return one.status && is(one.status) ? one : undefined;
      },
      {
        withinMs: 240_000,
        everyMs: 200,
        explain: async () => `${JSON.stringify((await this.get()).status)}\n${this.said()}`,
      },
    );
    return app.status!;
  }

  /** Waits until this commit is in force. */
  healthyAt(revision: string) {
    return this.until(`commit ${revision} to be applied`, (status) => {
      return status.phase === 'Healthy' && status.lastAppliedRevision === revision;
    });
  }

  async delete(): Promise<void> {
    await this.kubectl('delete', 'application.ajj.io', 'shop', '--timeout=240s');
  }
}

export const ended = async (process: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  const exit = once(process, 'exit');
  process.kill(signal);
  await exit;
};

/** A file with a ConfigMap for each name. */
export const configMaps = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(
      ([name, x]) =>
        `---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { x: "${x}" }\n`,
    )
    .join('');

/** Its pods never run: the cluster of the tests has no node. */
export const neverHealthy = (name: string): string =>
  `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: main, image: localhost/none:1 }] }
`;
