import { isCount } from '../kube';
import { unsupported } from './commands/unsupported';
import { SandboxError } from './errors';
import type { Supervisor } from './supervisor';

/** What a sandbox takes now. `undefined` is what its kernel does not tell, as under some RuntimeClasses. */
export interface SandboxStats {
  /** Time on processors since its start. */
  readonly cpuMs: number | undefined;
  /** All its processes together, with what the kernel keeps of files for them. */
  readonly memoryBytes: number | undefined;
  /** The most that this ever was. */
  readonly memoryPeakBytes: number | undefined;
  /** Its limit. */
  readonly memoryLimitBytes: number | undefined;
  readonly processes: number | undefined;
  /** What its working directory takes on the disk. */
  readonly diskBytes: number;
  /** Whether there are more than 200,000 entries, of which the rest is not counted in `diskBytes`. */
  readonly isPartial: boolean;
}

/** Asks the supervisor. What it says is looked at, and is the tenant's word all the same. */
export async function statsOf(supervisor: Supervisor | undefined, sandboxId: string): Promise<SandboxStats> {
  if (!supervisor) throw unsupported('stats', sandboxId);
  const answer = await supervisor.ask('stats', {});
  if (!answer) throw (await supervisor.ended).error;
  const told = (answer.result ?? {}) as Record<string, unknown>;
  const count = (name: string) => (isCount(told[name], 0) ? (told[name] as number) : undefined);
  const diskBytes = count('diskBytes');
  if (diskBytes === undefined) throw odd(sandboxId);
  return {
    cpuMs: count('cpuMs'),
    memoryBytes: count('memoryBytes'),
    memoryPeakBytes: count('memoryPeakBytes'),
    memoryLimitBytes: count('memoryMostBytes'),
    processes: count('processes'),
    diskBytes,
    isPartial: told.isPartial === true,
  };
}

function odd(sandboxId: string): SandboxError {
  const facts = {
    where: `stats of ${sandboxId}`,
    found: 'an answer of the supervisor without numbers',
    expected: 'what the sandbox takes',
    remedy: 'Claim another sandbox: what runs in this one has changed its supervisor.',
  };
  return new SandboxError('SupervisorProtocol', facts, { sandboxId });
}
