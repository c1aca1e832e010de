import type { ClusterApi } from './cluster-api';

/**
 * A right that was there is taken to be there for so long: a run that has lost it meanwhile hears so from the server, at the
 * first dry-run or at its lock, as one that loses it right after it has asked.
 */
export const REMEMBERED_MS = 10_000;

interface Asked {
  readonly at: number;
  readonly answer: Promise<boolean>;
}

/**
 * Asks once for all releases that need the same right: a thousand of them would ask the same twenty questions a thousand
 * times, which is more than all else that they ask. A right that is missing is asked for anew each time, so that who is given
 * it need not wait.
 */
export function rememberingRights(
  may: ClusterApi['may'],
  now: () => number = () => performance.now(),
): ClusterApi['may'] {
  /** The oldest first. */
  const asked = new Map<string, Asked>();
  const forgetOld = () => {
    for (const [key, { at }] of asked) {
      if (now() - at < REMEMBERED_MS) return;
      asked.delete(key);
    }
  };
  return (right) => {
    forgetOld();
    const { verb, group, resource, namespace } = right;
    const key = JSON.stringify([verb, group, resource, namespace]);
    const known = asked.get(key);
    if (known) return known.answer;
    const one: Asked = { at: now(), answer: may(right) };
    asked.set(key, one);
    const forget = () => {
      if (asked.get(key) === one) asked.delete(key);
    };
    one.answer.then((isAllowed) => (isAllowed ? undefined : forget()), forget);
    return one.answer;
  };
}
