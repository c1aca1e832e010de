import type { Job, Pod, PodStatus } from '../../imports/k8s';
import type { Connection, Stored } from '../../kube';
import {
  type Handler,
  type ScriptedServer,
  scriptedServer,
  sendJson,
  statusBody,
} from '../../kube/testing-only/scripted-server';
import { jobBackend } from '../backend/jobs';
import { Deletions } from '../claim/deletions';
import { JOB_LABEL } from '../claim/pod-feed';
import { PodWatch } from '../claim/pod-watch';
import { toldWhole } from '../testing-only/told-whole';
import { endOf, fateOf, isEnding, type PlaceOfFate } from './fate';

let server: ScriptedServer;
let place: PlaceOfFate;
let watch: PodWatch;
afterEach(async () => {
  watch?.close();
  await server?.close();
});

const owned = {
  name: 'one-pod',
  namespace: 'boxes',
  uid: 'pod-1',
  resourceVersion: '5',
  labels: { [JOB_LABEL]: 'one' },
  ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'one', uid: 'job-1' }],
};

function pod(status: PodStatus, metadata: object = {}): Stored<Pod> {
  const spec = { containers: [{ name: 'sandbox' }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { ...owned, ...metadata }, spec, status } as Stored<Pod>;
}

function job(status: Job['status'], metadata: object = {}): Stored<Job> {
  const known = { name: 'one', namespace: 'boxes', uid: 'job-1', resourceVersion: '5' };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { ...known, ...metadata }, status } as Stored<Job>;
}

interface Cluster {
  readonly pod?: Stored<Pod>;
  readonly job?: Stored<Job>;
  /** For calls that are not about lists and watches. */
  readonly answer?: Handler;
}

/** A server with at most one Job and one pod, whose watches tell nothing more; and the pod as last seen. */
async function having({ pod: there, job: known, answer }: Cluster): Promise<void> {
  server = await scriptedServer((seen, response, index) => {
    if (seen.query.has('watch')) return;
    const isList = /\/(pods|jobs)$/.test(seen.path);
    if (!isList && answer) return answer(seen, response, index);
    const found = seen.path.includes('/pods') ? there : known;
    if (isList) sendJson(response, 200, { metadata: { resourceVersion: '5' }, items: found ? [found] : [] });
    else if (found) sendJson(response, 200, found);
    else sendJson(response, 404, statusBody(404, 'NotFound'));
  });
  const connection: Connection = server.connect();
  place = { connection, namespace: 'boxes', deletions: new Deletions(), backend: jobBackend };
  watch = new PodWatch(connection, 'boxes', 'one');
  watch.of('job-1');
  await watch.synced();
}

const terminated = (reason: string, exitCode: number, message?: string): PodStatus => ({
  phase: 'Failed',
  containerStatuses: [
    {
      name: 'sandbox',
      state: { terminated: { reason, exitCode, message } },
      image: '',
      imageID: '',
      ready: false,
      restartCount: 0,
    },
  ],
});
const running: PodStatus = { phase: 'Running' };
const failed = (reason: string, message = '', type = 'Failed'): Job['status'] => ({
  conditions: [{ type, status: 'True', reason, message }],
});
const beingDeleted = { deletionTimestamp: '2026-01-01T00:00:00Z' };

