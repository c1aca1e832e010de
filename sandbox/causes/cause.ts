import { SandboxError, type SandboxErrorCode } from '../errors';

/** Why a sandbox did not start, or did not live: what the cluster said, in one of our codes. */
export interface Cause {
  readonly code: SandboxErrorCode;
  readonly found: string;
  readonly expected: string;
  readonly remedy: string;
  readonly retryable: boolean;
  readonly rule?: string;
}

export function errorOf(cause: Cause, where: string, sandboxId?: string, beneath?: unknown): SandboxError {
  const { code, found, expected, remedy, retryable, rule } = cause;
  return new SandboxError(
    code,
    { where, found, expected, remedy },
    { sandboxId, retryable, rule, cause: beneath },
  );
}

/** Words of the cluster end in logs and terminals: one line, no control characters, not too long. */
export function said(text: string | undefined, limit = 600): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
  const plain = (text ?? '').replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
  return plain.length > limit ? `${plain.slice(0, limit)}...` : plain;
}
