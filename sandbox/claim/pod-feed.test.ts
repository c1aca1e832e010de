import type { ServerResponse } from 'node:http';
import type { Pod } from '../../imports/k8s';
import type { Stored } from '../../kube';
import {
  type ScriptedServer,
  scriptedServer,
  sendJson,
  statusBody,
} from '../../kube/testing-only/scripted-server';
import { JOB_LABEL, PodFeed, podFeed } from './pod-feed';

let server: ScriptedServer;
let feed: PodFeed;
let streams: ServerResponse[];
let items: object[];
let isRefused: boolean;
beforeEach(async () => {
  [streams, items, isRefused] = [[], [], false];
  server = await scriptedServer((seen, response) => {
    if (isRefused) sendJson(response, 403, statusBody(403, 'Forbidden'));
    else if (!seen.query.has('watch')) sendJson(response, 200, { metadata: { resourceVersion: '5' }, items });
    else {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      streams.push(response);
    }
  });
  feed = new PodFeed(server.connect(), 'boxes');
});
afterEach(async () => {
  jest.useRealTimers();
  await server.close();
});

let version = 5;
function podOf(job: string | undefined, name = `${job}-pod`): Stored<Pod> {
  version += 1;
  const labels = job === undefined ? {} : { [JOB_LABEL]: job };
  const metadata = { name, uid: `u-${name}`, namespace: 'boxes', resourceVersion: String(version), labels };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, managedFields: [{ manager: 'kubelet' }] },
  } as Stored<Pod>;
}

const tell = (type: string, object: object) => streams.at(-1)!.write(`${JSON.stringify({ type, object })}\n`);

/** Writes down what a reader hears. */
function follow(job: string) {
  const heard: string[] = [];
  const leave = feed.follow(job, {
    heard: (pod, isDeleted) => heard.push(`${isDeleted ? '-' : '+'}${pod.metadata.name}`),
    synced: () => heard.push('synced'),
    ended: (why) => heard.push(`ended ${why?.code}`),
  });
  return { heard, leave };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

test('however many follow, there is one watch, and each hears of the pods of its Job', async () => {
  items = [podOf('b')];
  const readers = ['a', 'b', 'c', 'a'].map(follow);
  await until(() => streams.length === 1 && readers.every(({ heard }) => heard.includes('synced')));
  tell('ADDED', podOf('a'));
  tell('ADDED', podOf(undefined, 'stray'));
  tell('MODIFIED', podOf('b'));
  tell('DELETED', podOf('b'));
  tell('ADDED', podOf('c'));
  await until(() => readers[2]!.heard.length === 2);
  expect(readers.map(({ heard }) => heard)).toEqual([
    ['synced', '+a-pod'],
    ['+b-pod', 'synced', '+b-pod', '-b-pod'],
    ['synced', '+c-pod'],
    ['synced', '+a-pod'],
  ]);
  expect(server.seen.map(({ query }) => query.get('labelSelector'))).toEqual([JOB_LABEL, JOB_LABEL]);
});

test('who comes later is told what is there, and who left nothing', async () => {
  const early = follow('a');
  await until(() => streams.length === 1 && early.heard.length === 1);
  tell('ADDED', podOf('a'));
  tell('ADDED', podOf('gone'));
  tell('DELETED', podOf('gone'));
  const last = follow('last');
  tell('ADDED', podOf('last'));
  await until(() => last.heard.length === 2);
  expect(follow('a').heard).toEqual(['+a-pod', 'synced']);
  expect(follow('gone').heard).toEqual(['synced']);
  early.leave();
  early.leave();
  tell('MODIFIED', podOf('a'));
  tell('MODIFIED', podOf('last'));
  await until(() => last.heard.length === 3);
  expect(early.heard).toEqual(['synced', '+a-pod']);
  expect(streams).toHaveLength(1);
});

test('who has written what is not kept, and of what a pod was to be only where it is and how it is entered', async () => {
  let kept: Stored<Pod> | undefined;
  const entered = { name: 'sandbox', workingDir: '/work' };
  const containers = [{ ...entered, image: 'busybox', env: [{ name: 'A', value: 'b' }] }];
  items = [{ ...podOf('a'), spec: { nodeName: 'node', containers, volumes: [{ name: 'tmp' }] } }];
  feed.follow('a', {
    heard: (pod) => {
      kept = pod;
    },
    synced: () => {},
    ended: () => {},
  });
  await until(() => kept !== undefined);
  expect(kept!.metadata).toEqual(expect.not.objectContaining({ managedFields: expect.anything() }));
  expect(kept!.metadata.labels).toEqual({ [JOB_LABEL]: 'a' });
  expect(kept!.spec).toEqual({ nodeName: 'node', containers: [entered] });
});

test('the watch outlives its last reader for a while, and is there again for a later one', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  const settled = async (holds: () => boolean) => {
    while (!holds()) await new Promise(setImmediate);
  };
  let closed = 0;
  const first = follow('a');
  await settled(() => streams.length === 1);
  streams[0]!.on('close', () => {
    closed += 1;
  });
  first.leave();
  await jest.advanceTimersByTimeAsync(4_000);
  const second = follow('b');
  await jest.advanceTimersByTimeAsync(60_000);
  expect([streams.length, closed]).toEqual([1, 0]);
  second.leave();
  await jest.advanceTimersByTimeAsync(5_000);
  await settled(() => closed === 1);
  const third = follow('c');
  await settled(() => streams.length === 2 && third.heard.length === 1);
});

test('after the end of its connection nothing waits', async () => {
  const connection = server.connect();
  feed = new PodFeed(connection, 'boxes');
  const { heard, leave } = follow('a');
  await until(() => heard.length === 1);
  connection.close();
  await until(() => heard.length === 2);
  expect(heard).toEqual(['synced', 'ended undefined']);
  jest.useFakeTimers();
  leave();
  expect(jest.getTimerCount()).toBe(0);
});

test('a refusal is told to all who follow, and who comes later asks again', async () => {
  isRefused = true;
  const refused = [follow('a'), follow('b')];
  await until(() => refused.every(({ heard }) => heard.length > 0));
  expect(refused.map(({ heard }) => heard)).toEqual([['ended FORBIDDEN'], ['ended FORBIDDEN']]);
  for (const { leave } of refused) leave();
  isRefused = false;
  const granted = follow('a');
  await until(() => granted.heard.length > 0);
  expect(granted.heard).toEqual(['synced']);
});

test('a connection has one for each namespace, and another connection its own', () => {
  const [one, other] = [server.connect(), server.connect()];
  expect(podFeed(one, 'boxes')).toBe(podFeed(one, 'boxes'));
  expect(podFeed(one, 'boxes')).not.toBe(podFeed(one, 'others'));
  expect(podFeed(one, 'boxes')).not.toBe(podFeed(other, 'boxes'));
});
