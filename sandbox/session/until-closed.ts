import { onAbort } from '../../kube';
import { SandboxError } from '../errors';
import type { Supervisor } from '../supervisor';

/** A plug-in that is busy with many new pods takes seconds; one that has not closed it by then does not at all. */
const CLOSED_WITHIN_MS = 60_000;

/**
 * Resolves when the network is seen to be closed from inside, where nothing else was run yet. Rejects with
 * `NetworkNotClosed`, with how the supervisor ended, or with the reason of the signal.
 */
export async function untilClosed(supervisor: Supervisor, id: string, signal: AbortSignal): Promise<void> {
  let forget = () => {};
  const aborted = new Promise<never>((_, reject) => {
    forget = onAbort(signal, () => reject(signal.reason));
  });
  try {
    const asking = supervisor.ask('closed', { withinMs: CLOSED_WITHIN_MS });
    const answer = await Promise.race([asking, aborted]);
    if (!answer) throw (await supervisor.ended).error;
    const { problem, result } = answer;
    const found = problem ? `a try that could not be made: ${problem.text}` : stillOpen(result);
    if (found !== undefined) throw notClosed(id, found);
  } finally {
    forget();
  }
}

/** Of an image without a supervisor: nothing in it can try. */
export function cannotTry(id: string): SandboxError {
  return notClosed(id, 'an image without `sh` and `head`, in which nothing tries the network');
}

function stillOpen(result: unknown): string | undefined {
  const { isClosed, tried } = (result ?? {}) as { readonly isClosed?: unknown; readonly tried?: unknown };
  if (isClosed === true) return undefined;
  if (typeof tried !== 'string' || tried === '') {
    return 'no address of the API server in its environment that could be tried (KUBERNETES_SERVICE_HOST)';
  }
  return `a sandbox that reaches the API server (${tried}) ${CLOSED_WITHIN_MS / 1000} s after it was entered`;
}

function notClosed(sandboxId: string, found: string): SandboxError {
  const facts = {
    where: `the network of sandbox ${sandboxId}`,
    found,
    expected: 'one that is seen to be closed before the first command is started',
    remedy:
      'Use a network plug-in that enforces NetworkPolicy, install the policies of SandboxRbac, and look with preflight; or let commands start all the same, with `allowOpenStart` of the template.',
  };
  return new SandboxError('NetworkNotClosed', facts, { sandboxId });
}
