import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GitopsError } from '../../errors';
import { MANIFESTS, renderPlain } from '../../render/plain';
import { Credentials } from '../../source/credentials';
import type { Source, SourceFile, SourceLimits } from '../../source/source';
import { Sources } from '../../source/sources';
import { type Entry, GitServer } from '../git-server';

export type Files = Readonly<Record<string, Entry>>;

/** A real git over https, repositories in it, and sources that follow them. */
export class Grounds {
  readonly server = new GitServer();
  readonly folder = mkdtempSync(join(tmpdir(), 'drydock-sources-'));
  #count = 0;

  async prepare(): Promise<this> {
    await this.server.start();
    return this;
  }

  async remove(): Promise<void> {
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  password(): Credentials {
    const { username, password, ca } = this.server;
    return new Credentials({ username, password, 'ca.crt': ca });
  }

  /** A repository with one commit, or none, and a source that follows it. */
  repositoryWith(files: Files, limits: Partial<SourceLimits> = {}) {
    this.#count += 1;
    const name = `repository-${this.#count}`;
    const repository = this.server.repository(name);
    if (Object.keys(files).length > 0) repository.commit(files);
    const folder = join(this.folder, String(this.#count));
    const sources = new Sources({ folder, limits });
    const at = (url: string, credentials = this.password(), branch = 'main') =>
      sources.of({ url, branch }, credentials);
    const url = this.server.urlOf(name);
    return { repository, folder, at, url, source: at(url) };
  }

  /** The text of all manifests below a folder, as the branch is now. */
  async read(source: Source, path = ''): Promise<Record<string, string>> {
    const files = await this.#files(source, path);
    return Object.fromEntries(files.map((file) => [file.path, file.content.toString('utf8')]));
  }

  /** Their objects. */
  async render(source: Source, path = ''): Promise<unknown> {
    return renderPlain(await this.#files(source, path));
  }

  async #files(source: Source, path: string): Promise<readonly SourceFile[]> {
    const tree = await source.tree(await source.revision(0), path);
    return source.files(tree, MANIFESTS);
  }

  /** The code with which it is refused, or `accepted`. A refusal tells no password. */
  async outcomeOf(work: Promise<unknown>): Promise<string> {
    const error = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error === undefined) return 'accepted';
    if (!(error instanceof GitopsError)) throw error;
    if (error.message.includes(this.server.password)) throw new Error('a message that tells the password');
    return error.code;
  }
}
