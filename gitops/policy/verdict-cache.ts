import { GitopsError } from '../errors';
import type { PolicyFinding } from './engine';

/** Verdicts that are remembered. */
const REMEMBERED = 4_096;
/** Without a verdict it is tried again after so long: policies do not mend themselves, and each try costs its limits. */
const FAILURE_MS = 60_000;

type Known =
  | { readonly findings: readonly PolicyFinding[] }
  | { readonly error: GitopsError; readonly at: number };

/** Verdicts by a hash of all that they rest on: the policies, the objects, and whose they are. */
export class VerdictCache {
  /** In the order of their last use. */
  readonly #known = new Map<string, Known>();

  async of(key: string, judge: () => Promise<readonly PolicyFinding[]>): Promise<readonly PolicyFinding[]> {
    const known = this.#known.get(key);
    if (known && 'findings' in known) return this.#keep(key, known).findings;
    if (known && performance.now() - known.at < FAILURE_MS) throw known.error;
    try {
      return this.#keep(key, { findings: await judge() }).findings;
    } catch (error) {
      // A program that is missing may be there the next moment, which costs nothing to find out.
      if (error instanceof GitopsError && error.code === 'POLICY_FAILED')
        this.#keep(key, { error, at: performance.now() });
      throw error;
    }
  }

  #keep<Kept extends Known>(key: string, known: Kept): Kept {
    this.#known.delete(key);
    this.#known.set(key, known);
    if (this.#known.size > REMEMBERED) this.#known.delete(this.#known.keys().next().value!);
    return known;
  }
}
