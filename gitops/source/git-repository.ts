import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GitopsError } from '../errors';
import { hashOf } from '../hash-of';
import { commitIn, derivedChange } from './commit';
import type { Credentials } from './credentials';
import { complaintOf } from './git-complaint';
import { checkUrl, folderOf, isSsh, refOf, toldUrl } from './git-url';
import { type Listing, listingOf } from './listing';
import { type ObjectInStore, objectsIn } from './object-batch';
import { ObjectReader } from './object-reader';
import { orEnd } from './or-end';
import { type Found, find, type Point, type Remote } from './point';
import { type GitAnswer, type GitCall, runGit } from './run-git';
import type { Moved, Source, SourceFile, SourceLimits, SourceTree } from './source';
import { readTree, refuseOddEntries, type TreeEntry } from './tree-entries';

export interface GitRepositoryOptions {
  readonly url: string;
  readonly branch: string;
  /** What is looked at in the place of the branch. @default - the branch */
  readonly point?: Exclude<Point, { readonly branch: string }> | undefined;
  /** Of jj, each commit is a version of a change. @default 'git' */
  readonly type?: 'git' | 'jj';
  readonly credentials: Credentials;
  /** A folder of its own, which may be gone after each end of the process. */
  readonly folder: string;
  readonly limits: SourceLimits;
  /** Is told each time that the branch is found at another commit. */
  readonly onMoved?: ((moved: Moved) => void) | undefined;
}

const ENTRY_BYTES = 512;
/** Of a whole repository. */
const FOLDERS = 100_000;
/** A whole repository of more than about 80,000 files is not listed; then each folder is. */
const LISTING_BYTES = 8 * 1024 * 1024;
const COMMIT_BYTES = 1024 * 1024;
const CHANGED_BYTES = 1024 * 1024;
/** What a server says of its refs, for who looks among all of them. */
const REFS_BYTES = 4 * 1024 * 1024;
/** Where that is kept that is no branch which is followed. */
const LOOKED_AT = 'refs/drydock/head';
/** A name of a ref that can be asked for: whatever else a server says is passed over. */
const REF = /^([0-9a-f]{40,64})\t(refs\/[A-Za-z0-9_][A-Za-z0-9_.+@/-]*)$/;

interface Listed {
  readonly listing: Listing;
  readonly change: string | undefined;
}

/**
 * A branch of a Git repository. Nothing is checked out: git fetches into a bare store, and files are read from there as
 * objects, so that no hook, filter, attribute or symbolic link of the repository ever has an effect.
 */
export class GitRepository implements Source {
  readonly #options: GitRepositoryOptions;
  readonly #ref: string;
  readonly #store: string;
  readonly #where: string;
  readonly #pushListeners = new Set<() => void>();
  /** Ends with the last question that has begun, and never fails. */
  #asking: Promise<unknown> = Promise.resolve();
  /** The one that has not begun. */
  #next: Promise<string> | undefined;
  #asked: { readonly at: number; readonly answer: Promise<string> } | undefined;
  #listed: { readonly revision: string; readonly commit: Promise<Listed> } | undefined;
  readonly #reader: ObjectReader;
  /** The last commit that was fetched. */
  #fetched: string | undefined;

  constructor(options: GitRepositoryOptions) {
    checkUrl(options.url);
    options.credentials.require(options.url);
    this.#options = options;
    this.#ref = options.point ? LOOKED_AT : refOf(options.branch);
    this.#store = join(options.folder, 'store.git');
    this.#where = `repository ${toldUrl(options.url)}`;
    this.#reader = new ObjectReader((names, bytes) => this.#objects(names, bytes), options.limits.fileBytes);
  }

