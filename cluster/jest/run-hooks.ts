import { listClusters } from '../attach';
import { RUN_VARIABLE, sharedPrefix } from '../shared';

/** jest `globalSetup`: names the run, so that all its workers share one cluster. Starts nothing by itself. */
export async function globalSetup(): Promise<void> {
  process.env[RUN_VARIABLE] = String(process.pid);
}

/** jest `globalTeardown`: stops the clusters that tests of this run have asked for. */
export async function globalTeardown(): Promise<void> {
  const ours = listClusters().filter(({ id }) => id.startsWith(sharedPrefix(process.pid)));
  await Promise.all(ours.map((cluster) => cluster.stop()));
}
