import { findCluster } from '../attach';
import { RUN_VARIABLE, sharedName } from '../shared';

/** jest `globalSetup`: names the run, so that all its workers share one cluster. Starts nothing by itself. */
export async function globalSetup(): Promise<void> {
  process.env[RUN_VARIABLE] = String(process.pid);
}

/** jest `globalTeardown`: stops the clusters that tests of this run have asked for. */
export async function globalTeardown(): Promise<void> {
  for (const nodes of [1, 2] as const) await findCluster(sharedName(process.pid, nodes))?.stop();
}
