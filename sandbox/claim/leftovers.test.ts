import type { Job } from '../../imports/k8s';
import type { Connection, Stored } from '../../kube';
import {
  type Handler,
  type ScriptedServer,
  scriptedServer,
  sendJson,
  statusBody,
} from '../../kube/testing-only/scripted-server';
import { jobBackend } from '../backend/jobs';
import { SandboxError } from '../errors';
import { Metrics } from '../metrics/metrics';
import { createJob, discardJob } from './create-job';
import { Deletions } from './deletions';
import { Leftovers } from './leftovers';
import type { Place } from './place';

const planned: Job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'mine', namespace: 'boxes' } };

/** What the server has: at most the one Job. */
interface Cluster {
  job: Stored<Job> | undefined;
  readonly deleted: string[];
}

let server: ScriptedServer;
let place: Place;
let cluster: Cluster;
afterEach(() => server.close());

function jobOf(manager: string, uid: string): Stored<Job> {
  const metadata = {
    name: 'mine',
    namespace: 'boxes',
    uid,
    resourceVersion: '1',
    managedFields: [{ manager, fieldsV1: { 'f:spec': {} } }],
  };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata };
}

/** A server that makes and deletes as it should, but for what the test says first. */
async function serving(first: Handler): Promise<void> {
  cluster = { job: undefined, deleted: [] };
  server = await scriptedServer((seen, response, index) => {
    first(seen, response, index);
    if (response.writableEnded || response.destroyed || (seen.method === 'POST' && !response.writable))
      return;
    if (seen.method === 'GET') {
      if (cluster.job) sendJson(response, 200, cluster.job);
      else sendJson(response, 404, statusBody(404, 'NotFound'));
    } else if (seen.method === 'DELETE') {
      cluster.deleted.push(JSON.parse(seen.body).preconditions.uid);
      cluster.job = undefined;
      sendJson(response, 200, {});
    }
  });
  const connection: Connection = server.connect();
  const deletions = new Deletions();
  const leftovers = new Leftovers(connection, 'boxes', deletions, jobBackend);
  place = {
    connection,
    namespace: 'boxes',
    metrics: new Metrics(),
    startTimeoutMs: 1_000,
    allowsOpenStart: true,
    leftovers,
    deletions,
    backend: jobBackend,
  };
}

const managerOf = (index = 0) => server.seen[index]!.query.get('fieldManager') ?? '';

async function refusal(work: Promise<unknown>): Promise<SandboxError> {
  const error = await work.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SandboxError);
  return error as SandboxError;
}

test('a Job that comes after its caller gave up is deleted, however late it comes', async () => {
  const abort = new AbortController();
  await serving(() => {});
  const creating = refusal(createJob(place, planned, abort.signal));
  while (server.seen.length < 1) await new Promise(setImmediate);
  abort.abort();
  expect((await creating).code).toBe('Aborted');
  while (server.seen.length < 4) await new Promise(setImmediate);
  expect(cluster.deleted).toEqual([]);
  cluster.job = jobOf(managerOf(), 'u-late');
  expect(await place.leftovers.settled(10_000)).toEqual([]);
  expect(cluster.deleted).toEqual(['u-late']);
});

test('a Job under a name of the caller`s whose answer was lost is known for ours, and is the answer', async () => {
  await serving((seen, response) => {
    if (seen.method !== 'POST') return;
    cluster.job = jobOf(seen.query.get('fieldManager') ?? '', 'u-made');
    response.socket!.destroy();
  });
  expect((await createJob(place, planned, undefined)).metadata.uid).toBe('u-made');
  expect(cluster.deleted).toEqual([]);
});

test('a Job of somebody else under that name is neither taken nor deleted', async () => {
  await serving((seen, response) => {
    if (seen.method !== 'POST') return;
    cluster.job = jobOf('kubectl', 'u-theirs');
    response.socket!.destroy();
  });
  expect((await refusal(createJob(place, planned, undefined))).code).toBe('ApiFailed');
  expect(await place.leftovers.settled(5_000)).toEqual([]);
  expect(cluster.deleted).toEqual([]);
  expect(cluster.job).toBeDefined();
});

test('of a Job that is kept it is known who has written, and not each field', async () => {
  await serving((seen, response) => {
    if (seen.method === 'POST') sendJson(response, 201, jobOf('x', 'u-1'));
  });
  expect((await createJob(place, planned, undefined)).metadata.managedFields).toEqual([{ manager: 'x' }]);
});

test('two creations of one program have two managers', async () => {
  await serving((seen, response) => {
    if (seen.method === 'POST') sendJson(response, 201, jobOf('x', 'u-1'));
  });
  await createJob(place, planned, undefined);
  await createJob(place, planned, undefined);
  expect(managerOf(0)).toMatch(/^drydock-/);
  expect(managerOf(0)).not.toBe(managerOf(1));
});

test('a deletion that fails is tried again until it is done', async () => {
  let failures = 2;
  await serving((seen, response) => {
    if (seen.method !== 'DELETE' || failures === 0) return;
    failures -= 1;
    sendJson(response, 403, statusBody(403, 'Forbidden'));
  });
  const job = jobOf('drydock-x', 'u-1');
  cluster.job = job;
  await discardJob(place, job);
  expect(await place.leftovers.settled(10_000)).toEqual([]);
  expect(cluster.deleted).toEqual(['u-1']);
});

test('a Job that came and was deleted is settled, though no answer tells of its deletion', async () => {
  const abort = new AbortController();
  await serving((seen, response) => {
    if (seen.method !== 'DELETE') return;
    cluster.deleted.push(JSON.parse(seen.body).preconditions.uid);
    cluster.job = undefined;
    response.socket!.destroy();
  });
  const creating = refusal(createJob(place, planned, abort.signal));
  while (server.seen.length < 1) await new Promise(setImmediate);
  cluster.job = jobOf(managerOf(), 'u-made');
  abort.abort();
  await creating;
  // It came once, so it cannot come again, and nothing is waited for.
  expect(await place.leftovers.settled(10_000)).toEqual([]);
  expect(new Set(cluster.deleted)).toEqual(new Set(['u-made']));
});

test('a Job that another call of this program deleted is not waited for', async () => {
  const abort = new AbortController();
  await serving(() => {});
  const creating = refusal(createJob(place, planned, abort.signal));
  while (server.seen.length < 1) await new Promise(setImmediate);
  // As collect() does, which finds it in a list before anybody knows that the answer to its creation is lost.
  place.deletions.note(jobOf('drydock-another', 'u-other').metadata, 'collect() of its Sandboxes');
  abort.abort();
  await creating;
  expect(await place.leftovers.settled(300)).toEqual(['mine']);
  place.deletions.note(jobOf(managerOf(), 'u-made').metadata, 'collect() of its Sandboxes');
  expect(await place.leftovers.settled(10_000)).toEqual([]);
});

test('what is not settled in time has a name', async () => {
  await serving((_seen, response) => sendJson(response, 403, statusBody(403, 'Forbidden')));
  await discardJob(place, jobOf('drydock-x', 'u-1'));
  expect(await place.leftovers.settled(50)).toEqual(['mine']);
});

test('a Job that may still come is looked for in longer and longer pauses', async () => {
  await serving(() => {});
  const leftover = { name: 'mine', isIt: () => false, mayCome: true };
  place.leftovers.sweep(leftover);
  expect(await place.leftovers.settled(1_200)).toEqual(['mine']);
  // At 0, 100, 300 and 700 ms; later ones on a busy machine.
  expect(server.seen.length).toBeGreaterThan(1);
  expect(server.seen.length).toBeLessThan(7);
  place.connection.close();
});
