import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEvent } from '../../cluster';
import { type Application, applications } from '../../gitops';
import type { BareRepository, GitServer } from '../../gitops/testing-only/git-server';
import { create, type KubeObject, patch, resource, type Store } from '../../kube';
import { ended } from '../../test/gitops/world';
import { bundled } from '../../test/support/bundled';
import { callsOf } from './calls';
import { type Cost, costOf } from './cost';
import { type App, appsOf, filesOf } from './fleet';
import { createAll, each, follow, type Place, untilAll, type Waited } from './place';

interface ConfigMap extends KubeObject {
  readonly data?: { readonly value?: string; readonly colour?: string };
}

const configMaps = resource<ConfigMap>('v1', 'ConfigMap');
const secrets = resource<KubeObject & { stringData: Record<string, string> }>('v1', 'Secret');
const leases = resource('coordination.k8s.io/v1', 'Lease');
const SECRET = 'correct-horse-battery';
/** Much longer than it takes: who waits so long for a change waits in vain. */
const MOST_MS = 180_000;
/** Intervals after which what goes on is taken for what goes on for ever. */
const MOST_TURNS = 10;
/** What is asked whether there are Applications or not: a Lease, Secrets of repositories. */
const FEW_CALLS = 10;

/** What was seen while nothing changed. */
export interface Cycle {
  readonly cpuMs: number;
  readonly childrenMs: number;
  readonly calls: number;
  /** The calls, by what they were. */
  readonly what: ReadonlyMap<string, number>;
}

/** From the start of a controller until all were applied, or the time was over. */
export interface Cold extends Waited {
  readonly cost: Cost;
  readonly calls: number;
  /** The calls, by what they were, where that is looked at. */
  readonly what?: ReadonlyMap<string, number>;
}

export interface Memory extends Pick<Cost, 'rssMb' | 'peakMb'> {
  readonly heapMb: number;
}

/** Our controller with Applications of its own namespace. */
export class Ours {
  readonly #place: Place;
  readonly #server: GitServer;
  readonly #namespace: string;
  readonly #apps: readonly App[];
  readonly #repositories: readonly BareRepository[];
  readonly #repositoryOf: ReadonlyMap<string, number>;
  readonly #calls;
  #process: ChildProcess | undefined;
  #port = 0;
  #store: Store<Application> | undefined;
  #commits: string[] = [];

