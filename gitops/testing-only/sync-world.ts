import { ModelApi } from '../../deploy/testing-only/model-api';
import { serveModel } from '../../deploy/testing-only/model-server';
import type { Connection, KubeObject, Stored } from '../../kube';
import type { ScriptedServer } from '../../kube/testing-only/scripted-server';
import type { Application, ApplicationStatus } from '../api/application';
import { GitopsError } from '../errors';
import type { Followed } from '../sync/drift';
import { Syncer } from '../sync/syncer';
import { ModelSource } from './model-source';

/** ConfigMaps by name, with their value. */
export type Maps = Readonly<Record<string, string>>;

/** What happens in a world of one Application. */
export type Step =
  | { readonly what: 'push'; readonly maps: Maps }
  | { readonly what: 'push-bad'; readonly how: 'broken' | 'empty' | 'unknown-kind' | 'half' }
  | { readonly what: 'edit' | 'delete'; readonly name: string }
  | { readonly what: 'away' | 'back' }
  /** From the third time on nothing is left to do. */
  | { readonly what: 'reconcile'; readonly times: number }
  /** It is killed before this write, and another process begins. */
  | { readonly what: 'killed'; readonly beforeWrite: number };

export const FOREIGN: Maps = { theirs: 'mine', other: 'mine' };

