/**
 * A program that claims or enters a sandbox and then does nothing more, so that a test can end it with SIGKILL.
 *
 *     npx tsx test/sandbox-runtime/orphan-client.ts '{"template":...,"namespace":...,"kubeconfig":...,"claim":{...}}'
 */
import { writeSync } from 'node:fs';
import { type AttachOptions, type ClaimOptions, Sandboxes, type SandboxesOptions } from '../../sandbox';

export interface OrphanClientOptions extends Pick<SandboxesOptions, 'template' | 'namespace' | 'kubeconfig'> {
  readonly claim: ClaimOptions;
  /** Enters this one instead. */
  readonly attach?: { readonly id: string } & AttachOptions;
  /** Lets go of the sandbox before it waits for its end. */
  readonly releases?: boolean;
}

async function main([text = '']: readonly string[]): Promise<void> {
  const { claim, attach, releases, ...options } = JSON.parse(text) as OrphanClientOptions;
  const sandboxes = new Sandboxes(options);
  const sandbox = await (attach ? sandboxes.attach(attach.id, attach) : sandboxes.claim(claim));
  // Something runs in it, as it would.
  const running = releases ? undefined : await sandbox.commands.start(['sleep', '600']);
  if (releases) await sandbox.release();
  writeSync(1, `ready ${sandbox.id}\n`);
  await running?.wait();
  await new Promise(() => setInterval(() => {}, 60_000));
}

if (require.main === module) void main(process.argv.slice(2));
