import type { Job } from '../../imports/k8s';
import type { ClaimProgress } from '../claim/progress';
import type { ClaimOptions } from '../options';
import type { Sandbox } from '../sandbox';
import { checkpointFrom, originOf } from './checkpoint';
import { refuseOther } from './checkpoint-errors';
import { StoredCheckpoint } from './stored';

type Claim = (options: ClaimOptions<object>) => Promise<Sandbox>;

/**
 * A claim whose sandbox begins with a checkpoint, if one is given. What can be refused is before anything is made; a
 * sandbox that could not begin with it is closed.
 */
export async function claimFrom(planned: Job, options: ClaimOptions<object>, claim: Claim): Promise<Sandbox> {
  const { from, signal } = options;
  if (from === undefined) return claim(options);
  const checkpoint = checkpointFrom({ where: 'claim' }, from);
  refuseOther(checkpoint, originOf(planned));
  const stored = await StoredCheckpoint.open(checkpoint);
  try {
    const told = new ToldLater(options);
    const sandbox = await claim({ ...options, onProgress: told.hear });
    try {
      told.tell('restoring', sandbox);
      await sandbox.beginWith(stored, signal);
      told.tell('ready', sandbox);
      return sandbox;
    } catch (error) {
      // What it fails with is the answer, also where the sandbox ends by its deadline alone.
      await sandbox.close().catch(() => {});
      throw error;
    }
  } finally {
    await stored.close();
  }
}

/** It is ready when its folder is. */
class ToldLater {
  readonly #began = performance.now();
  readonly #listener: ClaimOptions['onProgress'];

  constructor({ onProgress }: ClaimOptions<object>) {
    this.#listener = onProgress;
  }

  readonly hear = (progress: ClaimProgress): void => {
    if (progress.phase !== 'ready') this.#listener?.(progress);
  };

  tell(phase: 'restoring' | 'ready', { id: sandboxId }: Sandbox): void {
    try {
      this.#listener?.({ phase, sandboxId, elapsedMs: performance.now() - this.#began });
    } catch {
      // What a listener throws does not break a claim.
    }
  }
}
