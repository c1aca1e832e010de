import type { Job } from '../imports/k8s';
import type { Stored } from '../kube';
import {
  configTo,
  type Handler,
  type ScriptedServer,
  scriptedServer,
  sendJson,
  statusBody,
} from '../kube/testing-only/scripted-server';
import { jobBackend } from './backend/jobs';
import { Deletions } from './claim/deletions';
import { Leftovers } from './claim/leftovers';
import { PodWatch } from './claim/pod-watch';
import { KubernetesSandbox } from './kubernetes-sandbox';
import { Metrics } from './metrics/metrics';
import { Sandbox } from './sandbox';
import { Sandboxes } from './sandboxes';
import type { Session } from './session/open-session';
import { refusal } from './testing-only/scripted-runtime';

const named = { name: 'one', namespace: 'boxes', uid: 'u-1', resourceVersion: '1' };
const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: named };
const template = { job: () => job, bounds: {} };

let server: ScriptedServer;
afterEach(() => server?.close());

/** Lists are empty and watches silent; everything else is the test's. */
async function serving(answer: Handler): Promise<Sandboxes> {
  server = await scriptedServer((seen, response, index) => {
    if (seen.query.has('watch')) return;
    if (seen.method === 'GET' && seen.query.has('limit')) {
      return sendJson(response, 200, { metadata: { resourceVersion: '1' }, items: [] });
    }
    answer(seen, response, index);
  });
  return new Sandboxes({ template, namespace: 'boxes', kubeconfig: configTo(server.url) });
}

const calls = (method: string) => server.seen.filter((seen) => seen.method === method).length;

test('what was given wrong is an error of the runtime, told by a promise where one is promised', async () => {
  const sandboxes = await serving((_seen, response) => sendJson(response, 404, statusBody(404, 'NotFound')));
  const wrong = { command: ['true'], ttl: Number.NaN };
  expect((await refusal(sandboxes.job(wrong))).code).toBe('ArgumentInvalid');
  expect((await refusal(sandboxes.claim({ ttl: 0 }))).code).toBe('ArgumentInvalid');
  expect(calls('POST')).toBe(0);
  await sandboxes.close();
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 0, 3e9])(
  'a time to start of %p is refused',
  (startTimeoutMs) => {
    expect(() => new Sandboxes({ template, namespace: 'boxes', startTimeoutMs })).toThrow(
      expect.objectContaining({ name: 'SandboxError', code: 'ArgumentInvalid' }),
    );
  },
);

test('a kubeconfig that is not there is an error of the runtime', () => {
  expect(() => new Sandboxes({ template, namespace: 'boxes', kubeconfig: '/nowhere' })).toThrow(
    expect.objectContaining({ name: 'SandboxError', code: 'ApiFailed' }),
  );
});

test('what is gone is told as that, and ending it is no error', async () => {
  const sandboxes = await serving((_seen, response) => sendJson(response, 404, statusBody(404, 'NotFound')));
  await sandboxes.end('gone');
  expect(calls('DELETE')).toBe(0);
  for (const asked of [sandboxes.findJob('gone'), sandboxes.attach('gone')]) {
    const error = await refusal(asked);
    expect(error).toMatchObject({ code: 'PodLost', sandboxId: 'gone', retryable: false });
    expect(error.message).toContain('no sandbox of that name in namespace boxes');
    expect(error.message).not.toContain('CRD');
  }
  await sandboxes.close();
});

test('init() that failed is another try when it is called again', async () => {
  await (await serving((_seen, response) => sendJson(response, 403, statusBody(403, 'Forbidden')))).close();
  const sandbox = new KubernetesSandbox({ template, namespace: 'boxes', kubeconfig: configTo(server.url) });
  await refusal(sandbox.init());
  await refusal(sandbox.init());
  expect(calls('POST')).toBe(2);
  await sandbox.cleanup();
});

test('close() that failed is told, and the next one deletes the sandbox', async () => {
  let isBroken = true;
  await (
    await serving((seen, response) => {
      if (seen.method === 'DELETE' && isBroken) return sendJson(response, 403, statusBody(403, 'Forbidden'));
      sendJson(response, 200, job);
    })
  ).close();
  const connection = server.connect();
  const deletions = new Deletions();
  const leftovers = new Leftovers(connection, 'boxes', deletions, jobBackend);
  const watch = new PodWatch(connection, 'boxes', 'one');
  watch.of('u-1');
  const place = {
    connection,
    namespace: 'boxes',
    backend: jobBackend,
    metrics: new Metrics(),
    startTimeoutMs: 1_000,
    allowsOpenStart: true,
    leftovers,
    deletions,
  };
  const session = {
    isSupervised: false,
    close: async () => {},
    release: async () => {},
  } as unknown as Session;
  const sandbox = new Sandbox(place, job as Stored<Job>, watch, session, { way: 'attached' });
  await refusal(sandbox.close());
  isBroken = false;
  await sandbox.close();
  await sandbox.close();
  expect(calls('DELETE')).toBe(2);
});
