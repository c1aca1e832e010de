import { ApiError, type ApiStatus, isRecord, statusFrom } from '../api-error';
import { KubeError } from '../errors';

/** How an exec ended. Exactly one of three, and `exited` only when the server said so. */
export type ExecEnd =
  | {
      readonly type: 'exited';
      readonly exitCode: number;
      /**
       * False when the connection broke after the status: the last output may be missing. True says that everything
       * the server sent has come; what the node lost before that cannot be seen from here.
       */
      readonly outputComplete: boolean;
    }
  /** The server says that the command did not run, or that it lost it. */
  | { readonly type: 'failed'; readonly error: ApiError }
  /** It was not said how it ended; it may still run. */
  | { readonly type: 'unknown'; readonly error: KubeError };

/** Reads the frame of the status channel; what cannot be understood is no status. */
export function parseExecStatus(frame: Buffer, where: string): ExecEnd {
  const status = parseStatus(frame);
  if (status?.status === 'Success') return { type: 'exited', exitCode: 0, outputComplete: true };
  if (status?.status === 'Failure') {
    const exitCode = status.reason === 'NonZeroExitCode' ? exitCodeOf(status) : undefined;
    if (exitCode !== undefined) return { type: 'exited', exitCode, outputComplete: true };
    const remedy =
      'check that the program exists in the image and may be executed, and that the container runs';
    return { type: 'failed', error: new ApiError(where, status.code || 500, status, { remedy }) };
  }
  const error = new KubeError(
    'STREAM_PROTOCOL',
    {
      where,
      found: `a status of ${frame.length} bytes that says neither Success nor Failure`,
      expected: 'a Status object',
      remedy: 'check for a proxy between here and the API server',
    },
    { effect: 'unknown' },
  );
  return { type: 'unknown', error };
}

function exitCodeOf(status: ApiStatus): number | undefined {
  const cause = status.details?.causes?.find(({ reason }) => reason === 'ExitCode');
  // 0 beside a failure is a contradiction, and a contradiction is no success.
  return cause?.message && /^[1-9]\d{0,9}$/.test(cause.message) ? Number(cause.message) : undefined;
}

function parseStatus(frame: Buffer): ApiStatus | undefined {
  try {
    const parsed: unknown = JSON.parse(frame.toString('utf8'));
    return isRecord(parsed) ? statusFrom(parsed) : undefined;
  } catch {
    return undefined;
  }
}
