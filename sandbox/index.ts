export type {
  AgentSandboxTemplate,
  AgentSandboxWarmPool,
} from './agent-sandbox/kinds';
export { type AgentSandboxPoolOptions, agentSandboxPool } from './agent-sandbox/pool-objects';
export type { BackendName } from './backend/backend';
export type { Cause } from './causes/cause';
export type { Checkpoint, CheckpointOptions } from './checkpoint/checkpoint';
export type { AttachOptions, FollowOptions } from './claim/claim';
export type { ClaimInfo, ColdReason } from './claim/claim-info';
export type { OrphanTtl } from './claim/orphan-ttl';
export type { ClaimPhase, ClaimProgress, OnProgress } from './claim/progress';
export type {
  AttachCommandOptions,
  CommandEvent,
  CommandEvents,
  CommandHandle,
  CommandResult,
  Commands,
  CommandUsage,
  DetachedCommand,
  DetachedSummary,
  Outcome,
  Output,
  RunOptions,
  StartOptions,
  TerminalSize,
} from './commands';
export { Egress } from './egress/egress';
export type { EgressEvent, EgressOptions, EgressRepository } from './egress/options';
export type { EgressRefusal } from './egress/refused';
export { SandboxError, type SandboxErrorCode } from './errors';
export {
  type DownloadOptions,
  FILE_LIMITS,
  type FileChange,
  type FileEntry,
  type FileKind,
  type FileLimits,
  type FileOptions,
  type Files,
  type FileWatch,
  type ListOptions,
  type ReadOptions,
  type RemotePath,
  type RemoveOptions,
  type SkippedEntry,
  type TransferOptions,
  type TransferProgress,
  type TransferResult,
  type UploadOptions,
  type WatchOptions,
  type WriteOptions,
} from './files';
export type { FleetOptions, MapContext, MapOptions, MapRun } from './fleet/options';
export type { MapOutcome, MapProgress } from './fleet/outcome';
export { type FleetRecord, folderRecord } from './fleet/record';
export type { JobOutcome } from './job/outcome';
export type { SandboxJob } from './job/sandbox-job';
export { KubernetesSandbox } from './kubernetes-sandbox';
export {
  type CounterLike,
  type HistogramLike,
  type InstrumentOptionsLike,
  type MeterLike,
  type OpenTelemetryOptions,
  openTelemetryHooks,
  type SpanLike,
  type SpanOptionsLike,
  type TracerLike,
} from './metrics/open-telemetry';
export type { OperationEnd, OperationFacts, SandboxHooks, SandboxOperation } from './metrics/sandbox-hooks';
export type { ClaimOptions, JobOptions, SandboxesOptions } from './options';
export type { PoolOptions } from './pool/options';
export type { PoolMiss } from './pool/pool-claims';
export type { ExposedPort, ExposeOptions } from './ports/exposed-port';
export { Gateway, type GatewayOptions } from './ports/gateway';
export type { Finding, PreflightCheck, PreflightReport } from './preflight/report';
export type { CloseOptions, Sandbox } from './sandbox';
export { Sandboxes } from './sandboxes';
export { type InstalledTemplate, readTemplate } from './spec';
export type { SandboxStats } from './stats';
export type { SandboxSummary } from './summary';
export type { DescribedSandbox, TemplateSource } from './template/template-source';
