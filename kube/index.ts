export { isCount, isDuration } from './amounts';
export { ApiError, type FieldCause, isRecord } from './api-error';
export { type ApplyOptions, apply } from './apply';
export { backoffMs } from './backoff';
export type { CallOptions, Write } from './call';
export type { ConfigOptions } from './config';
export { Connection, type ConnectOptions } from './connection';
export { type CreateOptions, create, createSub } from './create';
export { type DeleteOptions, remove } from './delete';
export { discover, findResource, type ServedResource, type ServerVersion, serverVersion } from './discovery';
export { Discovery } from './discovery-cache';
export { KubeError, type KubeErrorCode } from './errors';
export { get, getIfThere } from './get';
export type { KubeEvent, KubeHooks } from './hooks';
export { parseJson, stringifyJson } from './json';
export type { KubeConfigLike } from './kube-config';
export { type Clock, Moment, pauseBy, realClock } from './lease/clock';
export { HeldLease, type HeldLeaseOptions } from './lease/held-lease';
export {
  holderName,
  isContested,
  type LeaseApi,
  type LeaseSpec,
  microTime,
  type StoredLease,
} from './lease/lease';
export { type ListOptions, list, type ObjectList, type Selection } from './list';
export { metadataOnly } from './metadata-only';
export { OpenApi, type OpenApiDocument } from './openapi-cache';
export { type JsonPatch, type Patch, patch } from './patch';
export { type Address, groupOf, type KubeObject, type Resource, resource, type Stored } from './resource';
export type { StoreChange } from './store/shared-store';
export { type Store, Stores, type StoresOptions } from './store/stores';
export { type Exec, type ExecOptions, exec } from './stream/exec';
export type { ExecEnd } from './stream/exec-status';
export type { LivenessTiming } from './stream/liveness-timing';
export {
  type FollowLogOptions,
  followLog,
  type LogEnd,
  type LogFollow,
  type LogSelection,
  readLog,
} from './stream/log';
export { longestTimerMs, onAbort, pause, startTimer } from './timer';
export type { Priority } from './turns';
export { IMAGE_REASONS, START_REASONS } from './waiting-reasons';
export type { Change } from './watch/known-objects';
export { type Watch, type WatchOptions, type WatchStatus, type WatchTiming, watch } from './watch/watch';
export { withoutManagedFields } from './without-managed-fields';
export type { WriteOptions } from './write-options';
