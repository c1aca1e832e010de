import { type Application, applications } from '../../../gitops';
import { type Connection, type KubeObject, list, pause, resource, type Stored } from '../../../kube';
import { type Delivered, FOREIGN, KEPT, type Values } from './delivered';

interface ConfigMap extends KubeObject {
  readonly data?: { readonly x?: string };
}
const maps = resource<ConfigMap>('v1', 'ConfigMap');
const OF_KUBERNETES = 'kube-root-ca.crt';
const EVERY_MS = 150;
/** What is said while all goes well. */
const USUAL = ['Applied', 'Syncing', 'Superseded', 'Progressing'];

export const BREACHES = ['lost', 'unowned', 'mixed'] as const;
export type Breach = (typeof BREACHES)[number];

/** What an Application says of itself at one moment. */
export interface Said {
  readonly reason: string;
  readonly message: string;
  /** The commit that it says is in force and well; undefined where it does not say so. */
  readonly wellAt: string | undefined;
}

/** One look: the Applications, and what is in the cluster of each. */
interface Look {
  readonly apps: ReadonlyMap<string, Stored<Application>>;
  readonly objects: ReadonlyMap<string, readonly Stored<ConfigMap>[]>;
}

/** Looks at both clusters several times a second, past every fault, and notes what must not be. */
export class Witness {
  /** What was found, each once. */
  readonly found = new Map<string, Breach>();
  /** By Application, each reason that was said since `listen`, and when it was said first. */
  readonly #reasons = new Map<string, Map<string, number>>();
  readonly #said = new Map<string, Said>();
  /** By place, the object that must stay as it is. */
  readonly #same = new Map<string, string>();
  readonly #end = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly apps: readonly Delivered[],
    private readonly home: Connection,
    private readonly east: Connection,
  ) {}

  start(): this {
    this.#running = this.#run();
    return this;
  }

  async stop(): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  /** From now on it is noted what is said. */
  listen(): void {
    this.#reasons.clear();
  }

  /** What an Application has said since that is not said when all goes well, and when. */
  unusual({ name }: Delivered): ReadonlyArray<readonly [reason: string, at: number]> {
    return [...(this.#reasons.get(name) ?? [])].filter(([reason]) => !USUAL.includes(reason));
  }

  isWell({ name, head }: Delivered): boolean {
    return this.#said.get(name)?.wellAt === head;
  }

  said({ name }: Delivered): Said | undefined {
    return this.#said.get(name);
  }

  /** Once it is quiet: nothing is there that the commit does not have, and nothing of it is forgotten. */
  async expectWhole(): Promise<void> {
    const { apps, objects } = await this.#look();
    for (const one of this.apps) {
      const is = valuesOf(objects.get(one.name) ?? []);
      if (!isSame(is, one.values))
        this.#note('lost', `${one.name} has ${shown(is)} at the end, and not ${shown(one.values)}`);
      const { inventory } = apps.get(one.name)?.status ?? {};
      if (inventory !== Object.keys(one.values).length)
        this.#note('lost', `${one.name} remembers ${inventory} objects at the end`);
    }
  }

  async #run(): Promise<void> {
    while (!this.#end.signal.aborted) {
      // An API server that is away is no breach; it is looked at again.
      await this.#once().catch(() => {});
      await pause(EVERY_MS, this.#end.signal);
    }
  }

  async #once(): Promise<void> {
    const before = await this.#apps();
    const { apps, objects } = await this.#look();
    const after = await this.#apps();
    for (const one of this.apps) {
      const app = apps.get(one.name);
      const all = objects.get(one.name);
      if (!app || !all) continue;
      this.#hear(one, app);
      this.#expectSame(one, all);
      // A status that has changed meanwhile was of other objects.
      const isStill =
        before.get(one.name)?.metadata.resourceVersion === after.get(one.name)?.metadata.resourceVersion;
      if (isStill) this.#expectWholeCommit(one, app, all);
    }
  }

  #hear({ name }: Delivered, { metadata, status }: Stored<Application>): void {
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    if (!status || !ready) return;
    const isWell =
      status.phase === 'Healthy' &&
      status.sync === 'Synced' &&
      status.observedGeneration === metadata.generation;
    const wellAt = isWell ? status.lastAppliedRevision : undefined;
    this.#said.set(name, { reason: ready.reason, message: status.message ?? '', wellAt });
    const reasons = this.#reasons.get(name) ?? new Map<string, number>();
    this.#reasons.set(name, reasons);
    if (!reasons.has(ready.reason)) reasons.set(ready.reason, performance.now());
  }

  /** What is not ours is never written; what every commit has is never made anew. */
  #expectSame({ name, isElsewhere }: Delivered, all: readonly Stored<ConfigMap>[]): void {
    const foreign = all.find(({ metadata }) => metadata.name === FOREIGN);
    const version = foreign && `${foreign.metadata.uid} ${foreign.metadata.resourceVersion}`;
    this.#expectStill('unowned', `${name}/${FOREIGN}`, version);
    for (const kept of KEPT) {
      const uid = all.find(({ metadata }) => metadata.name === kept)?.metadata.uid;
      this.#expectStill('lost', `${name}/${kept}${isElsewhere ? ' in east' : ''}`, uid);
    }
  }

  #expectStill(breach: Breach, place: string, is: string | undefined): void {
    const was = this.#same.get(place);
    if (was === undefined && is !== undefined) this.#same.set(place, is);
    else if (was !== is) this.#note(breach, `${place} is ${is ?? 'gone'}, and was ${was}`);
  }

  #expectWholeCommit(one: Delivered, { status }: Stored<Application>, all: readonly Stored<ConfigMap>[]) {
    if (status?.sync !== 'Synced') return;
    const set = one.setOf(status.lastAppliedRevision);
    const is = valuesOf(all);
    if (set && !isSame(is, set))
      this.#note(
        'mixed',
        `${one.name} is called synced at ${status.lastAppliedRevision}, and has ${shown(is)}`,
      );
  }

  #note(breach: Breach, what: string): void {
    this.found.set(what, breach);
  }

  async #apps(): Promise<ReadonlyMap<string, Stored<Application>>> {
    const { items } = await list(this.home, applications, { namespace: '*' });
    return new Map(items.map((one) => [one.metadata.namespace ?? '', one]));
  }

  async #look(): Promise<Look> {
    const [apps, home, east] = await Promise.all([
      this.#apps(),
      list(this.home, maps, { namespace: '*' }),
      list(this.east, maps, { namespace: '*' }),
    ]);
    const objects = this.apps.map(({ name, isElsewhere }) => {
      const { items } = isElsewhere ? east : home;
      const own = ({ metadata }: Stored<ConfigMap>) =>
        metadata.namespace === name && metadata.name !== OF_KUBERNETES;
      return [name, items.filter(own)] as const;
    });
    return { apps, objects: new Map(objects) };
  }
}

/** What is not of others. */
function valuesOf(all: readonly Stored<ConfigMap>[]): Values {
  const ours = all.filter(({ metadata }) => metadata.name !== FOREIGN);
  return Object.fromEntries(ours.map(({ metadata, data }) => [metadata.name, data?.x ?? ''] as const));
}

const shown = (values: Values) => JSON.stringify(values);
const isSame = (one: Values, other: Values) =>
  JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
