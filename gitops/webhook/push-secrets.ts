import { readFileSync, statSync } from 'node:fs';
import { GitopsError } from '../errors';

const SHORTEST = 16;
/** Asked at most so often whether the file is another one. */
const LOOK_MS = 1_000;

/**
 * What forges sign with: the lines of a file, such as one of a mounted Secret. It is read again when it has changed; with a
 * file that is wrong then, nothing is taken until it is right.
 */
export class PushSecrets {
  readonly #file: string;
  #secrets: readonly string[] = [];
  #version = '';
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** @throws GitopsError when the file is wrong at the start */
  constructor(file: string) {
    this.#file = file;
    this.#read();
  }

  /** None while the file is wrong. */
  now(): readonly string[] {
    const now = performance.now();
    if (now - this.#lookedAt < LOOK_MS) return this.#secrets;
    this.#lookedAt = now;
    try {
      this.#read();
    } catch {
      this.#secrets = [];
      this.#version = '';
    }
    return this.#secrets;
  }

  #read(): void {
    const { where, file } = { where: `webhook secrets ${JSON.stringify(this.#file)}`, file: this.#file };
    const remedy = `give each of them in a line of its own, such as \`openssl rand -hex 32\` prints`;
    const expected = `a file with at least one line of ${SHORTEST} characters or more`;
    let text: string;
    try {
      const { ino, size, mtimeMs } = statSync(file);
      const version = JSON.stringify([ino, size, mtimeMs]);
      if (version === this.#version) return;
      text = readFileSync(file, 'utf8');
      this.#version = version;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new GitopsError('SECRET_INVALID', { where, found: code ?? 'no file', expected, remedy });
    }
    const secrets = text.split(/\r?\n/).filter((line) => line !== '');
    const short = secrets.findIndex((line) => line.length < SHORTEST);
    if (secrets.length === 0 || short >= 0) {
      const found = secrets.length === 0 ? 'no line' : `line ${short + 1} with fewer characters`;
      this.#version = '';
      throw new GitopsError('SECRET_INVALID', { where, found, expected, remedy });
    }
    this.#secrets = secrets;
  }
}
