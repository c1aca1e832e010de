import { DrydockError, type ErrorFacts, withCause } from '../errors';

/** Every way a deployment can be refused or fail. Programs compare `code`; people read the message. */
export type DeployErrorCode =
  // The objects
  | 'OBJECT_INVALID'
  | 'OBJECT_TWICE'
  | 'DEPENDENCY_UNKNOWN'
  | 'DEPENDENCY_CYCLE'
  // What the cluster says to them
  | 'OBJECT_KIND_UNKNOWN'
  | 'NAMESPACE_MISSING'
  | 'NAMESPACE_TERMINATING'
  | 'OBJECT_REFUSED'
  | 'OBJECT_NOT_OURS'
  | 'FIELD_CONFLICT'
  | 'FIELD_IMMUTABLE'
  | 'RIGHTS_MISSING'
  | 'SERVER_TOO_OLD'
  | 'PLAN_REFUSED'
  // Deletions
  | 'SET_EMPTY'
  | 'PRUNE_TOO_MANY'
  | 'DELETION_HANGS'
  // The run
  | 'RELEASE_LOCKED'
  | 'LOCK_LOST'
  | 'APPLY_INCOMPLETE'
  | 'OBJECT_UNHEALTHY'
  | 'OBJECT_PAUSED'
  // What is remembered
  | 'RELEASE_NAME'
  | 'RELEASE_UNKNOWN'
  | 'REVISION_UNKNOWN'
  | 'RELEASE_DAMAGED';

export interface DeployErrorOptions {
  readonly cause?: unknown;
  /** The errors that this one sums up, each about one object. */
  readonly problems?: readonly DeployError[];
}

/**
 * What a Deployer throws when it refuses or fails. An error of the cluster itself, such as one that cannot be reached,
 * comes as it is; every one has a `code` and the four facts of DrydockError.
 *
 * @example
 * try {
 *   await deployer.apply([]);
 * } catch (error) {
 *   if (error instanceof DeployError) for (const problem of error.problems) console.error(problem.message);
 *   else throw error;
 * }
 */
export class DeployError extends DrydockError {
  declare readonly code: DeployErrorCode;
  /** The errors that this one sums up, each about one object; else empty. */
  readonly problems: readonly DeployError[];

  constructor(code: DeployErrorCode, facts: ErrorFacts, options: DeployErrorOptions = {}) {
    super(code, facts);
    this.name = 'DeployError';
    this.problems = options.problems ?? [];
    withCause(this, options.cause);
  }
}

/** Whether a run has only not come to its end, as what it has applied takes its time on purpose. */
export function isPaused(error: unknown): error is DeployError {
  if (!(error instanceof DeployError) || error.code !== 'APPLY_INCOMPLETE') return false;
  return error.problems.length > 0 && error.problems.every(({ code }) => code === 'OBJECT_PAUSED');
}

/** What is summed up stands last in a message, a line each: what came after it would be lost behind it. */
export function listed(remedy: string, lines: readonly string[]): string {
  return [remedy, ...lines.map((line) => `  - ${line}`)].join('\n');
}
