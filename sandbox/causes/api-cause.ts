import { ApiError, KubeError, type KubeErrorCode } from '../../kube';
import { SandboxError } from '../errors';
import { type Cause, errorOf, said } from './cause';
import { refusalIn } from './refusal';

const passing: ReadonlySet<KubeErrorCode> = new Set([
  'UNREACHABLE',
  'CONNECTION_LOST',
  'DEADLINE_EXCEEDED',
  'TOO_MANY_REQUESTS',
  'SERVER_ERROR',
]);

/** An error of a call to the API server as one of ours. What is ours already stays. */
export function apiError(error: unknown, where: string, sandboxId?: string): SandboxError {
  if (error instanceof SandboxError) return error;
  if (!(error instanceof KubeError)) return errorOf(unexpected(error), where, sandboxId, error);
  return errorOf(apiCause(error), where, sandboxId, error);
}

function apiCause(error: KubeError): Cause {
  const refusal = error instanceof ApiError ? refusalIn(error.found) : undefined;
  if (refusal) return refusal;
  const { where, found, expected, remedy } = error;
  // A caller who gave no kubeconfig does not know which file was looked for.
  const place = error.code.startsWith('KUBECONFIG') ? ` (${where})` : '';
  const facts = { found: `${error.code}: ${found}${place}`, expected, remedy };
  if (error.code === 'ABORTED') return { code: 'Aborted', ...facts, retryable: true };
  if (error.code === 'CLOSED') return { code: 'Closed', ...facts, retryable: false };
  return { code: 'ApiFailed', ...facts, retryable: passing.has(error.code) };
}

/** An abort by the caller, or by a close of ours, which says so itself. */
export function abortError(signal: AbortSignal, where: string, sandboxId?: string): SandboxError {
  const { reason } = signal;
  if (reason instanceof SandboxError) return reason;
  const aborted: Cause = {
    code: 'Aborted',
    found: `an abort by the caller: ${said(reason instanceof Error ? reason.message : 'its signal')}`,
    expected: 'a claim that may take its time',
    remedy: 'Nothing is left behind: the sandbox was deleted.',
    retryable: true,
  };
  return errorOf(aborted, where, sandboxId);
}

function unexpected(error: unknown): Cause {
  return {
    code: 'ApiFailed',
    found: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    expected: 'an answer of the API server',
    remedy: 'Look at the cause beneath.',
    retryable: false,
  };
}
