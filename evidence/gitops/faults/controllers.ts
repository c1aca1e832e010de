import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { until } from '../../../cluster';
import { ended } from '../../../test/gitops/world';
import { Way } from './way';

export interface Controller {
  readonly process: ChildProcess;
  readonly way: Way;
  /** Where it keeps repositories. */
  readonly store: string;
}

/** Two controllers, of which one leads. Whoever ends is followed by another, as the kubelet does it. */
export class Controllers {
  readonly #all = new Set<Controller>();
  readonly #said: string[] = [];
  #isClosing = false;

  /**
   * @param program as `bundled` has written it
   * @param folder where their folders are made
   */
  static async start(program: string, kubeconfig: string, folder: string): Promise<Controllers> {
    const controllers = new Controllers(program, kubeconfig, folder);
    await Promise.all([controllers.#add(), controllers.#add()]);
    return controllers;
  }

  private constructor(
    private readonly program: string,
    private readonly kubeconfig: string,
    private readonly folder: string,
  ) {}

  get all(): readonly Controller[] {
    return [...this.#all];
  }

  /** The last words of all of them. */
  get said(): string {
    return this.#said.slice(-15).join('\n');
  }

  /** Who has renewed the Lease last. */
  async leader(): Promise<Controller> {
    await until('a controller to lead', () => this.all.some(({ way }) => way.ledAt > 0), {
      explain: () => this.said,
    });
    return this.all.reduce((one, other) => (other.way.ledAt > one.way.ledAt ? other : one));
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    for (const { process, way } of this.all) {
      way.meddle = () => ({ kind: 'none' });
      process.kill('SIGCONT');
      const kill = setTimeout(() => process.kill('SIGKILL'), 10_000);
      // In good order, so that the Lease is free for the next ones.
      if (process.exitCode === null && process.signalCode === null) await ended(process, 'SIGTERM');
      clearTimeout(kill);
      await way.close();
    }
  }

  async #add(): Promise<void> {
    const way = await Way.to(this.kubeconfig);
    const store = mkdtempSync(path.join(this.folder, 'store-'));
    const file = `${store}.kubeconfig`;
    writeFileSync(file, way.kubeconfig);
    const process = spawn(globalThis.process.execPath, [this.program, file, store], {
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    const one = { process, way, store };
    this.#all.add(one);
    createInterface({ input: process.stderr! }).on('line', (line) => this.#said.push(line));
    process.on('exit', () => {
      if (this.#isClosing) return;
      this.#all.delete(one);
      void way.close();
      void this.#add();
    });
  }
}
