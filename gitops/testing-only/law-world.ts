import type { ApplicationStatus } from '../api/application';
import { GitopsError } from '../errors';
import { HOME } from './fleet-world';
import type { Maps, Schedule, Step } from './gitops-schedule';
import type { Begin, World } from './world';

const FOREIGN = 'theirs';
const LIVE = { tier: 'live' };
const fileOf = (name: string, x: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { x: "${x}" }\n`;
const filesOf = (maps: Maps) =>
  Object.fromEntries(Object.entries(maps).map(([name, x]) => [`${name}.yaml`, fileOf(name, x)]));
const JOB = `apiVersion: batch/v1
kind: Job
metadata: { name: job }
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{ name: main, image: "localhost/none:1" }]
`;
/** Guards against deletions have tests of their own; here they would leave what a schedule wants gone. */
const SYNC = { timeout: '1h', allowPrune: true };

/** A process that was killed does nothing any more, and says nothing. */
class Killed extends Error {}

/** What was in the clusters at one moment. */
export class Look {
  constructor(private readonly all: ReadonlyMap<string, Maps>) {}

  /** The ConfigMaps of a cluster that are not of others. */
  ours(name: string): Maps {
    const { [FOREIGN]: _foreign, ...ours } = this.all.get(name) ?? {};
    return ours;
  }

  hasForeign(name: string): boolean {
    return this.all.get(name)?.[FOREIGN] === 'mine';
  }
}

/** A world to which the steps of a schedule happen, and what is known of it that no controller can know. */
export class LawWorld {
  readonly names: readonly string[];
  readonly #world: World;
  readonly #sets = new Map<string, Maps>();
  readonly #meant: Set<string>;
  #wanted: Maps = {};
  #good = '';
  #versions = 0;
  isDeleting = false;
  /** The last commit may not be applied. */
  isHeadBad = false;

  static async start({ isHome }: Schedule, begin: Begin): Promise<LawWorld> {
    const names = isHome ? [HOME] : ['east', 'west'];
    const destination = isHome ? {} : { clusterSelector: { matchLabels: LIVE } };
    const world = await begin({ others: isHome ? [] : names, labels: LIVE, destination, sync: SYNC });
    for (const name of names) await world.plant(name, FOREIGN, 'mine');
    return new LawWorld(world, names);
  }

  private constructor(world: World, names: readonly string[]) {
    this.#world = world;
    this.names = names;
    this.#meant = new Set(names);
    this.push({ a: '0' });
  }

  get isHome(): boolean {
    return this.names[0] === HOME;
  }

  get patienceMs(): number {
    return this.#world.patienceMs;
  }

  get mostLooks(): number {
    return this.#world.mostLooks;
  }

  get status(): ApplicationStatus {
    return this.#world.status;
  }

  /** What the last commit that may be applied has. */
  get wanted(): Maps {
    return this.#wanted;
  }

  get isAnyMeant(): boolean {
    return this.#meant.size > 0;
  }

  isMeant(name: string): boolean {
    return this.#meant.has(name);
  }

  /** What a commit has; undefined for one that may not be applied. */
  setOf(revision: string | undefined): Maps | undefined {
    return this.#sets.get(revision ?? '');
  }

  /** What is in each cluster now. */
  async look(): Promise<Look> {
    const maps = async (name: string) => [name, await this.#world.maps(name)] as const;
    return new Look(new Map(await Promise.all(this.names.map(maps))));
  }

  push(maps: Maps): void {
    this.#good = this.#world.source.push(filesOf(maps));
    this.#sets.set(this.#good, maps);
    this.#wanted = maps;
    this.isHeadBad = false;
  }

  async step(step: Step): Promise<void> {
    const world = this.#world;
    switch (step.what) {
      case 'push':
        return this.push(step.maps);
      case 'push-bad':
        world.source.push(this.#bad(step.how));
        this.isHeadBad = true;
        return;
      case 'put-back':
        return this.#putBack();
      case 'stuck':
        return this.#stuck({}, () => this.push({ ...this.#wanted, a: '2' }));
      case 'stuck-put-back':
        // What is written is not told by watches yet when the branch is back.
        return this.#stuck({ a: 'stuck' }, () => this.#putBack());
      case 'edit':
        return this.#edit(this.#name(step), step.name);
      case 'delete':
        return world.remove(this.#name(step), step.name);
      case 'away':
        world.source.trouble = away();
        return;
      case 'back':
        world.source.trouble = undefined;
        return;
      case 'cluster-away':
      case 'cluster-back':
        if (!this.isHome) await world.setAway(this.#name(step), step.what === 'cluster-away');
        return;
      case 'meant':
      case 'not-meant':
        return this.#mean(this.#name(step), step.what === 'meant');
      case 'rotate':
        return this.#rotate(this.#name(step));
      case 'reconcile':
        for (let time = 0; time < step.times; time += 1) await this.reconcile();
        return;
      case 'killed':
        return this.#killed(step.beforeWrite);
      case 'delete-application':
        if (!this.isDeleting) await world.beginDeletion();
        this.isDeleting = true;
        return this.reconcile();
    }
  }

  /** All that was away is back, and one cluster at least is meant. */
  async calm(): Promise<void> {
    this.#world.source.trouble = undefined;
    if (!this.isHome) for (const name of this.names) await this.#world.setAway(name, false);
    if (this.#meant.size === 0) await this.#mean(this.names[0]!, true);
  }

  /** Its clusters are looked at, and then the Application. */
  async reconcile(): Promise<void> {
    await this.#world.lookAtClusters();
    if (!this.isDeleting) {
      await this.#world.reconcile();
      return;
    }
    // One that fails is tried again, as the queue does it.
    const again = await this.#world.finalize().catch((error: unknown) => {
      if (error instanceof Killed) throw error;
      return { afterMs: 1 };
    });
    if (again) return;
    this.isDeleting = false;
    // It has gone. Somebody makes it again.
    const now = await this.look();
    for (const name of this.names)
      if (Object.keys(now.ours(name)).length > 0)
        throw new Error(`the law: its deletion leaves things in ${name}`);
    await this.#world.makeAgain();
  }

  close(): Promise<void> {
    return this.#world.close();
  }

  #name({ cluster }: { readonly cluster: number }): string {
    return this.names[cluster % this.names.length]!;
  }

  async #edit(cluster: string, name: string): Promise<void> {
    if (Object.hasOwn(await this.#world.maps(cluster), name))
      await this.#world.edit(cluster, name, 'by hand');
  }

  async #mean(name: string, isMeant: boolean): Promise<void> {
    if (this.isHome || this.isMeant(name) === isMeant) return;
    await this.#world.label(name, isMeant ? LIVE : {});
    if (isMeant) this.#meant.add(name);
    else this.#meant.delete(name);
  }

  async #rotate(name: string): Promise<void> {
    if (this.isHome) return;
    this.#versions += 1;
    await this.#world.rotate(name, `version-${this.#versions}`);
  }

  async #killed(beforeWrite: number): Promise<void> {
    let left = beforeWrite;
    this.#world.beforeWrite = () => {
      left -= 1;
      if (left < 0) throw new Killed();
    };
    await this.reconcile().catch((error: unknown) => {
      if (error instanceof Error && error.message.startsWith('the law')) throw error;
    });
    this.#world.beforeWrite = () => {};
    await this.#world.restart();
    await this.#world.expireLeases();
  }

  #putBack(): void {
    this.#world.source.putBack(this.#good);
    this.isHeadBad = false;
  }

  /** The good commit is there as soon as the wait for the other has begun. */
  async #stuck(others: Maps, mend: () => void): Promise<void> {
    const world = this.#world;
    world.setStuck(true);
    world.source.push({ ...filesOf({ ...this.#wanted, ...others }), 'job.yaml': JOB });
    let hasEnded = false;
    const working = this.reconcile().finally(() => {
      hasEnded = true;
    });
    while (!hasEnded && !(await world.hasJob())) await new Promise((resolve) => setTimeout(resolve, 5));
    mend();
    await working;
    world.setStuck(false);
  }

  #bad(how: Extract<Step, { readonly what: 'push-bad' }>['how']): Record<string, string> {
    if (how === 'empty') return {};
    const good = filesOf(this.#wanted);
    if (how === 'broken') return { ...good, 'z.yaml': 'a: [' };
    if (how === 'half') return { 'a.yaml': fileOf('a', 'half'), 'z.yaml': 'kind: ConfigMap\n' };
    if (how === 'foreign') return { ...good, 'z.yaml': fileOf(FOREIGN, 'taken') };
    const unknown = 'apiVersion: v1\nkind: Confg\nmetadata: { name: z }\n';
    return { 'a.yaml': fileOf('a', 'unknown'), 'z.yaml': unknown };
  }
}

function away(): GitopsError {
  const facts = { where: 'the repository', found: 'nothing', expected: 'an answer', remedy: 'wait' };
  return new GitopsError('SOURCE_UNREACHABLE', facts);
}
