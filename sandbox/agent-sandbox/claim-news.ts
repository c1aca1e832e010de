import { type KubeError, type Stored, startTimer, type Watch, watch } from '../../kube';
import type { WhyNoPod } from '../backend/backend';
import { type Cause, said } from '../causes/cause';
import { deadline, podLost } from '../causes/pod-cause';
import { refusalIn } from '../causes/refusal';
import type { Place } from '../claim/place';
import { claims, type SandboxClaim } from './kinds';

/** The controller may hear of a pool a moment later than of the claim that names it. */
const poolWithinMs = 2_000;

/** What is heard of one claim: which Sandbox it got, and why it gets none. */
export class ClaimNews implements WhyNoPod {
  readonly #watch: Watch<SandboxClaim>;
  readonly #listeners = new Set<() => void>();
  #claim: Stored<SandboxClaim> | undefined;
  #isSynced = false;
  #cause: Cause | undefined;
  #failure: KubeError | undefined;
  #stopWaiting: (() => void) | undefined;
  #isPoolMissing = false;

  constructor(
    { connection, namespace }: Pick<Place, 'connection' | 'namespace'>,
    name: string,
    onCause: (cause: Cause) => void = () => {},
  ) {
    this.#listeners.add(() => {
      if (this.#cause) onCause(this.#cause);
    });
    this.#watch = watch(connection, claims, { namespace, name });
    void this.#follow();
  }

  get cause(): Cause | undefined {
    return this.#cause;
  }

  /** Why nothing will be heard any more. */
  get failure(): KubeError | undefined {
    return this.#failure;
  }

  /** Whether what was there when the watch began was told, or nothing will be. */
  get isSynced(): boolean {
    return this.#isSynced || this.#failure !== undefined;
  }

  /** The name of the Sandbox that the claim of this UID has. */
  sandboxOf(uid: string): string | undefined {
    return this.#claim?.metadata.uid === uid ? this.#claim.status?.sandbox?.name : undefined;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#stopWaiting?.();
    this.#watch.close();
  }

  async #follow(): Promise<void> {
    try {
      for (;;) {
        const { value, done } = await this.#watch.next();
        if (done) return;
        if (value.type === 'synced') this.#isSynced = true;
        else if (value.type === 'deleted') this.#cause ??= podLost('a SandboxClaim that was deleted');
        else this.#hear(value.object);
        this.#tell();
      }
    } catch (error) {
      this.#failure = error as KubeError;
      this.#tell();
    }
  }

  #hear(claim: Stored<SandboxClaim>): void {
    this.#claim = claim;
    const ready = readyOf(claim);
    const isMissing = ready?.reason === 'WarmPoolNotFound' || ready?.reason === 'TemplateNotFound';
    if (isMissing && !this.#isPoolMissing) {
      this.#stopWaiting = startTimer(poolWithinMs, () => {
        if (this.#isPoolMissing) this.#cause ??= noPool(claim);
        this.#tell();
      });
    }
    this.#isPoolMissing = isMissing;
    if (!isMissing) this.#cause ??= causeIn(claim);
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function readyOf({ status }: SandboxClaim) {
  return status?.conditions?.find(({ type, status: is }) => type === 'Ready' && is === 'False');
}

/** What the claim says that is final; a claim that only waits says so, too. */
export function causeIn(claim: SandboxClaim): Cause | undefined {
  const { reason = '', message } = readyOf(claim) ?? {};
  if (reason === 'ClaimExpired' || reason === 'SandboxExpired')
    return deadline(said(message) || 'a claim past its shutdownTime');
  if (reason === 'ReconcilerError') return refusalIn(message ?? '');
  if (!['InvalidMetadata', 'EnvVarsInjectionRejected', 'VolumeClaimTemplatesError'].includes(reason))
    return undefined;
  return {
    code: 'StartFailed',
    found: said(`${reason}: ${message}`),
    expected: 'a claim that the controller of agent-sandbox carries out',
    remedy: 'Look at the claim with kubectl describe, and at the version of agent-sandbox: 0.5 is known.',
    retryable: false,
  };
}

function noPool(claim: SandboxClaim): Cause {
  return {
    code: 'TemplateMismatch',
    found: `no SandboxWarmPool ${claim.spec.warmPoolRef.name}, or none with a SandboxTemplate`,
    expected: 'the pool of this template and of these values of the run',
    remedy:
      'Apply what agentSandboxPool() gives for the same template and values; only environment, labels and ttl may differ from them.',
    retryable: false,
  };
}
