import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GitopsError } from '../errors';
import { isSsh } from './git-url';
import { KEY_FILE, KNOWN_HOSTS_FILE, problemOfKey } from './ssh';

/** The keys of a Secret for a repository: those of `kubernetes.io/basic-auth` and `ssh-auth`, and whom to believe. */
const KEYS = ['username', 'password', 'ca.crt', 'ssh-privatekey', 'known_hosts'] as const;
/** A line end in one of these would begin another header. */
const OF_ONE_LINE: readonly string[] = ['username', 'password'];

type Data = Readonly<Partial<Record<(typeof KEYS)[number], string>>>;

/** What a repository is asked with. Private fields keep it out of anything that prints this object. */
export class Credentials {
  readonly #data: Data;

  constructor(data: Data = {}) {
    this.#data = data;
  }

  /** Says whether two are the same, in a name of a folder: never printed. */
  get identity(): string {
    const { username = '', password, 'ca.crt': ca, 'ssh-privatekey': key, known_hosts: hosts } = this.#data;
    return JSON.stringify([username, password, ca, key, hosts]);
  }

  /** Over ssh nothing is asked without a key, nor whoever says to be the server. */
  require(url: string): void {
    if (!isSsh(url)) return;
    const { 'ssh-privatekey': key, known_hosts: hosts } = this.#data;
    const lacks = [...(key ? [] : ['`ssh-privatekey`']), ...(hosts ? [] : ['`known_hosts`'])];
    if (lacks.length > 0)
      throw invalid('spec.source.secret', `an ssh address without ${lacks.join(' and ')}`);
  }

  /** For this address alone: git asks no other host with them. */
  settings(url: string, folder: string): ReadonlyArray<readonly [string, string]> {
    const { username = '', password, 'ca.crt': ca } = this.#data;
    const settings: Array<readonly [string, string]> = [];
    if (isSsh(url)) return settings;
    if (ca) settings.push(['http.sslCAInfo', join(folder, 'ca.crt')]);
    if (password === undefined) return settings;
    const basic = Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
    settings.push([`http.${url}.extraHeader`, `Authorization: Basic ${basic}`]);
    return settings;
  }

  /** The files that git and ssh are told to read, which nobody else may. */
  write(folder: string): void {
    const { 'ca.crt': ca, 'ssh-privatekey': key, known_hosts: hosts } = this.#data;
    const write = (name: string, text: string | undefined) => {
      if (text) writeFileSync(join(folder, name), text.endsWith('\n') ? text : `${text}\n`, { mode: 0o600 });
    };
    write('ca.crt', ca);
    write(KEY_FILE, key);
    write(KNOWN_HOSTS_FILE, hosts);
  }
}

/** The credentials in a Secret; what is not there, or not text, is told without a word of it. */
export function credentialsIn(where: string, data: Readonly<Record<string, string>> = {}): Credentials {
  const found: Partial<Record<(typeof KEYS)[number], string>> = {};
  for (const key of KEYS) {
    const value = data[key];
    if (value === undefined) continue;
    const text = Buffer.from(value, 'base64').toString('utf8');
    if (OF_ONE_LINE.includes(key) && /\p{Cc}/u.test(text)) throw invalid(where, `\`${key}\` with a line end`);
    found[key] = text;
  }
  const { username, password, 'ssh-privatekey': key, known_hosts: hosts } = found;
  if (Object.keys(found).length === 0) throw invalid(where, 'none of these keys');
  if (username !== undefined && password === undefined && key === undefined)
    throw invalid(where, '`username` alone');
  if (key !== undefined) {
    const problem = problemOfKey(key);
    if (problem) throw invalid(where, problem);
    if (!hosts?.trim()) throw invalid(where, '`ssh-privatekey` without `known_hosts`');
  }
  return new Credentials(found);
}

function invalid(where: string, found: string): GitopsError {
  return new GitopsError('SECRET_INVALID', {
    ...{ where, found },
    expected:
      'for https `username` and `password`, or a token as `password`, and `ca.crt` for an authority of your own; for ssh `ssh-privatekey` without a passphrase and `known_hosts`',
    remedy: 'correct the Secret, for instance with `kubectl create secret generic ... --from-file`',
  });
}
