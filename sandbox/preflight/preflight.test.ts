import type { Job } from '../../imports/k8s';
import {
  type ScriptedServer,
  type Seen,
  scriptedServer,
  sendJson,
  statusBody,
} from '../../kube/testing-only/scripted-server';
import type { Place } from '../claim/place';
import { SandboxError } from '../errors';
import type { Sandbox } from '../sandbox';
import { API_CALLS } from '../spec';
import { refusal } from '../testing-only/scripted-runtime';
import { preflight } from './preflight';

let server: ScriptedServer;
afterEach(() => server.close());

const spec = { template: { spec: { containers: [{ name: 'sandbox', image: 'tools:1' }] } } };
const job = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'one', namespace: 'boxes' },
  spec,
} as Job;
const needed = new Set(
  API_CALLS.flatMap(({ resource, subresource, verbs }) =>
    verbs.map((verb) => `${verb} ${resource} ${subresource}`),
  ),
);

/** A cluster in good order, as far as calls tell. */
function inOrder({ path, body }: Seen): [status: number, body: object] {
  if (path.endsWith('/selfsubjectaccessreviews')) {
    const review = JSON.parse(body);
    const { verb, resource, subresource, namespace } = review.spec.resourceAttributes;
    const allowed = namespace === 'boxes' && needed.has(`${verb} ${resource} ${subresource}`);
    return [201, { ...review, status: { allowed } }];
  }
  if (path.endsWith('/jobs')) {
    const given = JSON.parse(body);
    if (JSON.stringify(given.spec) === JSON.stringify(spec)) return [201, given];
    const words = "ValidatingAdmissionPolicy 'p' with binding 'p' denied request: no";
    return [422, statusBody(422, 'Invalid', words)];
  }
  const [found] = path.endsWith('/namespaces')
    ? [{ metadata: { name: 'boxes', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } }]
    : [{ metadata: { name: 'room' }, status: { hard: { pods: '5' }, used: { pods: '1' } } }];
  return [200, { metadata: { resourceVersion: '1' }, items: [found] }];
}

async function looking(claim: () => Promise<Sandbox>, answer: (seen: Seen) => [number, object] = inOrder) {
  server = await scriptedServer((seen, response) => sendJson(response, ...answer(seen)));
  return preflight({ connection: server.connect(), namespace: 'boxes' } as Place, job, claim);
}

const CHECKS = [
  'rights-sufficient',
  'rights-not-excessive',
  'admission-policy',
  'pod-security',
  'quota',
  'start',
  'user-namespace',
  'network-policy',
];

test('a good cluster has every check, the last two from inside of a sandbox that is closed again', async () => {
  let isClosed = false;
  const close = async () => {
    isClosed = true;
  };
  const { isGood, findings } = await looking(async () => ({ isSupervised: false, close }) as Sandbox);
  expect(findings.map(({ check }) => check)).toEqual(CHECKS);
  expect(findings.slice(0, 6).map(({ verdict }) => verdict)).toEqual(Array(6).fill('good'));
  // What could not be tried is not bad.
  expect([findings[6]?.verdict, isGood, isClosed]).toEqual(['unknown', true, true]);
  expect(findings[5]?.found).toMatch(/\w/);
});

test('a sandbox that does not start is bad, in the words of the claim', async () => {
  const error = new SandboxError('ImagePull', {
    where: 'x',
    found: 'no image',
    expected: 'y',
    remedy: 'build it',
  });
  const { isGood, findings } = await looking(() => Promise.reject(error));
  expect(isGood).toBe(false);
  expect(findings.at(-1)).toEqual({
    check: 'start',
    verdict: 'bad',
    found: 'ImagePull: no image',
    remedy: 'build it',
  });
});

test('a sandbox in which nothing can be tried is closed all the same', async () => {
  let isClosed = false;
  const commands = { run: () => Promise.reject(new SandboxError('ConnectionLost', facts)) };
  const close = async () => {
    isClosed = true;
  };
  const facts = { where: 'x', found: 'lost', expected: 'y', remedy: 'z' };
  const looked = looking(async () => ({ isSupervised: true, commands, close }) as unknown as Sandbox);
  expect((await refusal(looked)).code).toBe('ConnectionLost');
  expect(isClosed).toBe(true);
});

test('a server that does not answer what it must is an error of the runtime, and no finding', async () => {
  const looked = looking(
    () => Promise.reject(new Error('was claimed')),
    () => [403, statusBody(403, 'Forbidden', 'no reviews')],
  );
  expect(await refusal(looked)).toMatchObject({ code: 'ApiFailed', where: 'preflight' });
});
