import { findCluster } from '../attach';
import { sharedName } from '../shared';

/** jest `globalTeardown`: stops the clusters that tests of this run have asked for. */
export default async function globalTeardown(): Promise<void> {
  for (const nodes of [1, 2] as const) await findCluster(sharedName(process.pid, nodes))?.stop();
}
