import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GitopsError } from '../errors';
import type { Credentials } from './credentials';
import { complaintOf } from './git-complaint';
import { checkUrl, folderOf, isSsh, refOf, toldUrl } from './git-url';
import { type ObjectInStore, objectsIn } from './object-batch';
import { type GitAnswer, type GitCall, runGit } from './run-git';
import type { Source, SourceFile, SourceLimits, SourceTree } from './source';
import { readTree, refuseOddEntries } from './tree-entries';

export interface GitRepositoryOptions {
  readonly url: string;
  readonly branch: string;
  readonly credentials: Credentials;
  /** A folder of its own, which may be gone after each end of the process. */
  readonly folder: string;
  readonly limits: SourceLimits;
}

const ENTRY_BYTES = 512;
/** Of a whole repository. */
const FOLDERS = 100_000;

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
  #asked: { readonly at: number; readonly answer: Promise<string> } | undefined;
  #folders: { readonly revision: string; readonly ids: Promise<ReadonlyMap<string, string>> } | undefined;
  /** The last commit that was fetched. */
  #fetched: string | undefined;

  constructor(options: GitRepositoryOptions) {
    checkUrl(options.url);
    options.credentials.require(options.url);
    this.#options = options;
    this.#ref = refOf(options.branch);
    this.#store = join(options.folder, 'store.git');
    this.#where = `repository ${toldUrl(options.url)}`;
  }

  revision(maxAgeMs: number, signal?: AbortSignal): Promise<string> {
    const now = performance.now();
    if (this.#asked && now - this.#asked.at <= maxAgeMs) return this.#asked.answer;
    // The question outlives whoever asks first: others wait for the same answer.
    // One that begins after a push waits for the one before: two fetches into one store would be in each other's way.
    const answer = this.#asking.then(() => this.#update());
    this.#asking = answer.catch(() => {});
    const asked = { at: now, answer };
    this.#asked = asked;
    // A failure is an answer to those who ask now, and to none later.
    answer.catch(() => {
      if (this.#asked === asked) this.#asked = undefined;
    });
    return orEnd(answer, signal);
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
    const id = (await this.#foldersAt(revision, signal)).get(folder);
    if (id !== undefined) return { revision, id };
    throw new GitopsError('PATH_MISSING', {
      where: this.#where,
      found: `no folder ${JSON.stringify(folder)} in commit ${revision}`,
      expected: 'the folder that `path` names',
      remedy: 'correct `spec.source.path`, or push the folder; what was applied stays as it is',
    });
  }

  async files({ id }: SourceTree, endings: readonly string[], signal?: AbortSignal) {
    const { limits } = this.#options;
    const outputBytes = limits.files * ENTRY_BYTES;
    const { out } = await this.#git(['ls-tree', '-r', '-z', '-l', '--full-tree', id], {
      isLocal: true,
      outputBytes,
      signal,
    });
    const entries = readTree(out);
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
    const objects = await this.#objects(
      wanted.map((entry) => entry.id),
      signal,
    );
    return wanted.map(({ path }, index): SourceFile => {
      const content = objects[index]?.content;
      if (!content) throw this.#damaged(path, 'no such file in the store');
      if (content.subarray(0, 42).toString('latin1').startsWith('version https://git-lfs.github.com/spec/'))
        throw this.#refused(`${path}, which is a pointer of Git LFS`, 'keep manifests in Git itself');
      return { path, content };
    });
  }

  /** All folders of a commit with their ids, read once for all who follow one of them. */
  #foldersAt(revision: string, signal?: AbortSignal): Promise<ReadonlyMap<string, string>> {
    if (this.#folders?.revision !== revision) {
      const ids = this.#readFolders(revision);
      const folders = { revision, ids };
      this.#folders = folders;
      ids.catch(() => {
        if (this.#folders === folders) this.#folders = undefined;
      });
    }
    return orEnd(this.#folders!.ids, signal);
  }

  async #readFolders(revision: string): Promise<ReadonlyMap<string, string>> {
    const [commit] = await this.#objects([revision]);
    if (commit?.type !== 'commit') throw this.#damaged(revision, 'no such commit in the store');
    const head = headOf(commit.content);
    if (/^jj:trees /m.test(head))
      throw this.#refused(
        `commit ${revision} with conflicts of jj`,
        'resolve them (`jj resolve`) and push again',
      );
    const { out } = await this.#git(['ls-tree', '-r', '-d', '-z', '-l', '--full-tree', revision], {
      isLocal: true,
      outputBytes: FOLDERS * ENTRY_BYTES,
    });
    const root = /^tree ([0-9a-f]{40,64})$/m.exec(head)?.[1] ?? '';
    const folders = readTree(out).filter(({ mode }) => mode === '040000');
    return new Map([['', root], ...folders.map(({ path, id }) => [path, id] as const)]);
  }

  /** One question to the server; a fetch when the branch has moved. */
  async #update(): Promise<string> {
    const { url } = this.#options;
    this.#makeStore();
    const { out } = await this.#git(['ls-remote', '--quiet', '--', url, this.#ref], { outputBytes: 65_536 });
    const [there = ''] = out.toString('utf8').split('\t');
    if (!/^[0-9a-f]{40,64}$/.test(there)) throw this.#noBranch();
    if (there === this.#fetched) return there;
    const { fetchBytes } = this.#options.limits;
    await this.#git(
      [
        ...['fetch', '--quiet', '--depth=1', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head'],
        ...['--', url, `+${this.#ref}:${this.#ref}`],
      ],
      { fileBytes: fetchBytes },
    );
    const { out: fetched } = await this.#git(['rev-parse', '--verify', '--end-of-options', this.#ref], {});
    this.#fetched = fetched.toString('utf8').trim();
    return this.#fetched;
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

  async #objects(names: readonly string[], signal?: AbortSignal): Promise<(ObjectInStore | undefined)[]> {
    if (names.length === 0) return [];
    const { fileBytes } = this.#options.limits;
    const { out } = await this.#git(['cat-file', '--batch'], {
      isLocal: true,
      input: `${names.join('\n')}\n`,
      outputBytes: fileBytes + names.length * ENTRY_BYTES,
      signal,
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
    this.#folders = undefined;
    rmSync(this.#store, { recursive: true, force: true });
    return new GitopsError('SOURCE_UNREACHABLE', {
      where: `${this.#where} ${what}`.trim(),
      ...{ found, expected: 'all of the commit', remedy: 'it is fetched anew by itself' },
    });
  }
}

/** A name for a folder that says nothing of what it is for. */
export function folderNameOf(...identity: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32);
}

/** Of a commit, what is before its message. */
function headOf(commit: Buffer): string {
  const end = commit.indexOf('\n\n');
  return commit.subarray(0, end < 0 ? commit.length : end).toString('latin1');
}

function sizeOf(folder: string): number {
  try {
    return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  } catch {
    return 0;
  }
}

function orEnd<Answer>(answer: Promise<Answer>, signal: AbortSignal | undefined): Promise<Answer> {
  if (!signal) return answer;
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}
