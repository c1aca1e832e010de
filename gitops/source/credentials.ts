import { join } from 'node:path';
import { GitopsError } from '../errors';

/** The keys of a Secret for a repository: those of `kubernetes.io/basic-auth`, and a certificate authority. */
const KEYS = ['username', 'password', 'ca.crt'] as const;

/** What a repository is asked with. Private fields keep it out of anything that prints this object. */
export class Credentials {
  readonly #password: string | undefined;
  readonly #username: string;
  readonly ca: string | undefined;

  constructor(data: Readonly<Partial<Record<(typeof KEYS)[number], string>>> = {}) {
    this.#username = data.username ?? '';
    this.#password = data.password;
    this.ca = data['ca.crt'];
  }

  /** Says whether two are the same, in a name of a folder: never printed. */
  get identity(): string {
    return JSON.stringify([this.#username, this.#password, this.ca]);
  }

  /** For this address alone: git asks no other host with them. */
  settings(url: string, folder: string): ReadonlyArray<readonly [string, string]> {
    const settings: Array<readonly [string, string]> = [];
    if (this.ca) settings.push(['http.sslCAInfo', join(folder, 'ca.crt')]);
    if (this.#password === undefined) return settings;
    const basic = Buffer.from(`${this.#username}:${this.#password}`, 'utf8').toString('base64');
    settings.push([`http.${url}.extraHeader`, `Authorization: Basic ${basic}`]);
    return settings;
  }
}

/** The credentials in a Secret; what is not there, or not text, is told without a word of it. */
export function credentialsIn(where: string, data: Readonly<Record<string, string>> = {}): Credentials {
  const found: Partial<Record<(typeof KEYS)[number], string>> = {};
  for (const key of KEYS) {
    const value = data[key];
    if (value === undefined) continue;
    const text = Buffer.from(value, 'base64').toString('utf8');
    // A line end would begin another header.
    if (key !== 'ca.crt' && /\p{Cc}/u.test(text)) throw invalid(where, `\`${key}\` with a line end`);
    found[key] = text;
  }
  if (Object.keys(found).length === 0) throw invalid(where, 'none of these keys');
  if (found.username !== undefined && found.password === undefined) throw invalid(where, '`username` alone');
  return new Credentials(found);
}

function invalid(where: string, found: string): GitopsError {
  return new GitopsError('SECRET_INVALID', {
    ...{ where, found },
    expected: '`username` and `password`, or a token as `password`; `ca.crt` for an authority of your own',
    remedy: 'correct the Secret, for instance with `kubectl create secret generic ... --from-literal`',
  });
}
