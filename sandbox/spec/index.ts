export {
  AGENT_SANDBOX_CALLS,
  API_CALLS,
  type ApiCall,
  type ApiVerb,
  type RoleRule,
  roleRules,
} from './api-calls';
export { type Bound, type Bounds, TEXT_BYTES, VARIABLE_BYTES } from './bounds';
export { type SandboxJobProps, TEMPLATE, TEMPLATE_ANNOTATION } from './job';
export { GIVEN_FIELDS, SANDBOX_USER, type SandboxPodProps, WORKSPACE } from './pod';
export {
  MARKS_OF_STATE,
  POOL_LABELS,
  POOL_MARKS,
  POOL_TRANSITIONS,
  type PoolMark,
  type PoolState,
} from './pool-marks';
export { type SandboxRequirement, TAKEN_NAMESPACES } from './props-shape';
export {
  KUEUE_JOB_ANNOTATIONS,
  KUEUE_POD_ANNOTATIONS,
  KUEUE_POD_LABELS,
  QUEUE_LABEL,
} from './queue';
export { type InstalledTemplate, readTemplate } from './read-template';
export { ENTERED_WITHIN_SECONDS, NOT_ENTERED, type SandboxRun, sandboxRun } from './run-values';
export {
  defineSandbox,
  hashOf,
  type SandboxInputs,
  type SandboxLimits,
  type SandboxProps,
  SandboxSpec,
} from './sandbox-spec';
export { notInternet, SPECIAL_RANGES, type SpecialRange } from './special-ranges';