  constructor(place: Place, server: GitServer, name: string, about: { count: number; repositories: number }) {
    this.#place = place;
    this.#server = server;
    this.#namespace = name;
    this.#apps = appsOf(about.count, about.repositories);
    this.#repositoryOf = new Map(this.#apps.map((one) => [one.name, one.repository]));
    this.#repositories = Array.from({ length: about.repositories }, (_, at) =>
      server.repository(`${name}-${at}`),
    );
    this.#calls = callsOf(place.cluster, 'ours');
  }

  #of(repository: number): readonly App[] {
    return this.#apps.filter((app) => app.repository === repository);
  }

  /** Everything that there is before the controller starts. */
  async prepare(): Promise<void> {
    const { cluster, connection, intervalSeconds } = this.#place;
    const namespace = this.#namespace;
    this.#commits = this.#repositories.map((one, at) => one.commit(filesOf(this.#of(at))));
    await cluster.kubectl(['create', 'namespace', namespace]);
    const { username, password, ca } = this.#server;
    await create(connection, secrets, {
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'git', namespace } },
      stringData: { username, password, 'ca.crt': ca },
    });
    // One that nobody holds: the first to lead need not wait.
    const metadata = { name: 'drydock-gitops', namespace };
    await create(connection, leases, { apiVersion: leases.apiVersion, kind: 'Lease', metadata });
    const all = this.#apps.map(({ name, repository, folder }) => ({
      ...{ apiVersion: 'ajj.io/v1', kind: 'Application', metadata: { name, namespace } },
      spec: {
        source: { url: this.#server.urlOf(`${namespace}-${repository}`), path: folder, secret: 'git' },
        sync: { interval: `${intervalSeconds}s` },
      },
    }));
    await createAll(connection, applications, all as readonly Application[]);
    this.#store = await follow(this.#place, applications, namespace);
  }

  /** Starts the controller, and waits until each Application is healthy at its commit. */
  async cold(withinSeconds: number): Promise<Cold> {
    this.#calls.since();
    const began = performance.now();
    await this.#start();
    const isDone = ({ metadata, status }: Application) =>
      status?.phase === 'Healthy' && status.lastAppliedRevision === this.#commitOf(metadata?.name);
    const waited = await untilAll(this.#store!, this.#apps.length, withinSeconds, isDone, began);
    const events = this.#calls.eventsSince();
    return { ...waited, cost: this.cost(), calls: events.length, what: whatOf(events) };
  }

  #commitOf(name: string | undefined): string | undefined {
    return this.#commits[this.#repositoryOf.get(name ?? '') ?? -1];
  }

  async #start(): Promise<void> {
    const { folder, cluster } = this.#place;
    const own = path.join(folder, this.#namespace);
    mkdirSync(own);
    const program = bundled('bench/gitops/controller.ts', own);
    const secretFile = path.join(own, 'push-secrets');
    writeFileSync(secretFile, SECRET);
    const args = [
      '--expose-gc',
      program,
      cluster.kubeconfig,
      this.#namespace,
      path.join(own, 'store'),
      secretFile,
    ];
    this.#process = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const [{ port }] = (await once(this.#process, 'message')) as [{ port: number }];
    this.#port = port;
  }

  cost(): Cost {
    return costOf(this.#process!.pid!);
  }

  /** After a collection, so that it is what is needed and not what was not yet thrown away. */
  async memory(): Promise<Memory> {
    this.#process!.send('memory');
    const [{ heapMb }] = (await once(this.#process!, 'message')) as [{ heapMb: number }];
    const { rssMb, peakMb } = this.cost();
    return { rssMb, peakMb, heapMb };
  }

  /** Waits until nothing is left to do, then looks on for some intervals in which nothing changes. */
  async quiet(cycles: number): Promise<Cycle> {
    const intervalMs = this.#place.intervalSeconds * 1_000;
    // What was applied last is looked at once more, as its status has moved on.
    for (let turn = 0; turn < MOST_TURNS; turn += 1) {
      this.#calls.since();
      await sleep(intervalMs);
      if (turn > 0 && this.#calls.since() < this.#apps.length / 10 + FEW_CALLS) break;
    }
    this.#calls.since();
    const before = this.cost();
    await sleep(cycles * intervalMs);
    const after = this.cost();
    const events = this.#calls.eventsSince();
    return {
      cpuMs: (after.cpuMs - before.cpuMs) / cycles,
      childrenMs: (after.childrenMs - before.childrenMs) / cycles,
      calls: events.length / cycles,
      what: whatOf(events),
    };
  }

  /** Commits a change of so many Applications of one repository, tells it as a forge does, and waits until it is applied. */
  async push(touched: number, value: string): Promise<Waited> {
    const of = this.#of(0);
    const names = new Set(of.slice(0, touched).map(({ name }) => name));
    const maps = await follow(this.#place, configMaps, this.#namespace);
    const commit = this.#repositories[0]!.commit(filesOf(of, names, value));
    this.#commits[0] = commit;
    const began = performance.now();
    await this.#tell();
    const isThere = ({ metadata, data }: ConfigMap) =>
      names.has(metadata?.name ?? '') && data?.value === value;
    const inCluster = await untilAll(maps, names.size, MOST_MS / 1_000, isThere, began);
    const isSaid = ({ metadata, status }: Application) =>
      names.has(metadata?.name ?? '') && status?.lastAppliedRevision === commit && status.phase === 'Healthy';
    const said = await untilAll(this.#store!, names.size, MOST_MS / 1_000, isSaid, began);
    maps.close();
    return { ...said, done: Math.min(inCluster.done, said.done) };
  }

  /** As GitHub tells it. */
  async #tell(): Promise<void> {
    const clone_url = this.#server.urlOf(`${this.#namespace}-0`);
    const body = JSON.stringify({ ref: 'refs/heads/main', repository: { clone_url } });
    const signature = createHmac('sha256', SECRET).update(body).digest('hex');
    const { status } = await fetch(`http://127.0.0.1:${this.#port}/push`, {
      ...{ method: 'POST', body },
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'push',
        'x-hub-signature-256': `sha256=${signature}`,
      },
    });
    if (status !== 202) throw new Error(`the push was answered with ${status}`);
  }

  /** Edits an object of so many Applications at once by hand; the seconds until each is as it was. */
  async drift(count: number): Promise<readonly number[]> {
    const namespace = this.#namespace;
    const maps = await follow(this.#place, configMaps, namespace);
    const names = this.#apps.slice(-count).map(({ name }) => name);
    const took: number[] = [];
    await each(names, async (name) => {
      const began = performance.now();
      const mended = untilMended(maps, name);
      await patch(
        this.#place.connection,
        configMaps,
        { name, namespace },
        { merge: { data: { colour: 'red' } } },
      );
      await mended;
      took.push((performance.now() - began) / 1_000);
    });
    maps.close();
    return took;
  }

  async stop(): Promise<void> {
    this.#store?.close();
    if (this.#process?.exitCode === null) await ended(this.#process, 'SIGKILL');
  }
}

function whatOf(events: readonly AuditEvent[]): ReadonlyMap<string, number> {
  const what = new Map<string, number>();
  for (const { verb, objectRef, requestURI } of events) {
    const { resource: of = '', subresource } = objectRef ?? {};
    const isDryRun = requestURI.includes('dryRun=All');
    const name = `${verb} ${of}${subresource ? `/${subresource}` : ''}${isDryRun ? ' (dry-run)' : ''}`;
    what.set(name, (what.get(name) ?? 0) + 1);
  }
  return what;
}

/** Until it is blue again, after it was red. */
async function untilMended(maps: Store<ConfigMap>, name: string): Promise<void> {
  let wasRed = false;
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`ConfigMap ${name} was not mended in ${MOST_MS / 1_000} s`)),
      MOST_MS,
    );
    const forget = maps.onChange(({ object }) => {
      if (object.metadata.name !== name) return;
      if (object.data?.colour === 'red') wasRed = true;
      else if (wasRed) {
        forget();
        clearTimeout(late);
        resolve();
      }
    });
  });
}
