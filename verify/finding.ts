import type { ErrorFacts } from '../errors';

/** Every cause that is told, in the order in which they are looked for. */
export const CODES = [
  'OBJECT_MISSING',
  'OBJECT_CHANGED',
  'QUOTA_EXCEEDED',
  'WEBHOOK_FAILED',
  'POD_REFUSED',
  'NODE_NOT_READY',
  'VOLUME_PENDING',
  'UNSCHEDULABLE',
  'SECRET_MISSING',
  'CONFIG_MISSING',
  'KEY_MISSING',
  'PULL_SECRET_MISSING',
  'IMAGE_PULL',
  'START_FAILED',
  'OUT_OF_MEMORY',
  'CRASHED',
  'PROBE_FAILED',
  'NOT_READY',
  'JOB_FAILED',
  'NO_ENDPOINTS',
  'WRONG_PORT',
  'ROLE_MISSING',
  'ACCOUNT_MISSING',
  'DRAIN_BLOCKED',
  'NOT_SCALING',
  'NOT_REACHED',
  'DNS_DOWN',
  'NO_ADDRESS',
  'SLOW_START',
  'SANDBOX_FAILED',
  'NO_ANSWER',
] as const;

export type FindingCode = (typeof CODES)[number];

/** Why something is not as it was meant: one cause, in four facts. */
export interface Finding extends ErrorFacts {
  readonly code: FindingCode;
  /** From what is seen to what it comes from, such as `Deployment/web`, `ReplicaSet/web-5d`, `Pod/web-5d-x`. */
  readonly path: readonly string[];
  /** Whether it may be over by itself in a moment: an object that only starts. */
  readonly mayPass: boolean;
}

/** What a walk has found out, before it is known how it got there. */
export type Cause = Omit<Finding, 'path' | 'mayPass'>;
