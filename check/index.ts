export { type CheckOptions, check, describeFindings } from './check';
export { type Finding, type KubeObjectJson, nameOf, type RuleId, type Waiver } from './finding';
export { Inventory, type Pods } from './inventory';
export { type PodSecurityLevel, podSecurityViolations, type Violation } from './pod-security';
export { parseManifests, type ReadObject, type Refuse, readManifests, readObjects } from './read';
export { DrydockValidation, type DrydockValidationProps } from './validation-plugin';
export { readWaivers } from './waivers';
