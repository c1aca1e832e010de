import type { JsonObject } from '../../core/template';
import type { Job } from '../../imports/k8s';
import { isCount } from '../../kube';
import { checkOptions, invalid } from '../arguments';
import { SandboxError } from '../errors';
import type { ClaimOptions } from '../options';
import { refuseQueue } from '../template/in-queue';
import { planJob } from '../template/plan-job';
import type { JobOf } from '../template/template-source';
import { LEAST_IDLE_SECONDS } from './member';
import type { WarmPoolOptions } from './warm-pool';

/** The template says what a run is; what a pool gives of it says nothing of the rest. (`NoInfer` needs TypeScript 5.4.) */
type NotInferred<Run> = [Run][Run extends unknown ? 0 : never];

/** What a program keeps ready for its claims. */
export interface PoolOptions<Run extends object = JsonObject> {
  /**
   * How many sandboxes this program keeps warm, each with what a sandbox takes of the quota. With 0 there is no pool, and
   * nothing is done for one. Other programs that keep the same share theirs: each claims of its own first.
   */
  readonly warm: number;
  /**
   * How long one of them waits for its claim, in seconds, before it is replaced; also the greatest age of a stream that
   * is handed out. Short ones free nodes, long ones are replaced less often.
   * @default 600
   */
  readonly idleSeconds?: number;
  /**
   * Values of the run that all of them are made with, such as the image. Claims that ask for others are cold; environment,
   * labels and `ttl` may differ.
   * @default - the template's defaults
   */
  readonly values?: Partial<NotInferred<Run>>;
}

const IDLE_SECONDS = 600;
/** A token is checked when a stream is opened only, so that none is handed out that was opened longer ago. */
const LONGEST_IDLE_SECONDS = 3_600;
/** Less, and a member would be on its way out as soon as it is there. */
const SHORTEST_IDLE_SECONDS = 3 * LEAST_IDLE_SECONDS;

/** What a pool is made of; `undefined` for none. */
export function checkPool(
  jobOf: JobOf,
  namespace: string,
  pool: PoolOptions<object> | undefined,
): WarmPoolOptions | undefined {
  if (pool === undefined) return undefined;
  const place = { where: 'new Sandboxes({ pool })' };
  checkOptions(place, pool, { values: 'object' });
  const { warm, idleSeconds = IDLE_SECONDS, values = {} } = pool;
  if (Object.hasOwn(pool, 'name')) {
    const expected =
      'nothing: a pool is known by what its members are, so those of two templates are two pools';
    throw invalid(place, 'name', (pool as { readonly name?: unknown }).name, expected);
  }
  if (!isCount(warm, 0)) throw invalid(place, 'warm', warm, 'a whole number from 0 on');
  if (!isCount(idleSeconds, SHORTEST_IDLE_SECONDS) || idleSeconds > LONGEST_IDLE_SECONDS) {
    const expected = `a whole number of seconds from ${SHORTEST_IDLE_SECONDS} to ${LONGEST_IDLE_SECONDS}`;
    throw invalid(place, 'idleSeconds', idleSeconds, expected);
  }
  for (const given of ['name', 'deadlineSeconds']) {
    if (!Object.hasOwn(values, given)) continue;
    throw invalid(
      place,
      `values.${given}`,
      (values as JsonObject)[given],
      'nothing: each member has its own',
    );
  }
  if (warm === 0) return undefined;
  const plan = (name: string) => {
    const options: ClaimOptions<object> = { values: { ...values, name }, ttl: idleSeconds };
    return planJob(jobOf, namespace, options);
  };
  refuseQueue(plan('member'), place.where, 'a warm pool');
  refuseIdleTooLong(plan('member'), idleSeconds);
  return { warm, idleSeconds, plan };
}

/** A pod's own deadline counts while it waits, and nothing prolongs it. */
function refuseIdleTooLong(job: Job, idleSeconds: number): void {
  const podSeconds = job.spec?.template.spec?.activeDeadlineSeconds;
  if (podSeconds === undefined || idleSeconds < podSeconds) return;
  throw new SandboxError('PoolIdleTooLong', {
    where: 'new Sandboxes({ pool: { idleSeconds } })',
    found: `${idleSeconds} s`,
    expected: `less than the ${podSeconds} s after which the template ends a pod, with time left for what claims it`,
    remedy:
      podSeconds > SHORTEST_IDLE_SECONDS
        ? 'Let members wait for a shorter time, or have the longest deadline of the template raised.'
        : `Have the longest deadline of the template raised: members wait for ${SHORTEST_IDLE_SECONDS} s at least. Or keep none.`,
  });
}
