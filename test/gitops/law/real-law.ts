import { randomBytes } from 'node:crypto';
import { runGitopsLaw } from '../../../gitops/testing-only/gitops-law';
import { RealWorld, type Servers } from './real-world';

/** Most of the time one waits for an API server. */
const LANES = 4;

/** The law of convergence on real API servers: several schedules at once, each in namespaces of its own. */
export async function runRealLaw(
  servers: Servers,
  runs: number,
  seed = 1,
  shrinks = true,
  tally?: Map<string, number>,
): Promise<void> {
  let began = 0;
  let failure: unknown;
  const lane = async (_: unknown, index: number) => {
    const begin = (beginning: Parameters<typeof RealWorld.begin>[2]) => {
      // One has failed: the others need not go on.
      if (failure) throw failure;
      began += 1;
      return RealWorld.begin(servers, `law-${randomBytes(5).toString('hex')}`, beginning);
    };
    const share = Math.floor(runs / LANES) + (index < runs % LANES ? 1 : 0);
    if (share === 0) return;
    try {
      await runGitopsLaw(share, seed + index, shrinks, tally, async (beginning) => begin(beginning));
    } catch (error) {
      failure ??= error;
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  if (!failure) return;
  const { message, cause } = failure as Error;
  throw new Error(`after ${began} tests: ${message}`, { cause });
}
