import { onAbort } from '../../kube';

/** The answer, or the end of who waits for it: others wait for the same one. */
export function orEnd<Answer>(answer: Promise<Answer>, signal: AbortSignal | undefined): Promise<Answer> {
  if (!signal) return answer;
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, () => reject(signal.reason));
    answer.then(resolve, reject).finally(forget);
  });
}
