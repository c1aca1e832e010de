import type { JsonObject } from '../core/template';
import { checkOptions } from './arguments';
import type { CommandResult, RunOptions } from './commands';
import { SandboxError } from './errors';
import type { ClaimOptions, SandboxesOptions } from './options';
import type { Sandbox } from './sandbox';
import { Sandboxes } from './sandboxes';

/**
 * One sandbox behind five verbs, for programs that think in them. All of it is `Sandboxes` and `Sandbox`.
 *
 * @example
 * import { readFileSync } from 'node:fs';
 * const box = new KubernetesSandbox({
 *   template: readFileSync('template.json', 'utf8'),
 *   namespace: 'boxes',
 *   claim: { values: { image: 'registry.example.com/tools:1.0.0' }, ttl: 600 },
 * });
 * await box.init();
 */
export class KubernetesSandbox<Run extends object = JsonObject> {
  readonly #sandboxes: Sandboxes<Run>;
  readonly #claim: ClaimOptions<Run>;
  #sandbox: Promise<Sandbox> | undefined;

  constructor(options: SandboxesOptions<Run> & { readonly claim?: ClaimOptions<Run> }) {
    checkOptions({ where: 'new KubernetesSandbox' }, options, { claim: 'object' });
    const { claim = {}, ...rest } = options;
    this.#sandboxes = new Sandboxes(rest);
    this.#claim = claim;
  }

  /** Makes the sandbox; called again it is the same one, or another try when there is none. */
  async init(): Promise<void> {
    this.#sandbox ??= this.#sandboxes.claim(this.#claim);
    try {
      await this.#sandbox;
    } catch (error) {
      this.#sandbox = undefined;
      throw error;
    }
  }

  /** Runs a program, or a line of shell where it is a text. */
  async exec(command: string | readonly string[], options?: RunOptions): Promise<CommandResult> {
    const { commands } = await this.#made();
    return typeof command === 'string' ? commands.shell(command, options) : commands.run(command, options);
  }

  async readFile(path: string): Promise<Buffer> {
    return (await this.#made()).files.read(path);
  }

  async writeFile(path: string, content: string | Uint8Array): Promise<void> {
    await (await this.#made()).files.write(path, content);
  }

  /** Deletes the sandbox. Nothing is left, also when init() failed or was never called. */
  async cleanup(): Promise<void> {
    await this.#sandboxes.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cleanup();
  }

  #made(): Promise<Sandbox> {
    if (this.#sandbox) return this.#sandbox;
    throw new SandboxError('ArgumentInvalid', {
      where: 'KubernetesSandbox',
      found: 'a call before init()',
      expected: 'init() first',
      remedy: 'Await init().',
    });
  }
}
