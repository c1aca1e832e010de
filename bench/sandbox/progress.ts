const EVERY_MS = 15_000;

/** Reports on standard error, now and then, how far a long job is. */
export function progressOf(what: string, total: number): () => void {
  const started = performance.now();
  let told = started;
  let done = 0;
  return () => {
    done += 1;
    const now = performance.now();
    if (now - told < EVERY_MS && done < total) return;
    told = now;
    process.stderr.write(`${what}: ${done} of ${total} after ${Math.round((now - started) / 1000)} s\n`);
  };
}
