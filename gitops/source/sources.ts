import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Credentials } from './credentials';
import { folderNameOf, GitRepository } from './git-repository';
import { markOf } from './mark';
import { inWords, type Point } from './point';
import { LIMITS, type Moved, type Source, type SourceLimits } from './source';

export interface SourcesOptions {
  /** Where repositories are kept. Nothing else may be in it. */
  readonly folder: string;
  readonly limits?: Partial<SourceLimits>;
  /** Is told each time that a branch is found at another commit. */
  readonly onMoved?: ((moved: Moved) => void) | undefined;
}

/** What is followed: a branch of Git, or a bookmark of jj, which is a branch where it is pushed to. */
export interface Followed {
  readonly url: string;
  readonly branch: string;
  /** @default 'git' */
  readonly type?: 'git' | 'jj';
  /** What is looked at in the place of the branch. */
  readonly point?: Exclude<Point, { readonly branch: string }>;
}

interface Known {
  readonly source: Source;
  readonly mark: string | undefined;
  usedAt: number;
}

/** Longer than the longest interval of an Application. */
const UNUSED_MS = 25 * 3_600_000;

/** One source for all who follow the same branch with the same credentials. */
export class Sources {
  readonly #folder: string;
  readonly #limits: SourceLimits;
  readonly #onMoved: SourcesOptions['onMoved'];
  readonly #known = new Map<string, Known>();

  constructor({ folder, limits, onMoved }: SourcesOptions) {
    this.#onMoved = onMoved;
    this.#folder = folder;
    this.#limits = { ...LIMITS, ...limits };
  }

  of({ url, branch, type = 'git', point }: Followed, credentials: Credentials): Source {
    // Who has other credentials must not be answered with what these may see.
    const name = folderNameOf(url, branch, type, credentials.identity, ...(point ? [inWords(point)] : []));
    const now = performance.now();
    const known = this.#known.get(name);
    if (known) {
      known.usedAt = now;
      return known.source;
    }
    this.#sweep(now);
    const folder = join(this.#folder, name);
    const source = new GitRepository({
      url,
      branch,
      type,
      point,
      credentials,
      folder,
      limits: this.#limits,
      onMoved: this.#onMoved,
    });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#known.set(name, { source, mark: markOf(url, branch), usedAt: now });
    return source;
  }

  /** Whatever was known of this branch may be old, with whichever credentials it is followed. */
  pushed(mark: string): void {
    for (const known of this.#known.values()) if (known.mark === mark) known.source.pushed();
  }

  /** What has not been asked for long is of an Application that has gone, or of a password that has changed. */
  #sweep(now: number): void {
    for (const [name, { usedAt }] of this.#known) {
      if (now - usedAt < UNUSED_MS) continue;
      this.#known.delete(name);
      rmSync(join(this.#folder, name), { recursive: true, force: true });
    }
  }
}
