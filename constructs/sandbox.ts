/** The door to sandboxes: describing one, installing its template, and admitting it. */
export {
  type Bound,
  type Bounds,
  defineSandbox,
  type RoleRule,
  roleRules,
  type SandboxInputs,
  type SandboxLimits,
  type SandboxProps,
  type SandboxRun,
  SandboxSpec,
  sandboxRun,
  TEMPLATE_ANNOTATION,
} from '../sandbox/spec';
export type { SandboxManager } from './sandbox-rbac/access';
export type { SandboxQuota } from './sandbox-rbac/amounts';
export { SandboxRbac, type SandboxRbacProps } from './sandbox-rbac/sandbox-rbac';
export { SandboxTemplate, type SandboxTemplateProps, TEMPLATE_KEY } from './sandbox-template';
