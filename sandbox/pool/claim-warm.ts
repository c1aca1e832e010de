import type { Job } from '../../imports/k8s';
import { abortError } from '../causes/api-cause';
import type { ColdReason } from '../claim/claim-info';
import { discardJob } from '../claim/create-job';
import { orphanMsOf } from '../claim/orphan-ttl';
import type { Place } from '../claim/place';
import { ProgressTeller } from '../claim/progress';
import type { ClaimOptions } from '../options';
import { Sandbox } from '../sandbox';
import { variablesBetween, withVariables } from './given-env';
import type { WarmPool } from './warm-pool';

/** A sandbox that was warm, or why the claim has to make one. */
export async function claimWarm(
  place: Place,
  pool: WarmPool,
  planned: Job,
  options: ClaimOptions<object> & { readonly signal: AbortSignal },
): Promise<Sandbox | ColdReason> {
  const asked = ownWishOf(options);
  if (asked) return asked;
  if (!variablesBetween(pool.member, planned)) return 'env';
  const { signal } = options;
  const claimed = await pool.claim(planned, signal);
  if ('miss' in claimed) return claimed.miss;
  const { job, line, from } = claimed;
  const { name } = job.metadata;
  line.own();
  if (signal.aborted) {
    line.cut();
    line.watch.close();
    await discardJob(place, job);
    throw abortError(signal, `claim of ${name}`, name);
  }
  const variables = variablesBetween(job, planned) ?? {};
  const session = { ...line.session, commands: withVariables(line.session.commands, variables) };
  new ProgressTeller(name, options.onProgress).tell('ready');
  return new Sandbox(place, job, line.watch, session, { way: 'warm', from });
}

/** What only a sandbox of its own can have: members have a name, and supervisors that were told when to end it. */
function ownWishOf({ values, orphanTtl }: ClaimOptions<object>): ColdReason | undefined {
  if ((values as { readonly name?: unknown } | undefined)?.name !== undefined) return 'name';
  return orphanMsOf('claim', orphanTtl) === orphanMsOf('claim', undefined) ? undefined : 'orphanTtl';
}
