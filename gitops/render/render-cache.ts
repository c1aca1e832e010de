import { GitopsError } from '../errors';
import type { Rendered } from './documents';

/** Objects of all that is remembered together. */
const MOST_OBJECTS = 5_000;
/** What a program could not render it cannot the next time; but a busy machine may have been the cause. */
const FAILURE_MS = 5 * 60_000;

type Known = { readonly rendered: Rendered } | { readonly error: GitopsError; readonly at: number };

/**
 * What was rendered, by a hash of all that goes into it. So a program runs once for a content of a folder, what is random in
 * a chart stays as it was while the controller runs, and a chart without an end costs its time once in a while.
 */
export class RenderCache {
  /** In the order of their last use. */
  readonly #known = new Map<string, Known>();
  #objects = 0;

  async of(key: string, render: () => Promise<Rendered>): Promise<Rendered> {
    const known = this.#known.get(key);
    if (known) this.#drop(key);
    if (known && 'rendered' in known) {
      this.#keep(key, known);
      return known.rendered;
    }
    if (known && performance.now() - known.at < FAILURE_MS) {
      this.#keep(key, known);
      throw known.error;
    }
    try {
      const rendered = await render();
      this.#keep(key, { rendered });
      return rendered;
    } catch (error) {
      if (error instanceof GitopsError && error.code === 'RENDER_FAILED')
        this.#keep(key, { error, at: performance.now() });
      throw error;
    }
  }

  #keep(key: string, known: Known): void {
    this.#drop(key);
    this.#known.set(key, known);
    this.#objects += sizeOf(known);
    for (const oldest of this.#known.keys()) {
      if (this.#objects <= MOST_OBJECTS) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const known = this.#known.get(key);
    if (!known) return;
    this.#known.delete(key);
    this.#objects -= sizeOf(known);
  }
}

function sizeOf(known: Known): number {
  return 'rendered' in known ? 1 + known.rendered.objects.length : 1;
}
