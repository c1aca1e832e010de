import { createHash } from 'node:crypto';
import type { Job } from '../../imports/k8s';
import type { Stored } from '../../kube';
import { POOL_MARKS, POOL_TRANSITIONS, type PoolState } from '../spec';

/** The state of a Job in its pool; `undefined` for one that is in none. */
export function stateOf({ metadata }: Job): PoolState | undefined {
  const state = metadata?.labels?.[POOL_MARKS.state];
  return state !== undefined && Object.hasOwn(POOL_TRANSITIONS, state) ? (state as PoolState) : undefined;
}

/** The Job of a member as its holder makes it. */
export function memberJob(job: Job, pool: string, holder: string, idleSeconds: number): Job {
  const { id, state, holder: heldBy } = POOL_MARKS;
  const marks = { [id]: pool, [state]: 'warm', [heldBy]: holder };
  return {
    ...job,
    metadata: { ...job.metadata, labels: { ...job.metadata?.labels, ...marks } },
    // Unless it is claimed, it ends then.
    spec: { ...job.spec!, activeDeadlineSeconds: idleSeconds },
  };
}

/** Whether a Job was claimed, and by this very claim. */
export function isClaimedBy(job: Job, owner: string, nonce: string): boolean {
  const { labels } = job.metadata ?? {};
  return (
    stateOf(job) === 'claimed' && labels?.[POOL_MARKS.owner] === owner && labels[POOL_MARKS.nonce] === nonce
  );
}

/** What its members are, as the value of a label: all of the Job but what a claim can still give. */
export function poolOf(job: Job): string {
  const { metadata, spec } = job;
  const { activeDeadlineSeconds: _, template, ...rest } = spec!;
  const { labels: __, ...podMetadata } = template.metadata ?? {};
  const [first, ...others] = template.spec?.containers ?? [];
  const { env: ___, ...container } = first ?? { name: '' };
  const what = {
    namespace: metadata?.namespace,
    annotations: metadata?.annotations,
    spec: rest,
    pod: { metadata: podMetadata, spec: { ...template.spec, containers: [container, ...others] } },
  };
  return createHash('sha256').update(canonical(what)).digest('hex').slice(0, 40);
}

/** The same text for the same data, in whichever order its keys were written. */
function canonical(data: unknown): string {
  return JSON.stringify(data, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
      : value,
  );
}

/** The seconds that a Job has been there, by the clock of the server; its deadline counts from the same moment. */
export function ageSeconds({ metadata, status }: Stored<Job>, serverMs: number): number {
  const startedAt = Date.parse(status?.startTime ?? metadata.creationTimestamp ?? '');
  return Math.ceil((serverMs - startedAt) / 1000);
}

/** Less than this, and the deadline of a member may come before its claim does. */
export const LEAST_IDLE_SECONDS = 30;

/** Whether a member lives long enough to be claimed for `ttl` seconds: its pod has a deadline that nothing prolongs. */
export function hasTimeFor(job: Stored<Job>, ttl: number, serverMs: number): boolean {
  const age = ageSeconds(job, serverMs);
  const { activeDeadlineSeconds: idle = 0, template } = job.spec!;
  const podSeconds = template.spec?.activeDeadlineSeconds ?? Number.POSITIVE_INFINITY;
  return idle - age >= LEAST_IDLE_SECONDS && age + ttl <= podSeconds;
}
