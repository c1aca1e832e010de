/** How long to wait before try number `failures + 1`: doubling, capped, and somewhere in the upper half of that. */
export function backoffMs(failures: number, firstMs: number, capMs: number, random = Math.random): number {
  const step = Math.min(capMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return step / 2 + (random() * step) / 2;
}

/** Resolves after the time, or at once when the signal is aborted; the caller looks at the signal. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}
