export { Cluster } from './cluster';
export { ClusterError } from './errors';
export type { ClusterOptions } from './options';
export { startCluster } from './start';
