import type { Job } from '../../imports/k8s';
import type { JsonPatch, Stored } from '../../kube';
import { POOL_LABELS, POOL_MARKS } from '../spec';

/** From which pool, who claims, which claim it is, and until when, in seconds from the start of the Job. */
export interface ClaimMarks {
  readonly pool: string;
  readonly owner: string;
  readonly nonce: string;
  readonly deadlineSeconds: number;
}

/**
 * Claims a member, if it is still what was read: this very Job, of this pool, not taken, with its one pod, and not on its
 * way out. Not its version: writes of its status say nothing about whether it is free.
 */
export function claimPatch(job: Stored<Job>, planned: Job, marks: ClaimMarks): JsonPatch {
  return [
    ...isStillWarm(job),
    { op: 'test', path: label(POOL_MARKS.id), value: marks.pool },
    { op: 'test', path: '/status/active', value: 1 },
    // Of what is not there the API server says that it is null.
    { op: 'test', path: '/metadata/deletionTimestamp', value: null },
    { op: 'replace', path: label(POOL_MARKS.state), value: 'claimed' },
    { op: 'add', path: label(POOL_MARKS.owner), value: marks.owner },
    { op: 'add', path: label(POOL_MARKS.nonce), value: marks.nonce },
    ...relabel(job, planned),
    { op: 'replace', path: '/spec/activeDeadlineSeconds', value: marks.deadlineSeconds },
  ];
}

/** Takes a member out of the pool, if it was not claimed meanwhile. */
export function retirePatch(job: Stored<Job>): JsonPatch {
  return [...isStillWarm(job), { op: 'replace', path: label(POOL_MARKS.state), value: 'retired' }];
}

function isStillWarm({ metadata }: Stored<Job>): JsonPatch {
  return [
    { op: 'test', path: '/metadata/uid', value: metadata.uid },
    { op: 'test', path: label(POOL_MARKS.state), value: 'warm' },
  ];
}

/** The labels of the claim in the place of those that the member was made with. */
function relabel(job: Stored<Job>, planned: Job): JsonPatch {
  const [now, then] = [job.metadata.labels ?? {}, planned.metadata?.labels ?? {}];
  const gone = Object.keys(now).filter((key) => !POOL_LABELS.includes(key) && then[key] === undefined);
  const given = Object.entries(then).filter(([key, value]) => now[key] !== value);
  return [
    ...gone.map((key) => ({ op: 'remove', path: label(key) }) as const),
    ...given.map(([key, value]) => ({ op: 'add', path: label(key), value }) as const),
  ];
}

/** As a JSON pointer writes it. */
function label(key: string): string {
  return `/metadata/labels/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
