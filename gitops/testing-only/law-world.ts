import type { KubeObject } from '../../kube';
import type { ApplicationStatus } from '../api/application';
import { GitopsError } from '../errors';
import { FleetWorld, HOME, NAMESPACE } from './fleet-world';
import type { Maps, Schedule, Step } from './gitops-schedule';

const FOREIGN = 'theirs';
const LIVE = { tier: 'live' };
const fileOf = (name: string, x: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { x: "${x}" }\n`;
const filesOf = (maps: Maps) =>
  Object.fromEntries(Object.entries(maps).map(([name, x]) => [`${name}.yaml`, fileOf(name, x)]));
const JOB = 'apiVersion: batch/v1\nkind: Job\nmetadata: { name: job }\nspec: { template: { image: a } }\n';

/** A process that was killed does nothing any more, and says nothing. */
class Killed extends Error {}

/** A world to which the steps of a schedule happen, and what is known of it that no controller can know. */
export class LawWorld {
  readonly names: readonly string[];
  readonly #world: FleetWorld;
  readonly #sets = new Map<string, Maps>();
  readonly #meant: Set<string>;
  #wanted: Maps = {};
  #good = '';
  #versions = 0;
  isDeleting = false;
  /** The last commit may not be applied. */
  isHeadBad = false;

  static async start({ isHome }: Schedule): Promise<LawWorld> {
    const names = isHome ? [HOME] : ['east', 'west'];
    const destination = isHome ? {} : { clusterSelector: { matchLabels: LIVE } };
    return new LawWorld(await FleetWorld.start(isHome ? [] : names, destination), names);
  }

  private constructor(world: FleetWorld, names: readonly string[]) {
    this.#world = world;
    this.names = names;
    this.#meant = new Set(names);
    // Guards against deletions have tests of their own; here they would leave what a schedule wants gone.
    world.change({ sync: { timeout: '1h', interval: '20ms', allowPrune: true } });
    for (const name of names) {
      const metadata = { name: FOREIGN, namespace: NAMESPACE };
      const foreign = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { x: 'mine' } };
      world.places.get(name)!.model.edit('somebody', foreign as KubeObject);
    }
    this.push({ a: '0' });
  }

  get isHome(): boolean {
    return this.names[0] === HOME;
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

  /** The ConfigMaps of a cluster that are not of others. */
  ours(name: string): Maps {
    const { [FOREIGN]: _foreign, ...ours } = this.#world.maps(name);
    return ours;
  }

  hasForeign(name: string): boolean {
    return this.#world.maps(name)[FOREIGN] === 'mine';
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
        world.source.putBack(this.#good);
        this.isHeadBad = false;
        return;
      case 'stuck':
        return this.#stuck();
      case 'edit':
        if (Object.hasOwn(this.ours(this.#name(step)), step.name))
          world.edit(this.#name(step), step.name, 'by hand');
        return;
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
        if (!this.isHome) world.places.get(this.#name(step))!.isAway = step.what === 'cluster-away';
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
        this.isDeleting = true;
        return this.reconcile();
    }
  }

  /** All that was away is back, and one cluster at least is meant. */
  calm(): void {
    this.#world.source.trouble = undefined;
    for (const place of this.#world.places.values()) place.isAway = false;
    if (this.#meant.size === 0) this.#mean(this.names[0]!, true);
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
    for (const name of this.names)
      if (Object.keys(this.ours(name)).length > 0)
        throw new Error(`the law: its deletion leaves things in ${name}`);
    this.#world.makeAgain();
  }

  close(): Promise<void> {
    return this.#world.close();
  }

  #name({ cluster }: { readonly cluster: number }): string {
    return this.names[cluster % this.names.length]!;
  }

  #mean(name: string, isMeant: boolean): void {
    if (this.isHome || this.isMeant(name) === isMeant) return;
    this.#world.label(name, isMeant ? LIVE : {});
    if (isMeant) this.#meant.add(name);
    else this.#meant.delete(name);
  }

  #rotate(name: string): void {
    if (this.isHome) return;
    this.#versions += 1;
    this.#world.rotate(name, `${name} version ${this.#versions}`);
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
    this.#world.restart();
    this.#world.expireLeases();
  }

  /** The good commit is there as soon as the wait for the other has begun. */
  async #stuck(): Promise<void> {
    const places = [...this.#world.places.values()];
    const maps = this.#wanted;
    for (const { model } of places) model.jobStatus = { active: 1 };
    this.#world.source.push({ ...filesOf(maps), 'job.yaml': JOB });
    let hasEnded = false;
    const working = this.reconcile().finally(() => {
      hasEnded = true;
    });
    const isWaiting = () =>
      places.some(({ model }) => [...model.objects.values()].some(({ kind }) => kind === 'Job'));
    while (!hasEnded && !isWaiting()) await new Promise((resolve) => setTimeout(resolve, 5));
    this.push({ ...maps, a: '2' });
    await working;
    for (const { model } of places) model.jobStatus = { conditions: [{ type: 'Complete', status: 'True' }] };
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
