import type { Connection } from './connection';
import { KubeError } from './errors';
import { onAbort, startTimer } from './timer';
import { abortedError, deadlineError } from './transport-error';

/** The caller's signal, the connection's end and the deadline as one signal, which knows which of them it was. */
export interface Limit {
  readonly signal: AbortSignal;
  /** The deadline, in milliseconds since 1970. */
  readonly until: number | undefined;
  /** Set by open() when the request was handed to a connection. */
  sent: boolean;
  why(): KubeError | undefined;
  clear(): void;
}

/** @param deadlineMs undefined for no deadline */
export function limitOf(
  connection: Connection,
  signal: AbortSignal | undefined,
  deadlineMs: number | undefined,
  where: string,
): Limit {
  const own = new AbortController();
  let why: (() => KubeError) | undefined;
  const end = (error: () => KubeError) => {
    why ??= error;
    own.abort();
  };
  const ends: Array<() => void> = [];
  const limit: Limit = {
    signal: own.signal,
    until: deadlineMs === undefined ? undefined : Date.now() + deadlineMs,
    sent: false,
    why: () => why?.(),
    clear: () => {
      for (const forget of ends.splice(0)) forget();
    },
  };
  if (deadlineMs !== undefined) {
    ends.push(startTimer(deadlineMs, () => end(() => deadlineError(where, deadlineMs, limit.sent))));
  }
  ends.push(onAbort(connection.closing, () => end(() => closedError(where, limit.sent))));
  if (signal) ends.push(onAbort(signal, () => end(() => abortedError(where, signal, limit.sent))));
  return limit;
}

function closedError(where: string, sent: boolean): KubeError {
  return new KubeError(
    'CLOSED',
    { where, found: 'close()', expected: 'an open connection', remedy: 'close it after its last call' },
    { effect: sent ? 'unknown' : 'none' },
  );
}

/** Whatever the work waits for, the caller does not wait beyond its limit. */
export function withinLimit<Result>(work: Promise<Result>, limit: Limit): Promise<Result> {
  return new Promise((resolve, reject) => {
    const forget = onAbort(limit.signal, () => reject(limit.why()));
    work.then(resolve, reject).finally(forget);
  });
}
