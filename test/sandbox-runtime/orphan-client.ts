/**
 * A program that claims or enters a sandbox and then does nothing more, so that a test can end it with SIGKILL.
 *
 *     npx tsx test/sandbox-runtime/orphan-client.ts '{"template":...,"namespace":...,"kubeconfig":...,"claim":{...}}'
 */
import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import {
  type AttachOptions,
  type ClaimOptions,
  type ClaimProgress,
  Sandboxes,
  type SandboxesOptions,
} from '../../sandbox';

export interface OrphanClientOptions extends Pick<SandboxesOptions, 'template' | 'namespace' | 'kubeconfig'> {
  readonly claim: ClaimOptions;
  /** Enters this one instead. */
  readonly attach?: { readonly id: string } & AttachOptions;
  /** Dies as soon as its Job is made. */
  readonly diesEarly?: boolean;
  /** Dies when it has sent more than anything but its supervisor has. */
  readonly diesSending?: boolean;
  /** Lets go of the sandbox before it waits for its end. */
  readonly releases?: boolean;
}

async function main([text = '']: readonly string[]): Promise<void> {
  const { claim, attach, diesEarly, diesSending, releases, ...options } = JSON.parse(
    text,
  ) as OrphanClientOptions;
  const sandboxes = new Sandboxes(options);
  if (diesSending) dieHalfWay();
  const onProgress = diesEarly ? dieWhenCreated : diesSending ? sayReady : undefined;
  const sandbox = await (attach
    ? sandboxes.attach(attach.id, attach)
    : sandboxes.claim({ ...claim, onProgress }));
  // Something runs in it, as it would.
  const running = releases ? undefined : await sandbox.commands.start(['sleep', '600']);
  if (releases) await sandbox.release();
  writeSync(1, `ready ${sandbox.id}\n`);
  await running?.wait();
  await new Promise(() => setInterval(() => {}, 60_000));
}

function sayReady({ sandboxId }: ClaimProgress): void {
  writeSync(1, `ready ${sandboxId}\n`);
}

function dieHalfWay(): void {
  const { write } = Socket.prototype;
  let bytes = 0;
  Socket.prototype.write = function (this: Socket, chunk: Uint8Array | string, ...rest: never[]) {
    bytes += chunk.length;
    if (bytes > 1_000_000) process.kill(process.pid, 'SIGKILL');
    return write.call(this, chunk, ...rest);
  } as typeof write;
}

function dieWhenCreated(progress: ClaimProgress): void {
  sayReady(progress);
  process.kill(process.pid, 'SIGKILL');
}

if (require.main === module) void main(process.argv.slice(2));
