import type { GitopsError } from '../errors';
import { hashOf } from '../hash-of';
import type { Source, SourceFile, SourceTree } from '../source/source';

/** A branch in memory: what a test pushes is its head. */
export class ModelSource implements Source {
  readonly #commits = new Map<string, Readonly<Record<string, string>>>();
  #head = '';
  /** Is thrown in the place of an answer while it is set. */
  trouble: GitopsError | undefined;

  push(files: Readonly<Record<string, string>>): string {
    this.#head = `commit-${this.#commits.size + 1}`;
    this.#commits.set(this.#head, files);
    return this.#head;
  }

  pushed(): void {}

  onPush(): () => void {
    return () => {};
  }

  async changedPaths(): Promise<undefined> {}

  /** The branch is at an earlier commit again. */
  putBack(revision: string): void {
    this.#head = revision;
  }

  async revision(): Promise<string> {
    if (this.trouble) throw this.trouble;
    return this.#head;
  }

  async tree(revision: string): Promise<SourceTree> {
    return { revision, id: hashOf(this.#commits.get(revision) ?? {}) };
  }

  async files({ revision }: SourceTree): Promise<readonly SourceFile[]> {
    const files = Object.entries(this.#commits.get(revision) ?? {});
    return files.map(([path, content]) => ({ path, content: Buffer.from(content) }));
  }
}
