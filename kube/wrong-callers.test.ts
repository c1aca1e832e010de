import fc from 'fast-check';
import type { ConfigMap } from '../imports/k8s';
import { anything, OwnError } from '../test/support/odd-values';
import { apply } from './apply';
import { Connection } from './connection';
import { create, createSub } from './create';
import { remove } from './delete';
import { discover, findResource } from './discovery';
import { KubeError } from './errors';
import { get } from './get';
import { list } from './list';
import { patch } from './patch';
import { resource } from './resource';
import { exec } from './stream/exec';
import { followLog, readLog } from './stream/log';
import {
  configTo,
  type ScriptedServer,
  scriptedServer,
  sendJson,
  statusBody,
} from './testing-only/scripted-server';
import { watch } from './watch/watch';

// Callers without types, or with wrong ones: anything in any argument is an error of this room with its four facts, or
// is taken, also what no JSON holds. Never a TypeError, and nothing that does not end; an error that the value itself
// throws when it is read is its own. The server has nothing, and says so.

// A call that never ends is what is looked for, and not one that a busy machine is slow with.
jest.setTimeout(120_000);

let server: ScriptedServer;
let connection: Connection;
beforeAll(async () => {
  server = await scriptedServer((_seen, response) => sendJson(response, 404, statusBody(404, 'NotFound')));
  server.server.on('upgrade', (_request, socket) =>
    socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n'),
  );
  connection = server.connect({ deadlineMs: 2_000 });
});
afterAll(() => server.close());

// biome-ignore lint/suspicious/noExplicitAny: the types are what these callers do not have
type Untyped = any;
type Call = readonly [name: string, call: (given: Untyped) => unknown];

const configMaps = resource<ConfigMap>('v1', 'ConfigMap');
const object: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };

/** A call with ANY in each field of an argument that is an object. */
const fields = (call: string, names: readonly string[], make: (one: Untyped) => unknown): Call[] =>
  names.map((name) => [`${call} { ${name}: ANY }`, (given) => make({ [name]: given })]);

const call = ['signal', 'deadlineMs', 'priority'];
const write = [...call, 'fieldManager', 'dryRun', 'fieldValidation'];

async function firstOf(watching: { next(): Promise<unknown>; close(): void }): Promise<unknown> {
  try {
    return await watching.next();
  } finally {
    watching.close();
  }
}

const calls: readonly Call[] = [
  ['new Connection(ANY)', (given) => new Connection(given).close()],
  ...fields(
    'new Connection',
    ['kubeconfig', 'context', 'inCluster', 'allowExecPlugin', 'namespace', 'deadlineMs', 'maxCalls', 'hooks'],
    (one) => new Connection({ kubeconfig: configTo(server.url), ...one }).close(),
  ),
  ['resource(ANY, kind)', (given) => resource(given, 'Pod')],
  ['resource(version, ANY)', (given) => resource('v1', given)],
  ['resource(version, kind, ANY)', (given) => resource('v1', 'Other', given)],
  ['get(address ANY)', (given) => get(connection, configMaps, given)],
  ...fields('get', ['name', 'namespace'], (one) => get(connection, configMaps, { name: 'a', ...one })),
  ['get(options ANY)', (given) => get(connection, configMaps, { name: 'a' }, given)],
  ...fields('get(options)', call, (one) => get(connection, configMaps, { name: 'a' }, one)),
  ['list(ANY)', (given) => list(connection, configMaps, given)],
  ...fields('list', [...call, 'namespace', 'labelSelector', 'fieldSelector', 'pageSize'], (one) =>
    list(connection, configMaps, one),
  ),
  ['create(object ANY)', (given) => create(connection, configMaps, given)],
  ...fields('create(object)', ['metadata', 'data'], (one) =>
    create(connection, configMaps, { ...object, ...one }),
  ),
  ['create(options ANY)', (given) => create(connection, configMaps, object, given)],
  ...fields('create(options)', [...write, 'namespace'], (one) => create(connection, configMaps, object, one)),
  ['createSub(address ANY)', (given) => createSub(connection, configMaps, given, object)],
  ['apply(object ANY)', (given) => apply(connection, configMaps, given, { fieldManager: 'test' })],
  ['apply(options ANY)', (given) => apply(connection, configMaps, object as never, given)],
  ['patch(change ANY)', (given) => patch(connection, configMaps, { name: 'a' }, given)],
  ['patch(options ANY)', (given) => patch(connection, configMaps, { name: 'a' }, { merge: {} }, given)],
  ['remove(address ANY)', (given) => remove(connection, configMaps, given)],
  ['remove(options ANY)', (given) => remove(connection, configMaps, { name: 'a' }, given)],
  ...fields('remove(options)', [...call, 'uid', 'gracePeriodSeconds', 'propagationPolicy'], (one) =>
    remove(connection, configMaps, { name: 'a' }, one),
  ),
  ['discover(options ANY)', (given) => discover(connection, given)],
  ['findResource(ANY)', (given) => findResource(connection, given, 'Pod')],
  ['watch(ANY)', (given) => firstOf(watch(connection, configMaps, given))],
  ...fields('watch', ['name', 'namespace', 'labelSelector', 'fieldSelector', 'signal', 'timing'], (one) =>
    firstOf(watch(connection, configMaps, one)),
  ),
  ['exec(ANY)', (given) => exec(connection, given)],
  ...fields(
    'exec',
    [
      'pod',
      'namespace',
      'container',
      'command',
      'stdin',
      'tty',
      'signal',
      'openDeadlineMs',
      'deadlineMs',
      'liveness',
    ],
    (one) => exec(connection, { pod: 'a', command: ['true'], ...one }),
  ),
  ['readLog(ANY)', (given) => readLog(connection, given)],
  ...fields('readLog', ['pod', 'container', 'tailLines', 'sinceTime', 'limitBytes'], (one) =>
    readLog(connection, { pod: 'a', ...one }),
  ),
  ['followLog(ANY)', (given) => followLog(connection, given)],
];

test.each(calls)('%s', async (_name, make) => {
  await fc.assert(
    fc.asyncProperty(anything, async (odd) => {
      const error = await Promise.resolve()
        .then(() => make(odd()))
        .catch((reason: unknown) => reason);
      if (!(error instanceof Error) || error instanceof OwnError) return;
      if (!(error instanceof KubeError)) throw error;
      for (const fact of [error.where, error.found, error.expected, error.remedy]) expect(fact).toMatch(/\S/);
    }),
    { numRuns: 40, endOnFailure: true, interruptAfterTimeLimit: 90_000, markInterruptAsFailure: true },
  );
});
