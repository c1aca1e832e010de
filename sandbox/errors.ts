import { DrydockError, type ErrorFacts, withCause } from '../errors';

/** Every way a sandbox can fail. Programs compare `code`; people read the message. */
export type SandboxErrorCode =
  // What the caller gave
  | 'TemplateMismatch'
  | 'ArgumentInvalid'
  | 'PoolIdleTooLong'
  | 'PoolBeyondQuota'
  | 'TenantUnknown'
  | 'FleetMismatch'
  | 'FleetRecord'
  | 'CheckpointMismatch'
  | 'CheckpointDamaged'
  // Making a sandbox
  | 'PolicyDenied'
  | 'QuotaExceeded'
  | 'ImagePull'
  | 'Unschedulable'
  | 'StartFailed'
  | 'StartTimeout'
  | 'NetworkNotClosed'
  // How a sandbox ended
  | 'OOMKilled'
  | 'Evicted'
  | 'DeadlineExceeded'
  | 'PodLost'
  | 'Ended'
  | 'Closed'
  | 'Aborted'
  // The way to it
  | 'ApiFailed'
  | 'ConnectionLost'
  | 'SupervisorProtocol'
  | 'SupervisorUnavailable'
  | 'Unsupported'
  // Commands and files
  | 'CommandNotStarted'
  | 'CommandMissing'
  | 'CommandFailed'
  | 'TimedOut'
  | 'PortRefused'
  | 'FileMissing'
  | 'FileExists'
  | 'FileFailed'
  | 'FileUnsafe'
  | 'FileLimit'
  | 'FileMismatch';

export interface SandboxErrorOptions {
  /** The sandbox that it is about. @default - none was made */
  readonly sandboxId?: string;
  /** Whether the same call may work later without a change by anybody. @default false */
  readonly retryable?: boolean;
  /** The error beneath, or what the cluster said of it. */
  readonly cause?: unknown;
  /** For `PolicyDenied`: who denied it, and which field or rule. */
  readonly rule?: string;
}

/**
 * What the sandbox runtime throws: always this class, whatever lies beneath.
 *
 * @example
 * try {
 *   await sandboxes.claim({ values: { image: 'registry.example.com/tools:1.0.0' }, ttl: 600 });
 * } catch (error) {
 *   if (error instanceof SandboxError && error.retryable) console.error('later perhaps:', error.code);
 *   else throw error;
 * }
 */
export class SandboxError extends DrydockError {
  declare readonly code: SandboxErrorCode;
  /** The Job's name; `undefined` where no sandbox was made. */
  readonly sandboxId: string | undefined;
  /**
   * Whether the same call may work later without a change by anybody. Nothing is tried again by itself: a command
   * may have run.
   */
  readonly retryable: boolean;
  /** For `PolicyDenied`: who denied it, and which field or rule. */
  readonly rule: string | undefined;

  constructor(code: SandboxErrorCode, facts: ErrorFacts, options: SandboxErrorOptions = {}) {
    super(code, facts);
    this.name = 'SandboxError';
    this.sandboxId = options.sandboxId;
    this.retryable = options.retryable ?? false;
    this.rule = options.rule;
    withCause(this, options.cause);
  }
}
