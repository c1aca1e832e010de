/** Below the five seconds of the probes in the charts, so that they get an answer that says why; a busy node takes its time. */
const PATIENCE_MS = 3000;

/** Whether a program can serve, and of each thing that it needs whether it is there. */
export async function readinessOf(
  needs: Readonly<Record<string, () => Promise<void>>>,
  isEnding: boolean,
): Promise<{ ready: boolean; checks: Record<string, string> }> {
  if (isEnding) return { ready: false, checks: { server: 'it is ending' } };
  const asked = Object.entries(needs).map(async ([name, ask]) => [name, await answerOf(ask)] as const);
  const checks = Object.fromEntries(await Promise.all(asked));
  return { ready: Object.values(checks).every((answer) => answer === 'ok'), checks };
}

async function answerOf(ask: () => Promise<void>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, `no answer within ${PATIENCE_MS} ms`);
  });
  const asked = ask().then(
    () => 'ok',
    (error: unknown) => (error instanceof NotReady ? error.message : 'cannot be reached'),
  );
  const answer = await Promise.race([asked, late]);
  clearTimeout(timer);
  return answer;
}

/** Says in words why a program is not ready. The words of other errors may hold addresses, and are not shown. */
export class NotReady extends Error {}

/** That another program of ours answers, through its Service, which sends on to pods that are ready. */
export function upstream(url: string): () => Promise<void> {
  return async () => {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    await answer.body?.cancel();
    if (!answer.ok) throw new NotReady(`answers with ${answer.status}`);
  };
}
