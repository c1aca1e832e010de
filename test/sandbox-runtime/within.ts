/** The promise, or words about what did not happen in time: a wait that has no end would hold the whole run. */
export async function within<Result>(
  what: string,
  promise: Promise<Result>,
  withinMs = 90_000,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${withinMs / 1000} s`)), withinMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
