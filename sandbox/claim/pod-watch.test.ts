import type { ServerResponse } from 'node:http';
import type { Pod } from '../../imports/k8s';
import type { Connection, Stored } from '../../kube';
import {
  type ScriptedServer,
  scriptedServer,
  sendJson,
  statusBody,
} from '../../kube/testing-only/scripted-server';
import { toldWhole } from '../testing-only/told-whole';
import { JOB_LABEL } from './pod-feed';
import { PodWatch } from './pod-watch';

let server: ScriptedServer;
let connection: Connection;
let watch: PodWatch;
/** Tells one more change. */
let tell: (type: string, object: object) => void;
afterEach(async () => {
  watch.close();
  await server.close();
});

function pod(name: string, job: string, more: object = {}): Stored<Pod> {
  const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name: 'one', uid: job }];
  const labels = { [JOB_LABEL]: 'one', ...more };
  const metadata = {
    name,
    uid: `uid-of-${name}`,
    namespace: 'boxes',
    resourceVersion: '5',
    labels,
    ownerReferences,
  };
  return { apiVersion: 'v1', kind: 'Pod', metadata } as Stored<Pod>;
}

/** A watch over these pods, whose list was read. */
async function watching(...items: readonly object[]): Promise<void> {
  let stream!: ServerResponse;
  server = await scriptedServer((seen, response) => {
    if (!seen.query.has('watch')) {
      sendJson(response, 200, { metadata: { resourceVersion: '5' }, items });
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    stream = response;
  });
  connection = server.connect();
  watch = new PodWatch(connection, 'boxes', 'one');
  await watch.synced();
  while (!stream) await new Promise(setImmediate);
  let version = 5;
  tell = (type, object) => {
    version += 1;
    const known = object as Stored<Pod>;
    const metadata = { ...known.metadata, resourceVersion: String(version) };
    stream.write(`${JSON.stringify({ type, object: { ...known, metadata } })}\n`);
  };
}

const seen = () => watch.until(() => watch.pod?.metadata.name);

test('asks for the pods of all Jobs of the namespace, and hears of those of its own', async () => {
  await watching();
  const [list] = server.seen;
  expect(list?.path).toContain('/namespaces/boxes/pods');
  expect(list?.query.get('labelSelector')).toBe('batch.kubernetes.io/job-name');
});

test('tells of no pod before it is known which Job is meant, and then of what was seen', async () => {
  await watching(pod('old', 'job-0'), pod('new', 'job-1'));
  expect([watch.pod, watch.isWithoutPod]).toEqual([undefined, true]);
  watch.of('job-1');
  expect(watch.jobUid).toBe('job-1');
  expect([watch.pod?.metadata.name, watch.isGone, watch.isWithoutPod]).toEqual(['new', false, false]);
});

test('of a Job the first pod is kept, with its changes and its deletion; other pods are nothing', async () => {
  await watching();
  watch.of('job-1');
  tell('ADDED', pod('other', 'job-0'));
  tell('ADDED', pod('first', 'job-1'));
  expect(await seen()).toBe('first');
  tell('ADDED', pod('second', 'job-1'));
  tell('DELETED', pod('second', 'job-1'));
  tell('MODIFIED', pod('first', 'job-1', { step: 'two' }));
  await watch.until(() => watch.pod?.metadata.labels?.step);
  expect([watch.pod?.metadata.name, watch.isGone]).toEqual(['first', false]);
  tell('DELETED', pod('first', 'job-1'));
  await watch.until(() => (watch.isGone ? true : undefined));
  expect([watch.pod?.metadata.name, watch.isWithoutPod]).toEqual(['first', true]);
});

test('what was read besides the watch counts as seen', async () => {
  await watching();
  watch.of('job-1');
  let changes = 0;
  const stop = watch.onChange(() => {
    changes += 1;
  });
  watch.saw(pod('first', 'job-1'));
  expect([watch.pod?.metadata.name, watch.isGone, changes]).toEqual(['first', false, 1]);
  watch.sawNothing();
  expect([watch.isGone, changes]).toEqual([true, 2]);
  // What was gone does not come back.
  watch.saw(pod('first', 'job-1'));
  expect(watch.isGone).toBe(true);
  stop();
  watch.sawNothing();
  expect(changes).toBe(3);
});

test('until() answers at once, at a change, after its time, and when nothing will be seen any more', async () => {
  await watching();
  watch.of('job-1');
  expect(await watch.until(() => 'now')).toBe('now');
  expect(await watch.until(() => undefined, 5)).toBeUndefined();
  let late: string | undefined;
  const asked = watch.until(() => late, 5);
  late = 'seen without a change';
  expect(await asked).toBe('seen without a change');
  const first = seen();
  const never = watch.until(() => undefined);
  watch.saw(pod('first', 'job-1'));
  expect(await first).toBe('first');
  watch.close();
  expect(await never).toBeUndefined();
  expect([watch.isClosed, watch.failure]).toEqual([true, undefined]);
});

test('a connection that is closed ends every wait, and says so', async () => {
  await watching();
  watch.of('job-1');
  const waiting = seen();
  connection.close();
  expect(await waiting).toBeUndefined();
  expect(watch.isClosed).toBe(false);
  expect(toldWhole(watch.failure)).toMatchObject({ code: 'CLOSED' });
});

test('a watch that is refused ends every wait with the refusal', async () => {
  server = await scriptedServer((_seen, response) => sendJson(response, 403, statusBody(403, 'Forbidden')));
  watch = new PodWatch(server.connect(), 'boxes', 'one');
  await watch.synced();
  expect(watch.failure).toMatchObject({ code: 'FORBIDDEN' });
  expect(watch.isWithoutPod).toBe(false);
});
