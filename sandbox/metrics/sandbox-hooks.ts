import type { KubeHooks } from '../../kube';
import { SandboxError } from '../errors';

/** What is told of an operation: codes, kinds, names and numbers, and nothing that a tenant wrote. */
export type OperationFacts = Readonly<Record<string, string | number | boolean>>;

/** How an operation ended, for those who watch it. */
export interface OperationEnd {
  readonly durationMs: number;
  /** The code of its error; `Unknown` for one that is none of the runtime's. */
  readonly error: string | undefined;
  /** From closed lists, so that metrics can have them as labels: `way` and `why` of a claim, `outcome` of a command. */
  readonly kinds: OperationFacts;
  /** Of this one alone, so for spans: the name of the sandbox, an exit code. */
  readonly facts: OperationFacts;
}

/** A claim, or a command that is waited for (`run` and `shell`). */
export interface SandboxOperation {
  readonly name: 'claim' | 'command';
  /** What is known before; for spans. */
  readonly facts: OperationFacts;
}

/** `hooks` of Sandboxes: calls of the API server, and claims and commands above them. */
export interface SandboxHooks extends KubeHooks {
  /**
   * Called around each operation: `work` does it, and resolves with how it ended, also when it failed. So what `work`
   * calls is within a span, where that travels along. What this throws is ignored: the operation goes on without it.
   */
  readonly around?: (operation: SandboxOperation, work: () => Promise<OperationEnd>) => Promise<unknown>;
}

/** Does an operation within the caller's hook; it is done once, whatever the hook does. */
export async function within<Result>(
  hooks: SandboxHooks,
  operation: SandboxOperation,
  work: () => Promise<Result>,
  told: (result: Result) => Pick<OperationEnd, 'kinds' | 'facts'>,
): Promise<Result> {
  const { around } = hooks;
  if (!around) return work();
  let doing: Promise<Result> | undefined;
  const once = () => {
    doing ??= work();
    return doing;
  };
  const began = performance.now();
  const end = (error: unknown, more: Pick<OperationEnd, 'kinds' | 'facts'>): OperationEnd => ({
    durationMs: performance.now() - began,
    error: error === undefined ? undefined : codeOf(error),
    ...more,
  });
  const followed = () =>
    once().then(
      (result) => end(undefined, told(result)),
      (error) => end(error ?? 'nothing', { kinds: {}, facts: {} }),
    );
  try {
    // It may end later than the operation, and nobody waits for that.
    Promise.resolve(around(operation, followed)).catch(() => {});
  } catch {
    // A span must not break a claim.
  }
  return once();
}

function codeOf(error: unknown): string {
  return error instanceof SandboxError ? error.code : 'Unknown';
}