  revision(maxAgeMs: number, signal?: AbortSignal): Promise<string> {
    const isFresh = this.#asked && performance.now() - this.#asked.at <= maxAgeMs;
    if (this.#asked && isFresh) return orEnd(this.#asked.answer, signal);
    // One that has not begun yet is newer than whatever is asked for, so there is one that runs and one that waits at most.
    this.#next ??= this.#ask();
    return orEnd(this.#next, signal);
  }

  /** The question outlives whoever asks first: others wait for the same answer. */
  #ask(): Promise<string> {
    // Two fetches into one store would be in each other's way.
    const answer: Promise<string> = this.#asking.then(() => {
      this.#next = undefined;
      this.#asked = { at: performance.now(), answer };
      return this.#update();
    });
    // A failure is an answer to those who ask now, and to none later.
    this.#asking = answer.catch(() => {
      if (this.#asked?.answer === answer) this.#asked = undefined;
    });
    return answer;
  }

  pushed(): void {
    this.#asked = undefined;
    for (const listener of [...this.#pushListeners]) listener();
  }

  onPush(listener: () => void): () => void {
    this.#pushListeners.add(listener);
    return () => this.#pushListeners.delete(listener);
  }

  async tree(revision: string, path: string, signal?: AbortSignal): Promise<SourceTree> {
    const folder = folderOf(path);
    const { listing, change } = await this.#at(revision, signal);
    const id = listing.folders.get(folder);
    if (id !== undefined) return { revision, id, ...(change === undefined ? {} : { change }) };
    throw new GitopsError('PATH_MISSING', {
      where: this.#where,
      found: `no folder ${JSON.stringify(folder)} in commit ${revision}`,
      expected: 'the folder that `path` names',
      remedy: 'correct `spec.source.path`, or push the folder; what was applied stays as it is',
    });
  }

  async files(tree: SourceTree, endings: readonly string[], signal?: AbortSignal) {
    const { limits } = this.#options;
    const entries = await this.#below(tree, signal);
    refuseOddEntries(entries, limits.files, this.#where);
    const wanted = entries.filter(({ path }) => endings.some((ending) => path.endsWith(ending)));
    const bytes = wanted.reduce((sum, { size }) => sum + size, 0);
    if (bytes > limits.fileBytes) {
      throw new GitopsError('SOURCE_TOO_LARGE', {
        where: this.#where,
        found: `${bytes} bytes in ${wanted.length} files below the folder`,
        expected: `at most ${limits.fileBytes} bytes`,
        remedy: 'divide it into several Applications, or keep large files elsewhere',
      });
    }
    const ids = wanted.map((entry) => entry.id);
    const objects = await orEnd(this.#reader.objects(ids, bytes), signal);
    return wanted.map(({ path }, index): SourceFile => {
      const content = objects[index]?.content;
      if (!content) throw this.#damaged(path, 'no such file in the store');
      if (content.subarray(0, 42).toString('latin1').startsWith('version https://git-lfs.github.com/spec/'))
        throw this.#refused(`${path}, which is a pointer of Git LFS`, 'keep manifests in Git itself');
      return { path, content };
    });
  }

  async changedPaths(from: string, to: string, signal?: AbortSignal): Promise<readonly string[] | undefined> {
    const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', '--no-ext-diff', from, to];
    try {
      const { out } = await this.#git(args, { outputBytes: CHANGED_BYTES, signal });
      return out.toString('utf8').split('\0').slice(0, -1);
    } catch (error) {
      // A store that was begun anew lacks the first; what is wrong with the second is told by who reads it.
      if (error instanceof GitopsError && !signal?.aborted) return undefined;
      throw error;
    }
  }

  /** What lies below a folder: of the list of the commit, or by a list of its own. */
  async #below({ revision, id }: SourceTree, signal?: AbortSignal): Promise<readonly TreeEntry[]> {
    const listed = this.#listed?.revision === revision ? await orEnd(this.#listed.commit, signal) : undefined;
    const below = listed?.listing.below(id);
    if (below) return below;
    const outputBytes = this.#options.limits.files * ENTRY_BYTES;
    const args = ['ls-tree', '-r', '-z', '-l', '--full-tree', id];
    const { out } = await this.#git(args, { isLocal: true, outputBytes, signal });
    return readTree(out);
  }

  /** A commit with its list, read once for all who follow one of its folders. */
  #at(revision: string, signal?: AbortSignal): Promise<Listed> {
    if (this.#listed?.revision !== revision) {
      const commit = this.#readCommit(revision);
      const listed = { revision, commit };
      this.#listed = listed;
      commit.catch(() => {
        if (this.#listed === listed) this.#listed = undefined;
      });
    }
    return orEnd(this.#listed!.commit, signal);
  }

  async #readCommit(revision: string): Promise<Listed> {
    const [object] = await this.#reader.objects([revision], COMMIT_BYTES);
    if (object?.type !== 'commit') throw this.#damaged(revision, 'no such commit in the store');
    const { tree, change, isConflicted } = commitIn(object.content);
    if (isConflicted)
      throw this.#refused(
        `commit ${revision} with conflicts of jj`,
        'resolve them (`jj resolve`) and push again',
      );
    const told = this.#options.type === 'jj' ? (change ?? derivedChange(revision)) : undefined;
    return { listing: await this.#list(revision, tree), change: told };
  }

  async #list(revision: string, root: string): Promise<Listing> {
    const list = async (what: readonly string[], outputBytes: number) => {
      const args = ['ls-tree', '-r', ...what, '-z', '-l', '--full-tree', revision];
      return readTree((await this.#git(args, { isLocal: true, outputBytes })).out);
    };
    try {
      return listingOf(revision, root, await list(['-t'], LISTING_BYTES), true);
    } catch (error) {
      if (!(error instanceof GitopsError && error.code === 'SOURCE_TOO_LARGE')) throw error;
      const folders = await list(['-d'], FOLDERS * ENTRY_BYTES);
      return listingOf(
        revision,
        root,
        folders.filter(({ mode }) => mode === '040000'),
        false,
      );
    }
  }

  /** One question to the server; a fetch when the branch has moved, and at first, which tells where it is, too. */
  async #update(): Promise<string> {
    this.#makeStore();
    const { point } = this.#options;
    if (point || this.#fetched !== undefined) {
      const found = point ? await find(this.#remote(), point) : await this.#head();
      if (found.id === this.#fetched) return found.id;
      if (found.isHere) await this.#git(['update-ref', this.#ref, found.id], {});
      else await this.#fetch([`+${found.what}:${this.#ref}`]);
    } else await this.#fetch([`+${this.#ref}:${this.#ref}`]);
    const { out: fetched } = await this.#git(['rev-parse', '--verify', '--end-of-options', this.#ref], {});
    const from = this.#fetched;
    const to = fetched.toString('utf8').trim();
    this.#fetched = to;
    if (from !== to) void this.#tellMoved(from, to);
    return to;
  }

  async #head(): Promise<Found> {
    const { out } = await this.#listRefs([this.#ref], 65_536);
    const [id = ''] = out.toString('utf8').split('\t');
    if (!/^[0-9a-f]{40,64}$/.test(id)) throw this.#noBranch();
    return { id, what: this.#ref };
  }

  #remote(): Remote {
    return {
      where: this.#where,
      refs: async (patterns) => {
        const { out } = await this.#listRefs(patterns, REFS_BYTES);
        const lines = out.toString('utf8').split('\n');
        return lines.flatMap((line) => {
          const [, id, what] = REF.exec(line) ?? [];
          return id === undefined || what === undefined ? [] : [{ id, what }];
        });
      },
      fetch: (found) => this.#fetch(found.map(({ what }, index) => `+${what}:refs/drydock/${index}`)),
      changes: async (ids) => {
        const commits = await this.#reader.objects(ids, ids.length * 65_536);
        return commits.map(
          (one, index) => (one && commitIn(one.content).change) ?? derivedChange(ids[index]!),
        );
      },
    };
  }

  #listRefs(patterns: readonly string[], outputBytes: number): Promise<GitAnswer> {
    const { url } = this.#options;
    return this.#git(['ls-remote', '--quiet', '--', url, ...patterns], { outputBytes });
  }

  async #fetch(refspecs: readonly string[]): Promise<void> {
    const { url, limits } = this.#options;
    await this.#git(
      [
        ...['fetch', '--quiet', '--depth=1', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head'],
        ...['--', url, ...refspecs],
      ],
      { fileBytes: limits.fetchBytes },
    );
  }

  async #tellMoved(from: string | undefined, to: string): Promise<void> {
    const { onMoved, url, branch, type } = this.#options;
    if (!onMoved) return;
    const none = () => undefined;
    const changed = from === undefined ? undefined : await this.changedPaths(from, to).catch(none);
    // What is wrong with the commit is told by who reads it.
    const commit = type === 'jj' ? await this.#at(to).catch(none) : undefined;
    onMoved({ repository: toldUrl(url), branch, from, to, change: commit?.change, files: changed?.length });
  }

  /** Made anew when old commits have made it large: a fetch of one commit is cheap, and a cleaning is not. */
  #makeStore(): void {
    const { folder, limits } = this.#options;
    if (sizeOf(join(this.#store, 'objects', 'pack')) > 2 * limits.fetchBytes) {
      rmSync(this.#store, { recursive: true, force: true });
      this.#fetched = undefined;
    }
    mkdirSync(join(this.#store, 'objects', 'pack'), { recursive: true, mode: 0o700 });
    mkdirSync(join(this.#store, 'refs'), { recursive: true });
    // What `git init --bare` makes, without a template.
    writeFileSync(join(this.#store, 'HEAD'), `ref: ${this.#ref}\n`);
    writeFileSync(join(this.#store, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n');
    this.#options.credentials.write(folder);
  }

  async #objects(names: readonly string[], bytes: number): Promise<(ObjectInStore | undefined)[]> {
    const { out } = await this.#git(['cat-file', '--batch'], {
      isLocal: true,
      input: `${names.join('\n')}\n`,
      outputBytes: bytes + names.length * ENTRY_BYTES,
    });
    return objectsIn(out, names.length);
  }

  async #git(
    args: readonly string[],
    how: Partial<GitCall> & { readonly isLocal?: boolean },
  ): Promise<GitAnswer> {
    const { limits, folder, credentials, url } = this.#options;
    const answer = await runGit(
      ['--git-dir', this.#store, '--literal-pathspecs', ...args],
      {
        ...{ where: this.#where, timeoutMs: limits.timeoutMs, outputBytes: 4_096, fileBytes: 1_048_576 },
        protocol: isSsh(url) ? 'ssh' : 'https',
        secretSettings: credentials.settings(url, folder),
        ...how,
      },
      folder,
    );
    if (answer.code === 0) return answer;
    if (how.isLocal) throw this.#damaged('', 'a store that git cannot read');
    throw complaintOf(this.#where, answer, this.#options.branch);
  }

  #noBranch(): GitopsError {
    const { branch } = this.#options;
    return new GitopsError('BRANCH_MISSING', {
      where: this.#where,
      found: `no branch ${JSON.stringify(branch)}`,
      expected: 'the branch that `spec.source.branch` names',
      remedy: 'correct the Application, or push the branch; what was applied stays as it is',
    });
  }

  #refused(found: string, remedy: string): GitopsError {
    const expected = 'plain files';
    return new GitopsError('SOURCE_REFUSED', { where: this.#where, found, expected, remedy });
  }

  /** A store that lacks what it had is begun anew at the next question. */
  #damaged(what: string, found: string): GitopsError {
    this.#fetched = undefined;
    this.#asked = undefined;
    this.#listed = undefined;
    rmSync(this.#store, { recursive: true, force: true });
    return new GitopsError('SOURCE_UNREACHABLE', {
      where: `${this.#where} ${what}`.trim(),
      ...{ found, expected: 'all of the commit', remedy: 'it is fetched anew by itself' },
    });
  }
}

/** A name for a folder that says nothing of what it is for. */
export function folderNameOf(...identity: readonly string[]): string {
  return hashOf(identity).slice(0, 32);
}

function sizeOf(folder: string): number {
  try {
    return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  } catch {
    return 0;
  }
}
