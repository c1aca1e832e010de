import type { ServerResponse } from 'node:http';
import type { Connection } from '../../kube';
import {
  type ScriptedServer,
  scriptedServer,
  sendJson,
  statusBody,
} from '../../kube/testing-only/scripted-server';
import { toldWhole } from '../testing-only/told-whole';
import { JobEvents } from './job-events';

let server: ScriptedServer;
let connection: Connection;
let streams: ServerResponse[];
let open: JobEvents[];
beforeEach(async () => {
  [streams, open] = [[], []];
  server = await scriptedServer((_seen, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    streams.push(response);
    tell('BOOKMARK', {
      metadata: { resourceVersion: '1', annotations: { 'k8s.io/initial-events-end': 'true' } },
    });
  });
  connection = server.connect();
});
afterEach(async () => {
  for (const events of open) events.close();
  connection.close();
  await server.close();
});

const tell = (type: string, object: object) => streams.at(-1)!.write(`${JSON.stringify({ type, object })}\n`);

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(setImmediate);
}

/** Listens for a Job, and writes down what is found. */
function listen(uid = 'job-1'): { readonly events: JobEvents; readonly found: string[] } {
  const found: string[] = [];
  const events = new JobEvents(connection, 'boxes', uid, (cause) => found.push(String(cause.found)));
  open.push(events);
  return { events, found };
}

let number = 0;
function event(message?: string, uid = 'job-1', name = `event-${number}`): object {
  number += 1;
  return {
    metadata: { name, uid: `u-${name}`, namespace: 'boxes', resourceVersion: String(100 + number) },
    involvedObject: { kind: 'Job', uid },
    reason: 'FailedCreate',
    message,
  };
}

/** What a Job hears of these words. */
async function hearing(message: string | undefined): Promise<JobEvents> {
  const { events, found } = listen();
  await until(() => streams.length > 0);
  tell('ADDED', event(message));
  await until(() => found.length > 0);
  return events;
}

test('what keeps a Job from having a pod is a cause, in our words where they are known', async () => {
  const quota =
    'pods "x" is forbidden: exceeded quota: boxes, requested: pods=1, used: pods=1, limited: pods=1';
  const { cause } = await hearing(`Error creating: ${quota}`);
  expect(cause).toMatchObject({ code: 'QuotaExceeded', retryable: true, rule: 'boxes' });
});

test.each([
  ['with the words of the cluster', 'Error creating: odd\u0007 things', 'Error creating: odd  things'],
  ['without words', undefined, 'no pod, for no reason given'],
])('and otherwise a failed start, %s', async (_, message, found) => {
  const { cause } = await hearing(message);
  expect(toldWhole(cause)).toMatchObject({ code: 'StartFailed', found, retryable: false });
});

test('however many Jobs wait, one watch is asked, without a list, and each hears of its own', async () => {
  const [one, other] = [listen('job-1'), listen('job-2')];
  await until(() => streams.length > 0);
  for (const [message, uid] of [
    ['first', 'job-1'],
    ['else', 'job-2'],
    ['second', 'job-1'],
  ] as const)
    tell('ADDED', event(message, uid));
  await until(() => one.found.length === 2);
  expect([one.found, other.found]).toEqual([['first', 'second'], ['else']]);
  // What comes later hears at once what is known, the last refusal.
  expect(listen('job-1').found).toEqual(['second']);
  expect(one.events.cause).toMatchObject({ found: 'second' });
  const asked = server.seen.map(({ query }) => [query.get('watch'), query.get('fieldSelector')]);
  expect(asked).toEqual([['true', 'involvedObject.kind=Job,reason=FailedCreate']]);
});

test('one that is not heard any more is told nothing, and a refusal that was cleared away is none', async () => {
  const [left, stays] = [listen(), listen()];
  await until(() => streams.length > 0);
  left.events.close();
  tell('ADDED', event('first', 'job-1', 'old'));
  await until(() => stays.found.length === 1);
  expect(left.found).toEqual([]);
  tell('DELETED', event('first', 'job-1', 'old'));
  tell('ADDED', event('a mark', 'job-2'));
  const mark = listen('job-2');
  await until(() => mark.found.length === 1);
  expect(listen().found).toEqual([]);
});

test('a quota whose count was changed meanwhile is no refusal: the controller tries again', async () => {
  const { events, found } = listen();
  await until(() => streams.length > 0);
  const contended =
    'Error creating: Operation cannot be fulfilled on resourcequotas "boxes": the object has been modified; please apply your changes to the latest version and try again';
  tell('ADDED', event(contended));
  tell('ADDED', event('a refusal'));
  await until(() => found.length > 0);
  expect(found).toEqual(['a refusal']);
  expect(events.cause).toMatchObject({ found: 'a refusal' });
});

test('events that may not be read are no failure: they only explain', async () => {
  const refusing = await scriptedServer((_seen, response) =>
    sendJson(response, 403, statusBody(403, 'Forbidden')),
  );
  const events = new JobEvents(refusing.connect(), 'boxes', 'job-1', () => {});
  await until(() => refusing.seen.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(events.cause).toBeUndefined();
  events.close();
  await refusing.close();
});
