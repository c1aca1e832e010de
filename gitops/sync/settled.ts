import type { Connection, Stored } from '../../kube';
import type { Application } from '../api/application';
import type { Source, SourceTree } from '../source/source';
import { actingAs } from './acting-as';
import type { SeenChange } from './drift';
import { settingsOf } from './settings';
import { areStillHealthy } from './still-healthy';
import type { Target } from './targets';
import { type Verdict, verdictAt } from './verdict';

/** Even where watches tell of no change the cluster is asked so often: a net for what they might miss. */
export const FULL_LOOK_MS = 10 * 60_000;
/** So many changes are known one by one; of more it is known that there were some. */
const MOST_REMEMBERED = 1_000;

/** What an Application was found to be when nothing was left to do. */
export interface Quiet {
  readonly generation: number | undefined;
  readonly connection: Connection;
  readonly source: Source;
  readonly tree: SourceTree;
  readonly verdict: Verdict;
  /** When it was found, by the monotonic clock. */
  readonly at: number;
}

/**
 * Applications of which nothing has to be asked, as watches would have told what has changed since. A change that comes while
 * one is looked at counts: what was found may be older than it. Only what was written by that very look does not.
 */
export class Settled {
  readonly #known = new Map<string, Quiet>();
  /** By Application, of which objects a new status has come since. */
  readonly #unsure = new Map<string, Map<string, SeenChange>>();
  readonly #changes = new Map<string, Changes>();

  /** Something of what it has applied is no longer as it was. */
  changed(key: string, change: SeenChange): void {
    const changes = this.#changes.get(key) ?? new Changes();
    this.#changes.set(key, changes);
    changes.add(change);
    const known = this.#known.get(key);
    if (!known || known.verdict.own?.(change)) return;
    if (change.isStatusOnly) this.#doubt(key, [change]);
    else this.unsettle(key);
  }

  /** How many changes there were, to be asked before it is looked at. */
  changes(key: string): number {
    return this.#changes.get(key)?.count ?? 0;
  }

  settle(key: string, changesBefore: number, quiet: Quiet): void {
    const { own = () => false } = quiet.verdict;
    const changes = this.#changes.get(key);
    const others = changes?.since(changesBefore, own) ?? [];
    if (others === 'unknown' || others.some(({ isStatusOnly }) => !isStatusOnly)) return;
    this.#known.set(key, quiet);
    this.#unsure.delete(key);
    this.#doubt(key, others);
    changes?.forget();
  }

  #doubt(key: string, changes: readonly SeenChange[]): void {
    const unsure = this.#unsure.get(key) ?? new Map<string, SeenChange>();
    for (const change of changes) unsure.set(change.uid, change);
    if (unsure.size > 0) this.#unsure.set(key, unsure);
  }

  get(key: string): Quiet | undefined {
    return this.#known.get(key);
  }

  /** Whether nothing at all has changed since, not even a status. */
  isSure(key: string): boolean {
    return this.#known.has(key) && !this.#unsure.has(key);
  }

  unsettle(key: string): void {
    this.#known.delete(key);
    this.#unsure.delete(key);
  }

  unsettleAll(): void {
    this.#known.clear();
    this.#unsure.clear();
  }

  forget(key: string): void {
    this.unsettle(key);
    this.#changes.delete(key);
  }

  /** What was found of a target, if it need not be looked at again. */
  async of(app: Stored<Application>, target: Target, source: Source): Promise<Quiet | undefined> {
    const quiet = this.#known.get(target.key);
    if (!quiet) return undefined;
    const isOf = quiet.generation === app.metadata.generation && quiet.source === source;
    if (isOf && performance.now() - quiet.at <= FULL_LOOK_MS) {
      const link = await target.reach().catch(() => undefined);
      const isSame = link?.connection === quiet.connection;
      if (isSame && (await this.#isStillHealthy(app, target.key, quiet))) return quiet;
    }
    this.unsettle(target.key);
    return undefined;
  }

  async #isStillHealthy(app: Stored<Application>, key: string, { connection }: Quiet): Promise<boolean> {
    const unsure = this.#unsure.get(key);
    if (!unsure) return true;
    this.#unsure.delete(key);
    // Where it cannot be asked, the whole look tells why.
    return areStillHealthy(actingAs(connection, settingsOf(app)), [...unsure.values()]).catch(() => false);
  }

  /** A commit that touches other folders is noted, and the cluster is not asked. */
  async noted(
    app: Stored<Application>,
    target: Target,
    wanted: { readonly source: Source; readonly tree: SourceTree; readonly changes: number },
  ): Promise<Verdict | undefined> {
    const { source, tree, changes } = wanted;
    const quiet = await this.of(app, target, source);
    if (quiet?.tree.id !== tree.id) return undefined;
    const verdict = verdictAt(tree, quiet.verdict);
    this.settle(target.key, changes, { ...quiet, tree, verdict });
    return verdict;
  }
}

/** What has changed of one: of each object the last change, and the last of its status alone, until all is settled. */
class Changes {
  count = 0;
  readonly #last = new Map<string, { readonly at: number; readonly change: SeenChange }>();
  /** What came up to here is no longer known one by one. */
  #forgotten = 0;

  add(change: SeenChange): void {
    this.count += 1;
    // A status that comes later does not hide what came before it.
    this.#last.set(`${change.uid} ${change.isStatusOnly}`, { at: this.count, change });
    if (this.#last.size > MOST_REMEMBERED) this.forget();
  }

  forget(): void {
    this.#last.clear();
    this.#forgotten = this.count;
  }

  /** What came after so many, but for some. */
  since(count: number, isLeftOut: (change: SeenChange) => boolean): readonly SeenChange[] | 'unknown' {
    if (count < this.#forgotten) return 'unknown';
    const since = [...this.#last.values()].filter(({ at }) => at > count);
    return since.map(({ change }) => change).filter((change) => !isLeftOut(change));
  }
}
