import { DrydockError, type ErrorFacts, withCause } from '../errors';

/** Every way a call to a cluster can fail. Callers compare `code`; people read the message. */
export type KubeErrorCode =
  // The kubeconfig and the credentials in it
  | 'KUBECONFIG_MISSING'
  | 'KUBECONFIG_INVALID'
  | 'EXEC_PLUGIN_NOT_ALLOWED'
  | 'CREDENTIALS_FAILED'
  // The way to the server
  | 'UNREACHABLE'
  | 'CERTIFICATE_EXPIRED'
  | 'CERTIFICATE_UNTRUSTED'
  | 'TLS_FAILED'
  | 'CONNECTION_LOST'
  | 'DEADLINE_EXCEEDED'
  | 'ABORTED'
  | 'CLOSED'
  | 'BAD_RESPONSE'
  | 'RESPONSE_TOO_LARGE'
  // The server's own refusals
  | 'BAD_REQUEST'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'CONFLICT'
  | 'GONE'
  | 'INVALID'
  | 'TOO_MANY_REQUESTS'
  | 'SERVER_ERROR'
  | 'API_ERROR'
  // What the caller asked for
  | 'KIND_UNKNOWN'
  | 'ARGUMENT_INVALID'
  | 'FENCED'
  // Streams
  | 'STDIN_END_UNSUPPORTED'
  | 'STREAM_PROTOCOL';

export interface KubeErrorOptions {
  readonly cause?: unknown;
  /** See {@link KubeError.effect}. @default 'none' */
  readonly effect?: 'none' | 'unknown';
}

/**
 * What a call to a cluster throws; the server's own answers are its subclass ApiError.
 *
 * @example
 * const mayBeDone = (error: unknown) => error instanceof KubeError && error.effect === 'unknown';
 * console.log(mayBeDone(new Error()));
 */
export class KubeError extends DrydockError {
  declare readonly code: KubeErrorCode;
  /** `none`: the server did not act on this call. `unknown`: it was sent, and no answer says whether it was done. */
  readonly effect: 'none' | 'unknown';

  constructor(code: KubeErrorCode, facts: ErrorFacts, options: KubeErrorOptions = {}) {
    super(code, facts);
    this.name = 'KubeError';
    this.effect = options.effect ?? 'none';
    withCause(this, options.cause);
  }
}

/** For a call that was tried before: what an earlier try may have done, a later refusal does not undo. */
export function inDoubt(error: KubeError): KubeError {
  return Object.assign(error, { effect: 'unknown' as const });
}
