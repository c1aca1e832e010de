import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './free-port';
import { BareRepository } from './git-server';

/** sshd wants to be called by its whole path. */
export const SSHD = '/usr/sbin/sshd';

export interface KeyPair {
  readonly file: string;
  readonly key: string;
  readonly publicKey: string;
}

/** A real sshd on loopback with bare repositories, host keys and users' keys of its own. */
export class SshServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'drydock-ssh-server-'));
  readonly user: KeyPair;
  #host: KeyPair;
  #process: ChildProcess | undefined;
  #port = 0;

  constructor() {
    this.user = this.newKey('user');
    this.#host = this.newKey('host');
  }

  newKey(name: string, passphrase = ''): KeyPair {
    const file = join(this.folder, name);
    rmSync(file, { force: true });
    rmSync(`${file}.pub`, { force: true });
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', name, '-f', file]);
    return { file, key: readFileSync(file, 'utf8'), publicKey: readFileSync(`${file}.pub`, 'utf8').trim() };
  }

  async start(): Promise<this> {
    this.#port ||= await freePort();
    const config = [
      `ListenAddress 127.0.0.1:${this.#port}`,
      `HostKey ${this.#host.file}`,
      `AuthorizedKeysFile ${join(this.folder, 'authorized')}`,
      // The folder is below /tmp, which everybody may write to.
      ...['StrictModes no', 'PidFile none', 'AcceptEnv GIT_PROTOCOL', 'PermitRootLogin prohibit-password'],
      ...['PasswordAuthentication no', 'KbdInteractiveAuthentication no', 'UsePAM no'],
    ];
    writeFileSync(join(this.folder, 'config'), `${config.join('\n')}\n`);
    if (!existsSync(join(this.folder, 'authorized'))) this.authorize(this.user.publicKey);
    // As its service does, for the process that has no rights.
    if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    this.#process = spawn(SSHD, ['-D', '-e', '-f', join(this.folder, 'config')], { stdio: 'ignore' });
    for (let tries = 0; !(await answers(this.#port)); tries += 1) {
      if (tries > 500) throw new Error('sshd does not listen');
      await wait(20);
    }
    return this;
  }

  /** These keys and no others may read. */
  authorize(...publicKeys: readonly string[]): void {
    writeFileSync(join(this.folder, 'authorized'), `${publicKeys.join('\n')}\n`, { mode: 0o600 });
  }

  async stop(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (!process || process.exitCode !== null) return;
    const exit = once(process, 'exit');
    process.kill('SIGKILL');
    await exit;
  }

  /** The same server with another host key. */
  async changeHostKey(): Promise<void> {
    await this.stop();
    this.#host = this.newKey('host');
    await this.start();
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get knownHosts(): string {
    return `[127.0.0.1]:${this.#port} ${this.#host.publicKey}`;
  }

  urlOf(name: string): string {
    return `ssh://${userInfo().username}@127.0.0.1:${this.#port}${join(this.folder, `${name}.git`)}`;
  }

  repository(name: string): BareRepository {
    return new BareRepository(join(this.folder, `${name}.git`));
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once('data', () => end(true));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}
