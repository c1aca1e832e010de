import type { Job } from '../../imports/k8s';
import {
  type ScriptedServer,
  type Seen,
  scriptedServer,
  sendJson,
} from '../../kube/testing-only/scripted-server';
import { admissionPolicy, podSecurity, quota } from './admission';

let server: ScriptedServer;
afterEach(() => server.close());

/** An API server that answers with what the function gives, or with a refusal. */
async function answering(answer: (seen: Seen) => { readonly status: number; readonly body: object }) {
  server = await scriptedServer((seen, response) => {
    const { status, body } = answer(seen);
    sendJson(response, status, body);
  });
  return server.connect();
}

const refusal = (code: number, message: string, reason = 'Forbidden') => ({
  status: code,
  body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message },
});
const listOf = (...items: readonly object[]) => ({
  status: 200,
  body: { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items },
});
const POLICY = "ValidatingAdmissionPolicy 'p' with binding 'p' denied request: not as the template says";

const JOB = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'box', namespace: 'boxes' },
  spec: {
    template: {
      spec: {
        automountServiceAccountToken: false,
        hostUsers: false,
        containers: [
          { name: 'main', image: 'tools:1', securityContext: { allowPrivilegeEscalation: false } },
        ],
        volumes: [
          { name: 'workspace', emptyDir: {} },
          { name: 'tmp', emptyDir: {} },
        ],
      },
    },
  },
} as unknown as Job;

type PodOfJob = {
  readonly spec: { readonly template: { readonly spec: Record<string, unknown> & { containers: object[] } } };
};
const podOf = (body: string) => (JSON.parse(body) as PodOfJob).spec.template.spec;
const isOwn = (body: string) => JSON.stringify(podOf(body)) === JSON.stringify(JOB.spec?.template.spec);

test('a policy is good that admits the template and denies each looser copy; nothing is created for it', async () => {
  const asked: Seen[] = [];
  const connection = await answering((one) => {
    asked.push(one);
    return isOwn(one.body) ? { status: 201, body: JSON.parse(one.body) } : refusal(422, POLICY, 'Invalid');
  });
  expect(await admissionPolicy(connection, JOB)).toEqual({
    check: 'admission-policy',
    verdict: 'good',
    found: 'admits the template, denies 5 looser copies of it',
    remedy: '',
  });
  expect(asked.every(({ method, query }) => method === 'POST' && query.get('dryRun') === 'All')).toBe(true);
  const pods = asked.map(({ body }) => podOf(body));
  expect(pods).toHaveLength(6);
  expect(pods[1]).toMatchObject({ automountServiceAccountToken: true, hostUsers: false });
  expect(pods[2]).toMatchObject({ hostNetwork: true });
  expect(pods[2]).not.toHaveProperty('hostUsers');
  expect(pods[3]).toMatchObject({ containers: [{ name: 'main', image: 'drydock.invalid/preflight:1' }] });
  expect(pods[4]).toMatchObject({
    containers: [{ image: 'tools:1', securityContext: { allowPrivilegeEscalation: true } }],
  });
  expect(pods[5]).toMatchObject({
    volumes: [{ name: 'workspace', hostPath: { path: '/' } }, { name: 'tmp' }],
  });
});

test.each([
  ['a token of its account', (pod: Record<string, unknown>) => pod.automountServiceAccountToken === true],
  ["the host's network", (pod: Record<string, unknown>) => pod.hostNetwork === true],
  ['another image', (pod: Record<string, unknown>) => JSON.stringify(pod).includes('drydock.invalid')],
  ['more privileges', (pod: Record<string, unknown>) => JSON.stringify(pod).includes('Escalation":true')],
  ['a folder of the node', (pod: Record<string, unknown>) => JSON.stringify(pod).includes('hostPath')],
])('one that lets through %s is told by that', async (what, isLoose) => {
  const connection = await answering(({ body }) =>
    isOwn(body) || isLoose(podOf(body))
      ? { status: 201, body: JSON.parse(body) }
      : refusal(422, POLICY, 'Invalid'),
  );
  expect(await admissionPolicy(connection, JOB)).toMatchObject({
    verdict: 'bad',
    found: `a Job with ${what} is not denied`,
    remedy: expect.stringContaining('SandboxRbac'),
  });
});

