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
  // Streams
  | 'STDIN_END_UNSUPPORTED'
  | 'STREAM_PROTOCOL';

/** The four facts behind every message. None of them ever holds a token, a header or the query of a URL. */
export interface KubeErrorFacts {
  /** The call, as method and path, or the file. */
  readonly where: string;
  readonly found: string;
  readonly expected: string;
  /** What the reader can do about it. */
  readonly do: string;
}

export interface KubeErrorOptions {
  readonly cause?: unknown;
  /** See {@link KubeError.effect}. @default 'none' */
  readonly effect?: 'none' | 'unknown';
}

/** The one error class of this room; the server's own answers are its subclass ApiError. */
export class KubeError extends Error implements KubeErrorFacts {
  override readonly name: string = 'KubeError';
  readonly where: string;
  readonly found: string;
  readonly expected: string;
  readonly do: string;
  /** `none`: the server did not act on this call. `unknown`: it was sent, and no answer says whether it was done. */
  readonly effect: 'none' | 'unknown';

  constructor(
    readonly code: KubeErrorCode,
    facts: KubeErrorFacts,
    options: KubeErrorOptions = {},
  ) {
    super(`${code} at ${facts.where}: expected ${facts.expected}, found ${facts.found}; ${facts.do}`);
    if (options.cause !== undefined) Object.defineProperty(this, 'cause', { value: options.cause });
    this.where = facts.where;
    this.found = facts.found;
    this.expected = facts.expected;
    this.do = facts.do;
    this.effect = options.effect ?? 'none';
  }
}

/** For a call that was tried before: what an earlier try may have done, a later refusal does not undo. */
export function inDoubt(error: KubeError): KubeError {
  return Object.defineProperty(error, 'effect', { value: 'unknown', enumerable: true });
}
