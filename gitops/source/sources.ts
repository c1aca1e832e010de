import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Credentials } from './credentials';
import { folderNameOf, GitRepository } from './git-repository';
import { LIMITS, type Source, type SourceLimits } from './source';

export interface SourcesOptions {
  /** Where repositories are kept. Nothing else may be in it. */
  readonly folder: string;
  readonly limits?: Partial<SourceLimits>;
}

/** One source for all who follow the same branch with the same credentials. */
export class Sources {
  readonly #folder: string;
  readonly #limits: SourceLimits;
  readonly #known = new Map<string, Source>();

  constructor({ folder, limits }: SourcesOptions) {
    this.#folder = folder;
    this.#limits = { ...LIMITS, ...limits };
  }

  of({ url, branch }: { readonly url: string; readonly branch: string }, credentials: Credentials): Source {
    // Who has other credentials must not be answered with what these may see.
    const name = folderNameOf(url, branch, credentials.identity);
    const known = this.#known.get(name);
    if (known) return known;
    const folder = join(this.#folder, name);
    const source = new GitRepository({ url, branch, credentials, folder, limits: this.#limits });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#known.set(name, source);
    return source;
  }
}
