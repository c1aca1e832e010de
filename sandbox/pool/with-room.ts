import { pause } from '../../kube';
import { SandboxError } from '../errors';
import type { WarmPool } from './warm-pool';

/** What a member took is free again when its pod is gone: a second to end, and a moment until it is counted. */
const TRIES = 8;
const PAUSE_MS = 1_000;

/** Makes a sandbox; where the quota has no room for it, what only waits in the pool gives way. */
export async function withRoom<Made>(
  pool: Pick<WarmPool, 'giveWay'>,
  signal: AbortSignal,
  make: () => Promise<Made>,
): Promise<Made> {
  let triesLeft = 0;
  for (;;) {
    try {
      return await make();
    } catch (error) {
      const isFull = error instanceof SandboxError && error.code === 'QuotaExceeded';
      if (!isFull || signal.aborted) throw error;
      if (await pool.giveWay()) triesLeft = TRIES;
      else if (triesLeft === 0) throw error;
      triesLeft -= 1;
      await pause(PAUSE_MS, signal);
    }
  }
}