const NAMESPACE = 'here';
const fileOf = (name: string, x: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { x: "${x}" }\n`;
const filesOf = (maps: Maps) =>
  Object.fromEntries(Object.entries(maps).map(([name, x]) => [`${name}.yaml`, fileOf(name, x)]));

/** What is wrong on purpose. */
export interface Planted {
  readonly source?: ModelSource;
  /** Watches tell of nothing. */
  readonly isDeaf?: boolean;
}

/** A process that was killed does nothing any more, and says nothing. */
class Killed extends Error {}

/** A model of a cluster, a branch, and controllers that come and go. */
export class SyncWorld {
  readonly model: ModelApi;
  readonly source: ModelSource;
  readonly #sets = new Map<string, Maps>();
  readonly #server: ScriptedServer;
  #listeners: Array<Parameters<Followed['onChange']>[0]> = [];
  #syncer: Syncer;
  #connection: Connection;
  #beforeWrite: () => void = () => {};
  #app: Stored<Application>;
  #last: Maps = {};

  /** @param planted what is wrong with this world, so that a law that looks at it has to see it */
  static async start(planted: Planted = {}): Promise<SyncWorld> {
    const model = new ModelApi();
    return new SyncWorld(model, await serveModel(model), planted);
  }

  private constructor(
    model: ModelApi,
    server: ScriptedServer,
    readonly planted: Planted,
  ) {
    this.model = model;
    this.source = planted.source ?? new ModelSource();
    this.#server = server;
    this.#syncer = this.#newSyncer();
    this.#connection = this.#connect();
    this.#app = {
      ...{ apiVersion: 'ajj.io/v1', kind: 'Application' },
      metadata: { name: 'shop', namespace: NAMESPACE, uid: 'u', resourceVersion: '1', generation: 1 },
      spec: { source: { url: 'https://example.com/x' }, sync: { allowPrune: true, timeout: '1s' } },
    } as Stored<Application>;
    for (const [name, x] of Object.entries(FOREIGN)) this.#write('somebody', name, x);
    this.push({ a: '0' });
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  get status(): ApplicationStatus {
    return this.#app.status ?? {};
  }

  /** What the last commit that may be applied has. */
  get wanted(): Maps {
    return this.#last;
  }

  /** What a commit has; undefined for one that may not be applied. */
  setOf(revision: string | undefined): Maps | undefined {
    return this.#sets.get(revision ?? '');
  }

  /** All ConfigMaps that are there. */
  get maps(): Maps {
    const maps = [...this.model.objects.values()].filter(({ kind }) => kind === 'ConfigMap');
    return Object.fromEntries(
      maps
        .map((one) => [one.metadata.name, (one as unknown as { data: { x: string } }).data?.x ?? ''] as const)
        .sort(),
    );
  }

  push(maps: Maps): void {
    this.#sets.set(this.source.push(filesOf(maps)), maps);
    this.#last = maps;
  }

  async step(step: Step): Promise<void> {
    if (step.what === 'push') this.push(step.maps);
    if (step.what === 'push-bad') this.source.push(this.#bad(step.how));
    if (step.what === 'edit' && Object.hasOwn(this.maps, step.name))
      this.#write('kubectl', step.name, 'by hand');
    if (step.what === 'delete') this.#delete(step.name);
    if (step.what === 'away') this.source.trouble = away();
    if (step.what === 'back') this.source.trouble = undefined;
    if (step.what === 'reconcile') for (let time = 0; time < step.times; time += 1) await this.reconcile();
    if (step.what === 'killed') await this.#killed(step.beforeWrite);
  }

  async reconcile(): Promise<void> {
    const never = new AbortController().signal;
    await this.#syncer.reconcile(this.#app, {
      ...{ connection: this.#connection, signal: never, changed: never, failures: 0, tell: () => {} },
      status: async (status) => {
        this.#beforeWrite();
        this.#app = { ...this.#app, status: status as ApplicationStatus };
      },
    });
  }

  async #killed(beforeWrite: number): Promise<void> {
    let left = beforeWrite;
    this.#beforeWrite = () => {
      left -= 1;
      if (left < 0) throw new Killed();
    };
    await this.reconcile().catch(() => {});
    this.#beforeWrite = () => {};
    this.#connection.close();
    this.#connection = this.#connect();
    this.#listeners = [];
    this.#syncer = this.#newSyncer();
    // Its Lease runs out while the next one begins.
    for (const live of this.model.objects.values()) {
      if (live.kind !== 'Lease') continue;
      const spec = {
        ...(live as unknown as { spec: object }).spec,
        renewTime: '2000-01-01T00:00:00.000000Z',
      };
      this.model.edit('time', {
        apiVersion: live.apiVersion,
        kind: 'Lease',
        metadata: { name: live.metadata.name, namespace: NAMESPACE },
        spec,
      } as KubeObject);
    }
  }

  #connect(): Connection {
    return this.#server.connect({ mayWrite: () => this.#beforeWrite() });
  }

  #newSyncer(): Syncer {
    const onChange: Followed['onChange'] = (listener) => {
      this.#listeners.push(listener);
      return () => {};
    };
    const openKinds = () => async (): Promise<Followed> => ({ all: () => [], onChange });
    return new Syncer({ of: () => this.source }, { openKinds });
  }

  #bad(how: Extract<Step, { readonly what: 'push-bad' }>['how']): Record<string, string> {
    if (how === 'empty') return {};
    const good = filesOf(this.#last);
    if (how === 'broken') return { ...good, 'z.yaml': 'a: [' };
    if (how === 'half') return { 'a.yaml': fileOf('a', 'half'), 'z.yaml': 'kind: ConfigMap\n' };
    return {
      'a.yaml': fileOf('a', 'unknown'),
      'z.yaml': 'apiVersion: v1\nkind: Confg\nmetadata: { name: z }\n',
    };
  }

  #write(manager: string, name: string, x: string): void {
    const metadata = { name, namespace: NAMESPACE };
    this.model.edit(manager, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { x } } as KubeObject);
    this.#told('modified', name);
  }

  #delete(name: string): void {
    const found = [...this.model.objects].find(
      ([, { kind, metadata }]) => kind === 'ConfigMap' && metadata.name === name,
    );
    if (!found || Object.hasOwn(FOREIGN, name)) return;
    this.#told('deleted', name);
    this.model.drop(found[0]);
  }

  #told(type: 'modified' | 'deleted', name: string): void {
    if (this.planted.isDeaf) return;
    const object = [...this.model.objects.values()].find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name,
    );
    for (const listener of this.#listeners) listener({ type, object, finalStateUnknown: false } as never);
  }
}

function away(): GitopsError {
  const facts = { where: 'the repository', found: 'nothing', expected: 'an answer', remedy: 'wait' };
  return new GitopsError('SOURCE_UNREACHABLE', facts);
}