/** What is known of pod and Job, and what is told of it. */
const ends: Readonly<Record<string, readonly [Cluster, object]>> = {
  'killed for memory': [
    { pod: pod(terminated('OOMKilled', 137)), job: job(failed('DeadlineExceeded')) },
    { code: 'OOMKilled', retryable: false },
  ],
  'put out by its node': [
    { pod: pod({ phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' }) },
    { code: 'Evicted', retryable: true },
  ],
  'at the pod`s own deadline': [
    { pod: pod({ phase: 'Failed', reason: 'DeadlineExceeded' }) },
    { code: 'DeadlineExceeded' },
  ],
  'at the Job`s deadline, whose pod only looks killed': [
    { pod: pod(terminated('Error', 137)), job: job(failed('DeadlineExceeded', 'too long')) },
    { code: 'DeadlineExceeded', found: 'too long' },
  ],
  'at the Job`s deadline, while its pod is going': [
    { pod: pod(running, beingDeleted), job: job(failed('DeadlineExceeded', 'too long', 'FailureTarget')) },
    { code: 'DeadlineExceeded', found: 'too long' },
  ],
  'by itself': [
    { pod: pod(terminated('Error', 3)), job: job(failed('BackoffLimitExceeded')) },
    { code: 'Ended', found: 'exit code 3 of its main process' },
  ],
  'with a Job that is gone': [
    { pod: pod(terminated('Error', 143)) },
    { code: 'PodLost', found: 'a Job that was deleted' },
  ],
  'with a Job that is going': [
    { pod: pod(running, beingDeleted), job: job(undefined, beingDeleted) },
    { code: 'PodLost', found: 'a Job that is being deleted' },
  ],
};

test.each(Object.entries(ends))('a sandbox that ended %s', async (_what, [cluster, cause]) => {
  await having(cluster);
  expect(isEnding(watch)).toBe(true);
  expect(await endOf(place, 'one', watch)).toMatchObject(cause);
});

test('the Job is not waited for without end, nor is its silence a reason', async () => {
  await having({ pod: pod(running, beingDeleted), job: job(undefined) });
  expect(await endOf(place, 'one', watch, 200)).toMatchObject({
    code: 'PodLost',
    found: 'a pod that was deleted',
  });
});

test('a Job that may not be asked for does not hide that the pod has ended', async () => {
  const there = pod(terminated('Completed', 0));
  await having({ pod: there });
  server.server.removeAllListeners('request');
  server.server.on('request', (_request, response) => sendJson(response, 403, statusBody(403, 'Forbidden')));
  expect(await endOf(place, 'one', watch)).toMatchObject({ code: 'Ended' });
});

test('our own deletion is told as that, with its reason, and not as the deed of another', async () => {
  await having({ pod: pod(running, beingDeleted) });
  place.deletions.note({ uid: 'job-1' }, 'end() of its Sandboxes');
  const cause = await endOf(place, 'one', watch);
  expect(cause).toMatchObject({
    code: 'PodLost',
    found: 'its deletion by this program: end() of its Sandboxes',
  });
  expect(toldWhole(cause).remedy).not.toContain('who deleted it');
  // Of another Job this says nothing.
  const others = new Deletions();
  others.note({ uid: 'job-2' }, 'end()');
  const { remedy } = (await endOf({ ...place, deletions: others }, 'one', watch)) ?? {};
  expect(remedy).toContain('who deleted it');
});

test('only so many deletions are kept, the newest', () => {
  const deletions = new Deletions();
  for (let index = 0; index < 5_000; index += 1) deletions.note({ uid: `job-${index}` }, 'x');
  expect(deletions.causeOf('job-0')).toBeUndefined();
  expect(deletions.causeOf('job-4999')).toMatchObject({ code: 'PodLost' });
  expect(deletions.causeOf(undefined)).toBeUndefined();
});

test.each([
  ['OOMKilled', terminated('OOMKilled', 137), 'oomKilled'],
  ['Evicted', { phase: 'Failed', reason: 'Evicted' }, 'evicted'],
  ['Ended', terminated('Error', 1), 'podLost'],
] as const)('the fate of a pod that is over with %s', async (code, status, outcome) => {
  await having({ pod: pod(status), job: job(failed('BackoffLimitExceeded')) });
  expect(await fateOf(place, 'one', watch)).toMatchObject({ outcome, cause: { code } });
});

test('a pod that lives has no fate: only the connection was lost', async () => {
  const there = pod(running);
  await having({ pod: there });
  expect(await fateOf(place, 'one', watch, 50)).toBeUndefined();
});

test('where the watch was lost as well, the pod itself is asked', async () => {
  let answers: Handler = () => {};
  await having({ pod: pod(running), answer: (seen, response, index) => answers(seen, response, index) });
  answers = (_seen, response) => sendJson(response, 200, pod(terminated('OOMKilled', 137)));
  expect(await fateOf(place, 'one', watch, 20)).toMatchObject({ outcome: 'oomKilled' });
});

test('a pod that is not there any more is over, and one that cannot be asked for is not said to be', async () => {
  let code = 500;
  await having({
    pod: pod(running),
    answer: (_seen, response) =>
      sendJson(response, code, statusBody(code, code === 404 ? 'NotFound' : 'Forbidden')),
  });
  code = 403;
  expect(await fateOf(place, 'one', watch, 20)).toBeUndefined();
  code = 404;
  expect(await fateOf(place, 'one', watch, 20)).toMatchObject({
    outcome: 'podLost',
    cause: { code: 'PodLost' },
  });
});
