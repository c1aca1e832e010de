/** By the mark of a branch, the keys of the Applications that follow it. */
export class Followers {
  readonly #of = new Map<string, Set<string>>();
  readonly #marks = new Map<string, string>();

  /** @param mark undefined where the address has none */
  follow(key: string, mark: string | undefined): void {
    if (this.#marks.get(key) === mark) return;
    this.forget(key);
    if (mark === undefined) return;
    this.#marks.set(key, mark);
    const keys = this.#of.get(mark) ?? new Set();
    this.#of.set(mark, keys.add(key));
  }

  forget(key: string): void {
    const mark = this.#marks.get(key);
    if (mark === undefined) return;
    this.#marks.delete(key);
    const keys = this.#of.get(mark);
    keys?.delete(key);
    if (keys?.size === 0) this.#of.delete(mark);
  }

  of(mark: string): Iterable<string> {
    return this.#of.get(mark) ?? [];
  }
}
