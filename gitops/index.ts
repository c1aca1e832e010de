export {
  type Application,
  type ApplicationSpec,
  type ApplicationStatus,
  applicationDefinition,
  applications,
} from './api/application';
export {
  type Cluster,
  type ClusterSpec,
  type ClusterStatus,
  clusterDefinition,
  clusters,
} from './api/cluster';
export { GitopsError, type GitopsErrorCode } from './errors';
export { type GitopsOptions, gitopsOperator } from './operator';
export type { SourceLimits } from './source/source';
