export {
  type Address,
  ApiError,
  type ApplyOptions,
  apply,
  type CallOptions,
  type Clock,
  Connection,
  type ConnectOptions,
  type CreateOptions,
  create,
  type DeleteOptions,
  get,
  KubeError,
  type KubeErrorCode,
  type KubeObject,
  type LeaseApi,
  type LeaseSpec,
  type ListOptions,
  list,
  metadataOnly,
  type ObjectList,
  type Patch,
  type Priority,
  patch,
  type Resource,
  remove,
  resource,
  type Stored,
  type StoredLease,
  type WriteOptions,
  withoutManagedFields,
} from '../kube';
export type { Again, Context, ControllerOptions, Finalizer, Outcome, Reconcile, Waker } from './controller';
export { Election, type ElectionEvent, type ElectionOptions } from './election/election';
export { type FencePolicyOptions, fencePolicy } from './election/fence-policy';
export { leaseOf } from './election/lease-of';
export type { Term } from './election/term';
export { ControllerError, type ControllerErrorCode } from './errors';
export {
  type Condition,
  type NewCondition,
  type OutcomeWords,
  outcomeConditions,
  withConditions,
} from './objects/conditions';
export type { Told } from './objects/events';
export { owned, ownerReference, type Related } from './objects/related';
export { Operator, type OperatorEvent, type OperatorOptions, type Service } from './operator';
export { type AddOptions, type QueueCounts, WorkQueue, type WorkQueueOptions } from './queue/work-queue';
export { type Counter, type Histogram, type Labels, Metrics } from './serve/metrics';
