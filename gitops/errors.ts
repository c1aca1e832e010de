import { DrydockError, type ErrorFacts, withCause } from '../errors';

/** Every way in which a source or a cluster cannot be had, or is not what may be applied. Programs compare `code`. */
export type GitopsErrorCode =
  // The repository cannot be asked; it may answer the next time
  | 'SOURCE_UNREACHABLE'
  | 'SOURCE_DENIED'
  | 'HOST_KEY_UNKNOWN'
  | 'BRANCH_MISSING'
  | 'REVISION_MISSING'
  | 'SECRET_MISSING'
  | 'SECRET_INVALID'
  | 'SECRET_UNREADABLE'
  // It was read, and may not be used as it is: another commit mends it
  | 'SOURCE_INVALID'
  | 'SOURCE_TOO_LARGE'
  | 'SOURCE_REFUSED'
  | 'PATH_MISSING'
  | 'RENDER_FAILED'
  | 'VALUES_MISSING'
  | 'SANDBOX_FAILED'
  | 'POLICY_DENIED'
  // A cluster cannot be had; it may be there the next time
  | 'CLUSTER_MISSING'
  | 'CLUSTERS_NONE'
  | 'CLUSTERS_TOO_MANY'
  | 'CLUSTER_UNREACHABLE'
  | 'CLUSTER_DENIED'
  | 'KUBECONFIG_REFUSED'
  // It may not act
  | 'ACCOUNT_MISSING'
  // A preview would tell what it may not
  | 'PREVIEW_REFUSED'
  // The process itself
  | 'POLICY_FAILED'
  | 'PROMETHEUS_INVALID'
  | 'GIT_MISSING'
  | 'PROGRAM_MISSING';

const ANOTHER_COMMIT: readonly GitopsErrorCode[] = [
  'SOURCE_INVALID',
  'SOURCE_TOO_LARGE',
  'SOURCE_REFUSED',
  'PATH_MISSING',
  'RENDER_FAILED',
  'POLICY_DENIED',
  'ACCOUNT_MISSING',
  'PREVIEW_REFUSED',
];

/**
 * What keeps a repository from being applied. Nothing of it quotes a credential or a line of a file.
 *
 * @example
 * function waitsForACommit(error: unknown): boolean {
 *   return error instanceof GitopsError && error.waitsForPerson;
 * }
 */
export class GitopsError extends DrydockError {
  declare readonly code: GitopsErrorCode;

  constructor(code: GitopsErrorCode, facts: ErrorFacts, options: { readonly cause?: unknown } = {}) {
    super(code, facts);
    this.name = 'GitopsError';
    withCause(this, options.cause);
  }

  /** Trying again does not help: the repository or the Application has to change. */
  get waitsForPerson(): boolean {
    return ANOTHER_COMMIT.includes(this.code);
  }
}
