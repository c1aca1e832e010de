import {
  type ScriptedServer,
  scriptedServer,
  sendJson,
  statusBody,
} from '../../kube/testing-only/scripted-server';
import { toldWhole } from '../testing-only/told-whole';
import { JobEvents } from './job-events';

let server: ScriptedServer;
let events: JobEvents;
afterEach(async () => {
  events.close();
  await server.close();
});

/** Listens to a server that has these events of the Job; resolves when it has told all that it will. */
async function hearing(items: readonly object[]): Promise<number> {
  server = await scriptedServer((seen, response) => {
    if (!seen.query.has('watch')) sendJson(response, 200, { metadata: { resourceVersion: '1' }, items });
  });
  let told = 0;
  events = new JobEvents(server.connect(), 'boxes', 'job-1', () => {
    told += 1;
  });
  // The watch is opened when the list has been read.
  while (!server.seen.some(({ query }) => query.has('watch'))) await new Promise(setImmediate);
  return told;
}

let number = 0;
function event(reason: string, message?: string): object {
  number += 1;
  return { metadata: { name: `event-${number}`, uid: `u-${number}`, resourceVersion: '1' }, reason, message };
}

test('what keeps a Job from having a pod is a cause, in our words where they are known', async () => {
  const quota =
    'pods "x" is forbidden: exceeded quota: boxes, requested: pods=1, used: pods=1, limited: pods=1';
  expect(await hearing([event('FailedCreate', `Error creating: ${quota}`)])).toBe(1);
  expect(events.cause).toMatchObject({ code: 'QuotaExceeded', retryable: true, rule: 'boxes' });
  expect(server.seen[0]?.query.get('fieldSelector')).toBe('involvedObject.uid=job-1');
});

test.each([
  ['with the words of the cluster', 'Error creating: odd\u0007 things', 'Error creating: odd  things'],
  ['without words', undefined, 'no pod, for no reason given'],
])('and otherwise a failed start, %s', async (_, message, found) => {
  expect(await hearing([event('FailedCreate', message)])).toBe(1);
  expect(toldWhole(events.cause)).toMatchObject({ code: 'StartFailed', found, retryable: false });
});

test('the last refusal counts, and other events are none', async () => {
  const told = await hearing([
    event('SuccessfulCreate', 'Created pod: x'),
    event('FailedCreate', 'first'),
    event('FailedCreate', 'second'),
    event('Completed', 'Job completed'),
  ]);
  expect(told).toBe(2);
  expect(events.cause).toMatchObject({ found: 'second' });
});

test('a quota whose count was changed meanwhile is no refusal: the controller tries again', async () => {
  const contended =
    'Error creating: Operation cannot be fulfilled on resourcequotas "boxes": the object has been modified; please apply your changes to the latest version and try again';
  expect(await hearing([event('FailedCreate', contended)])).toBe(0);
  expect(events.cause).toBeUndefined();
});

test('events that may not be read are no failure: they only explain', async () => {
  server = await scriptedServer((_seen, response) => sendJson(response, 403, statusBody(403, 'Forbidden')));
  events = new JobEvents(server.connect(), 'boxes', 'job-1', () => {});
  while (server.seen.length === 0) await new Promise(setImmediate);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(events.cause).toBeUndefined();
});
