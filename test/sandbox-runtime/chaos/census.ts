import type { Cluster } from '../../../cluster';
import type { Job, Pod } from '../../../imports/k8s';
import { POOL_MARKS } from '../../../sandbox/spec';
import { expiryOf, isOver } from '../cleanup';

/** What the controllers and the node may take on a busy machine, as for clients that are killed. */
const SWEEP_MS = 30_000;
const EVERY_MS = 700;

interface Known {
  expiresAt: number | undefined;
  /** When something of it ran, or still could. */
  aliveAt: number;
  readonly pods: Set<string>;
}

/** Looks at all Jobs and pods of a namespace over and over, as its administrator, from beside the managers. */
export class Census {
  readonly #known = new Map<string, Known>();
  readonly #promised = new Map<string, number>();
  #looks = 0;
  #isOn = true;
  #looking: Promise<void>;

  constructor(
    private readonly cluster: Cluster,
    private readonly namespace: string,
  ) {
    this.#looking = this.#goOn();
  }

  /** What the caller of a claim was told of its end, whatever its Job says. */
  promised(name: string, expiresAt: number): void {
    this.#promised.set(name, expiresAt);
  }

  /** Every Job that was seen so far. */
  get names(): string[] {
    return [...this.#known.keys()];
  }

  /** Pods of a Job whose container was started. */
  podsOf(name: string): number {
    return this.#known.get(name)?.pods.size ?? 0;
  }

  /** Waits until nothing of them may run any more, or all of it is late. */
  async over(names: readonly string[]): Promise<void> {
    const first = this.#looks;
    const isOpen = (name: string) => {
      const known = this.#known.get(name);
      return known !== undefined && known.aliveAt === this.#lastLook && !this.#isLate(name);
    };
    // A look that began before may not have seen the newest.
    while (this.#looks < first + 2 || names.some(isOpen))
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }

  /** Those of them that lived longer than they may. */
  orphans(names: readonly string[]): string[] {
    return names.filter((name) => this.#isLate(name));
  }

  /** How many of each manager's members are warm now. */
  async warm(): Promise<ReadonlyMap<string, number>> {
    const { items } = await this.#jobs();
    const held = new Map<string, number>();
    for (const { metadata, status } of items) {
      const { labels = {}, deletionTimestamp } = metadata ?? {};
      if (labels[POOL_MARKS.state] !== 'warm' || deletionTimestamp || isOver(status)) continue;
      const holder = labels[POOL_MARKS.holder]!;
      held.set(holder, (held.get(holder) ?? 0) + 1);
    }
    return held;
  }

  async close(): Promise<void> {
    this.#isOn = false;
    await this.#looking;
  }

  #lastLook = 0;

  #isLate(name: string): boolean {
    const known = this.#known.get(name);
    const expiresAt = Math.min(
      this.#promised.get(name) ?? Number.POSITIVE_INFINITY,
      known?.expiresAt ?? Number.POSITIVE_INFINITY,
    );
    return known !== undefined && known.aliveAt > expiresAt + SWEEP_MS;
  }

  async #goOn(): Promise<void> {
    while (this.#isOn) {
      // While the API server is away, nothing is seen, and nothing concluded.
      await this.#look().catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }

  async #look(): Promise<void> {
    const [jobs, pods] = await Promise.all([
      this.#jobs(),
      this.cluster.api.call<{ items: Pod[] }>('GET', `/api/v1/namespaces/${this.namespace}/pods`),
    ]);
    const now = Date.now();
    this.#lastLook = now;
    for (const job of jobs.items) {
      const known = this.#knownOf(job.metadata!.name!);
      known.expiresAt = expiryOf(job) ?? known.expiresAt;
      if (!isOver(job.status)) known.aliveAt = now;
    }
    for (const { metadata, status } of pods.items) {
      const known = this.#knownOf(metadata?.labels?.['job-name'] ?? metadata!.name!);
      if (status?.phase === 'Running' || status?.phase === 'Pending') known.aliveAt = now;
      if (status?.containerStatuses?.[0]?.containerID) known.pods.add(metadata!.uid!);
    }
    this.#looks += 1;
  }

  #knownOf(name: string): Known {
    const known = this.#known.get(name) ?? { expiresAt: undefined, aliveAt: 0, pods: new Set<string>() };
    this.#known.set(name, known);
    return known;
  }

  #jobs(): Promise<{ items: Job[] }> {
    return this.cluster.api.call<{ items: Job[] }>('GET', `/apis/batch/v1/namespaces/${this.namespace}/jobs`);
  }
}
