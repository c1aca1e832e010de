import type { Connection } from '../../kube';
import type { Source, SourceTree } from '../source/source';
import type { Verdict } from './verdict';

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

  forget(key: string): void {
    this.#known.delete(key);
    this.#changes.delete(key);
  }
}
