export {
  type Application,
  type ApplicationSpec,
  type ApplicationStatus,
  applications,
} from './api/application';
export {
  type Cluster,
  type ClusterSpec,
  type ClusterStatus,
  clusters,
} from './api/cluster';
export { gitopsDefinitions } from './api/definitions';
export { REPOSITORIES_ANNOTATION, type TenantPolicyOptions, tenantPolicy } from './api/tenant-policy';
export { GitopsError, type GitopsErrorCode } from './errors';
export type { PrometheusOptions } from './measure/prometheus';
export { type GitopsOptions, gitopsOperator } from './operator';
export type { PageOptions } from './page/page';
export type { PolicyEngine, PolicyFinding, PolicyObject, PolicyRequest } from './policy/engine';
export type { PolicyOptions } from './policy/gate';
export type { PolicyMode } from './policy/judge';
export type { Cost } from './preview/cost';
export { type MarkdownOptions, previewMarkdown } from './preview/markdown';
export type { ClusterPreview, Preview, Refusal } from './preview/preview';
export { type PreviewOptions, preview } from './preview/previewer';
export { type Point, pointOf } from './source/point';
export type { Moved, SourceLimits } from './source/source';
export { SYNC_ANNOTATION } from './sync/in-cluster';
export { ABORT_ANNOTATION, PROMOTE_ANNOTATION } from './sync/rollouts';
export type { PushOptions } from './webhook/pushes';
