export { DrydockError } from '../errors';
export type { ApiAnswer, ApiCall, ApiClient } from './api-client';
export { attachCluster, listClusters } from './attach';
export type { AuditEvent, Cluster, OnNode } from './cluster';
export type { CommandOptions, CommandResult } from './command';
export type { ComponentName } from './components/names';
export { ClusterError, type ClusterErrorCode } from './errors';
export {
  type NamespaceOptions,
  type TestCluster,
  type TestNamespace,
  withNamespace,
} from './fixture';
export { BASE_IMAGE, type ImageBuild } from './images/build';
export { BUSYBOX_IMAGE } from './images/own-images';
export { globalSetup, globalTeardown } from './jest/run-hooks';
export type { ClusterOptions } from './options';
export type { Registry } from './registry';
export type { RegistryFiles } from './registry-access';
export { type SharedOptions, sharedCluster, testCluster } from './shared';
export { startCluster } from './start';
export type { KubernetesMinor } from './tools/catalog';
export { tool, tools } from './tools/tool';
export { type UntilOptions, until } from './until';
