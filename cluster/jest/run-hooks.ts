import { listClusters } from '../attach';
import { RUN_VARIABLE, sharedPrefix } from '../shared';

/**
 * jest `globalSetup`: names the run, so that all its workers share one cluster. Starts nothing by itself.
 *
 * @example
 * // The file that `globalSetup` of jest's configuration names.
 * export { globalSetup as default } from 'cdk8s-drydock/testing';
 */
export async function globalSetup(): Promise<void> {
  process.env[RUN_VARIABLE] = String(process.pid);
}

/**
 * jest `globalTeardown`: stops the clusters that tests of this run have asked for.
 *
 * @example
 * // The file that `globalTeardown` of jest's configuration names.
 * export { globalTeardown as default } from 'cdk8s-drydock/testing';
 */
export async function globalTeardown(): Promise<void> {
  const ours = listClusters().filter(({ id }) => id.startsWith(sharedPrefix(process.pid)));
  await Promise.all(ours.map((cluster) => cluster.stop()));
}
