import { isCount } from '../../kube';
import { invalid } from '../arguments';

/** How long a sandbox lives on without its client, in seconds; `'none'` for as long as its `ttl`. */
export type OrphanTtl = number | 'none';

/** With this the cluster has some seconds left to be done within half a minute. */
const DEFAULT_SECONDS = 20;

/** What the supervisor is given, in milliseconds; `undefined` where it does not end the sandbox. */
export function orphanMsOf(where: string, ttl: OrphanTtl = DEFAULT_SECONDS): number | undefined {
  if (ttl === 'none') return undefined;
  if (isCount(ttl, 0) && Number.isSafeInteger(ttl * 1000)) return ttl * 1000;
  throw invalid({ where }, 'orphanTtl', ttl, "a whole number of seconds from 0 on, or 'none'");
}