test('a denial by somebody else than a policy is none, for it may not be there tomorrow', async () => {
  const connection = await answering(({ body }) =>
    isOwn(body) ? { status: 201, body: JSON.parse(body) } : refusal(403, 'exceeded quota: sandboxes'),
  );
  expect((await admissionPolicy(connection, JOB)).found).toBe(
    "a Job with a token of its account, with the host's network, with another image, with more privileges, " +
      'with a folder of the node is not denied',
  );
});

test('a template that its own policy refuses is told with the refusal', async () => {
  const connection = await answering(() => refusal(422, POLICY, 'Invalid'));
  expect(await admissionPolicy(connection, JOB)).toMatchObject({
    check: 'admission-policy',
    verdict: 'bad',
    found: expect.stringContaining(`the template's own Job is refused: `),
    remedy: expect.stringContaining('the same values'),
  });
});

const quotaOf = (name: string, hard: object, used?: object) => ({
  metadata: { name },
  status: { hard, used },
});

test.each<[string, readonly object[], string, string]>([
  ['no quota', [], 'bad', 'no ResourceQuota in the namespace'],
  ['room in all of them', [quotaOf('a', { pods: '2' }, { pods: '1' }), quotaOf('b', {})], 'good', 'a, b'],
  ['nothing used', [quotaOf('a', { pods: '2' })], 'good', 'a'],
  ['one that allows none of something', [quotaOf('a', { services: '0' }, { services: '0' })], 'good', 'a'],
  [
    'one that is full',
    [
      quotaOf('a', { pods: '2', cpu: '4' }, { pods: '2', cpu: '1' }),
      quotaOf('b', { cpu: '1' }, { cpu: '1' }),
    ],
    'bad',
    'full: a pods: 2 of 2, b cpu: 1 of 1',
  ],
])('of quotas, %s is seen', async (_what, items, verdict, found) => {
  const connection = await answering(() => listOf(...items));
  expect(await quota(connection, 'boxes')).toMatchObject({ check: 'quota', verdict, found });
});

test.each([
  ['restricted', 'good', 'the namespace enforces "restricted"'],
  ['baseline', 'bad', 'the namespace enforces "baseline"'],
  [undefined, 'bad', 'the namespace enforces no level'],
])('a namespace that enforces %s is seen as that', async (level, verdict, found) => {
  const labels = level && { 'pod-security.kubernetes.io/enforce': level };
  const connection = await answering(() => listOf({ metadata: { name: 'boxes', labels } }));
  expect(await podSecurity(connection, 'boxes')).toMatchObject({ check: 'pod-security', verdict, found });
  expect(server.seen[0]?.query.get('fieldSelector')).toBe('metadata.name=boxes');
});

test('what this account may not read is not known, with who can tell', async () => {
  const connection = await answering(() => refusal(403, 'forbidden'));
  expect(await quota(connection, 'boxes')).toMatchObject({
    verdict: 'unknown',
    remedy: expect.stringContaining('kubectl get resourcequota -n boxes'),
  });
  expect(await podSecurity(connection, 'boxes')).toMatchObject({
    verdict: 'unknown',
    remedy: expect.stringContaining('kubectl get namespace boxes'),
  });
});

test('an API server that fails is an error of preflight, and no finding', async () => {
  const connection = await answering(() => refusal(404, 'not here', 'NotFound'));
  await expect(quota(connection, 'boxes')).rejects.toMatchObject({ name: 'SandboxError' });
  await expect(podSecurity(connection, 'boxes')).rejects.toMatchObject({ name: 'SandboxError' });
});
