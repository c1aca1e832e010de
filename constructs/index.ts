export {
  type Bound,
  type Bounds,
  defineSandbox,
  type InstalledTemplate,
  type RoleRule,
  readTemplate,
  roleRules,
  type SandboxInputs,
  type SandboxLimits,
  type SandboxProps,
  type SandboxRun,
  SandboxSpec,
  sandboxRun,
  TEMPLATE_ANNOTATION,
} from '../sandbox/spec';
export { notInternet } from '../sandbox/spec/special-ranges';
export type { Condition } from './condition';
export { ConfigBundle, type ConfigBundleProps } from './config-bundle/config-bundle';
export { ConstructError, type ConstructErrorCode } from './construct-error';
export type {
  BlueGreenDelivery,
  CanaryDelivery,
  CanaryStep,
  Delivery,
  DeliveryAnalysis,
  HeaderMatch,
  HeaderRoute,
} from './delivery/delivery';
export {
  type AnalysisMetric,
  RolloutAnalysis,
  type RolloutAnalysisProps,
} from './delivery/rollout-analysis';
export type { GatewayListener } from './gateway/listeners';
export { type GrantedFrom, ReferenceGrant, type ReferenceGrantProps } from './gateway/reference-grant';
export { SecureGateway, type SecureGatewayProps } from './gateway/secure-gateway';
export { HelmTest, type HelmTestProps } from './helm-test/helm-test';
export { type Labels, labelsFor } from './identity';
export type { PlusModule, PlusObjects } from './interop/plus';
export { Migration, type MigrationProps } from './migration/migration';
export type { ApiServerAddress } from './network/api-server';
export type { ClusterDns } from './network/dns';
export {
  type Caller,
  type CidrOptions,
  EVERYWHERE,
  Peer,
  type PodPeerOptions,
  type PortOptions,
  type Reachable,
  type Rule,
} from './network/peer';
export type { PlusPeer } from './network/plus-peer';
export { apiServerValues, dnsValues, RANGE_PATTERN } from './network/values';
export type { OneShotAccount } from './one-shot-account';
export type { OneShotProps } from './one-shot-pod';
export type { SandboxManager } from './sandbox-rbac/access';
export type { SandboxQuota } from './sandbox-rbac/amounts';
export type { SandboxGate } from './sandbox-rbac/gate';
export { SandboxRbac, type SandboxRbacProps } from './sandbox-rbac/sandbox-rbac';
export { SandboxTemplate, type SandboxTemplateProps, TEMPLATE_KEY } from './sandbox-template';
export type { HostAccess, HostPath, HostProps } from './secure-agent/host';
export {
  type AgentProps,
  type AgentUpdate,
  SecureAgent,
  type SecureAgentProps,
} from './secure-agent/secure-agent';
export { type CronProps, SecureCron, type SecureCronProps } from './secure-cron/secure-cron';
export type {
  ControllerOptions,
  HostOptions,
  IngressOptions,
  IngressTls,
  RoutePath,
} from './secure-service/exposure';
export type {
  DeliveryProps,
  ExtraPort,
  LoadBalancerOptions,
  NetworkProps,
  NodePortOptions,
  PrometheusAccess,
  SecureServiceProps,
  ServingProps,
} from './secure-service/props';
export type {
  HeaderModifier,
  HttpRouteFilter,
  HttpRouteOptions,
  PathModifier,
  RouteOptions,
} from './secure-service/routes';
export { SecureService } from './secure-service/secure-service';
export { SecureTask, type SecureTaskProps, type TaskProps } from './secure-task/secure-task';
export type { KedaScaling, KedaTrigger } from './secure-worker/keda';
export { SecureWorker, type SecureWorkerProps } from './secure-worker/secure-worker';
export { type ExposureValuesOptions, exposureProps, exposureValues } from './service-values/exposure-values';
export { type ServiceProps, type ServiceValues, serviceProps } from './service-values/service-props';
export { type ServiceValuesOptions, serviceValues } from './service-values/service-values';
export type { Account } from './workload/account';
export type { Claims, ExistingClaim } from './workload/claims';
export type {
  Env,
  EnvSource,
  EnvText,
  FromConfigMap,
  FromField,
  FromResource,
  FromSecret,
} from './workload/env';
export type { FileOfConfigMap, FileOfSecret, FileSource, Files } from './workload/files';
export type { JobProps } from './workload/job';
export type { FreshFile, Liveness, LivenessProps, NoLiveness } from './workload/liveness';
export { Metric, type MetricAmount, type MetricOptions } from './workload/metric';
export type { MeasuredProps, MetricsAccess, MonitorOptions } from './workload/metrics';
export { Probe, type Probes, type ProbeTiming } from './workload/probes';
export type {
  Projected,
  ProjectedField,
  ProjectedSource,
  ProjectedToken,
  TokenOptions,
} from './workload/projected';
export type {
  ContainerProps,
  EgressRange,
  EscapeProps,
  LooseningProps,
  OutgoingProps,
  PodProps,
  RunningProps,
  WorkloadProps,
} from './workload/props';
export type { PodResources, ResourcePreset, Resources } from './workload/resources';
export type { Autoscaling, DisruptionBudget } from './workload/scaling';
export type { Awaited, StartAfter } from './workload/start-after';
export type { Storage, WritableFolder } from './workload/storage';
export type { UpdateStrategy } from './workload/update-strategy';
export type { WithVariables } from './workload/variables';
export type { Workload } from './workload/workload';
