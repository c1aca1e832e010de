import type { Cause } from '../causes/cause';

/** What the cluster says about a sandbox that is no more. */
export interface PodFate {
  readonly outcome: 'oomKilled' | 'evicted' | 'podLost';
  readonly cause: Cause;
}

/** What holds the sandbox, as commands and files need it. */
export interface SandboxHost {
  readonly id: string;
  /**
   * Asked when a stream ended without a status: why, as the pod tells it. `undefined`: the pod lives, or it is not known.
   * Answers in bounded time.
   */
  fate(): Promise<PodFate | undefined>;
  /** Deletes the sandbox, because what runs in it cannot be ended in another way. The same when called twice. */
  destroy(reason: string): Promise<void>;
}
