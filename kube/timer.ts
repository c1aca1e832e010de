import { setMaxListeners } from 'node:events';

/** The longest that a timer of Node can be set to, about 24 days; more than this fires at once. */
export const longestTimerMs = 2 ** 31 - 1;

/** Runs `what` after a time of any length, `Infinity` for never. Answers with how to stop it. */
export function startTimer(ms: number, what: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const arm = (leftMs: number) => {
    if (leftMs === Number.POSITIVE_INFINITY) return;
    const stepMs = Math.min(leftMs, longestTimerMs);
    timer = setTimeout(() => (leftMs > stepMs ? arm(leftMs - stepMs) : what()), stepMs);
  };
  arm(ms);
  return () => clearTimeout(timer);
}

/** Resolves after the time, or at once when the signal is aborted; the caller looks at the signal. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      stop();
      forget?.();
      resolve();
    };
    const stop = startTimer(ms, done);
    const forget = signal && onAbort(signal, done);
  });
}

/**
 * Calls the listener once when the signal is aborted, at once when it is already. Answers with how to forget it.
 * Every call and watch in flight listens to its caller's signal, so many listeners are no leak and no warning.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  if (signal.aborted) {
    listener();
    return () => {};
  }
  setMaxListeners(0, signal);
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}
