import type { Connection, Stored } from '../../kube';
import type { Application } from '../api/application';
import type { Source, SourceTree } from '../source/source';
import type { Target } from './targets';
import { type Verdict, verdictAt } from './verdict';

/** Even where watches tell of no change the cluster is asked so often: a net for what they might miss. */
const FULL_LOOK_MS = 10 * 60_000;

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
 * one is looked at counts: what was found may be older than it.
 */
export class Settled {
  readonly #known = new Map<string, Quiet>();
  readonly #changes = new Map<string, number>();

  /** Something of what it has applied is no longer as it was. */
  changed(key: string): void {
    this.#changes.set(key, this.changes(key) + 1);
    this.#known.delete(key);
  }

  /** How many changes there were, to be asked before it is looked at. */
  changes(key: string): number {
    return this.#changes.get(key) ?? 0;
  }

  settle(key: string, changesBefore: number, quiet: Quiet): void {
    if (this.changes(key) === changesBefore) this.#known.set(key, quiet);
  }

  get(key: string): Quiet | undefined {
    return this.#known.get(key);
  }

  unsettle(key: string): void {
    this.#known.delete(key);
  }

  unsettleAll(): void {
    this.#known.clear();
  }

  forget(key: string): void {
    this.#known.delete(key);
    this.#changes.delete(key);
  }

  /** What was found of a target, if it need not be looked at again. */
  async of(app: Stored<Application>, target: Target, source: Source): Promise<Quiet | undefined> {
    const quiet = this.#known.get(target.key);
    if (!quiet) return undefined;
    const isOf = quiet.generation === app.metadata.generation && quiet.source === source;
    if (isOf && performance.now() - quiet.at <= FULL_LOOK_MS) {
      const link = await target.reach().catch(() => undefined);
      if (link?.connection === quiet.connection) return quiet;
    }
    this.unsettle(target.key);
    return undefined;
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
