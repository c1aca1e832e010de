import type { JsonObject } from '../../core/template';
import { type CommandResult, type Sandbox, SandboxError, type Sandboxes } from '../../sandbox';
import type { RuntimeInstallation } from './runtime';
import { within } from './within';

/** The error of a call that has to fail. */
export async function refusal(promise: Promise<unknown>): Promise<SandboxError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SandboxError);
  return error as SandboxError;
}

export interface Ended {
  readonly why: SandboxError | undefined;
  readonly command: CommandResult;
}

/** A sandbox that is used until it ends by something else than close(). */
export async function endOf(
  { installation, sandboxes }: { readonly installation: RuntimeInstallation; readonly sandboxes: Sandboxes },
  ttl: number,
  use: (sandbox: Sandbox) => Promise<CommandResult>,
  values: JsonObject = {},
): Promise<Ended> {
  const sandbox = await sandboxes.claim({ values: installation.run(values), ttl });
  try {
    const using = use(sandbox);
    using.catch(() => {});
    const why = await within(`the end of ${sandbox.id}`, sandbox.ended);
    expect(why?.sandboxId).toBe(sandbox.id);
    return { why, command: await within(`the end of its command`, using) };
  } finally {
    await sandbox.close();
  }
}
