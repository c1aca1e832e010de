/** What ends this program, with the exit code that a shell gives for it. SIGHUP is a terminal that was closed. */
const INTERRUPTS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * The first signal aborts the act, which takes away what it has made, and decides the exit code; the next one ends this
 * program at once.
 */
export async function interruptible(act: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const abort = new AbortController();
  let by: keyof typeof INTERRUPTS | undefined;
  const names = Object.keys(INTERRUPTS) as (keyof typeof INTERRUPTS)[];
  const stopListening = () => {
    for (const name of names) process.removeListener(name, onSignal);
  };
  const onSignal = (name: NodeJS.Signals) => {
    by = name as keyof typeof INTERRUPTS;
    stopListening();
    abort.abort(new Error(name));
  };
  for (const name of names) process.on(name, onSignal);
  try {
    const code = await act(abort.signal);
    return by ? INTERRUPTS[by] : code;
  } catch (error) {
    if (by) return INTERRUPTS[by];
    throw error;
  } finally {
    stopListening();
  }
}
