import { type ScriptedServer, scriptedServer, sendJson } from '../../kube/testing-only/scripted-server';
import { API_CALLS } from '../spec';
import { rightsNotExcessive, rightsSufficient } from './rights';

interface Asked {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace: string;
}

let server: ScriptedServer;
afterEach(() => server.close());

/** An API server whose authorizers grant what the function says. */
async function granting(isAllowed: (asked: Asked) => boolean) {
  server = await scriptedServer((seen, response) => {
    const review = JSON.parse(seen.body);
    const allowed = isAllowed(review.spec.resourceAttributes);
    sendJson(response, 201, { ...review, status: { allowed } });
  });
  return server.connect();
}

/** What takes away what bounds sandboxes. */
const BOUNDS = [
  'namespaces in boxes',
  'resourcequotas in boxes',
  'networkpolicies.networking.k8s.io in boxes',
  'roles.rbac.authorization.k8s.io in boxes',
  'rolebindings.rbac.authorization.k8s.io in boxes',
  'validatingadmissionpolicies.admissionregistration.k8s.io everywhere',
  'validatingadmissionpolicybindings.admissionregistration.k8s.io everywhere',
];

/** What leads out of the sandbox namespace. */
const WAYS_OUT = [
  'create pods in boxes',
  'update pods in boxes',
  'patch pods/ephemeralcontainers in boxes',
  'get secrets in boxes',
  'get secrets everywhere',
  'list secrets everywhere',
  'create serviceaccounts/token in boxes',
  'create serviceaccounts/token everywhere',
  'get nodes/proxy everywhere',
  'delete nodes everywhere',
  'create pods everywhere',
  'get pods/exec everywhere',
  'impersonate users everywhere',
  'create jobs.batch everywhere',
  'create rolebindings.rbac.authorization.k8s.io in boxes',
  'bind roles.rbac.authorization.k8s.io in boxes',
  'escalate roles.rbac.authorization.k8s.io in boxes',
  'create clusterrolebindings.rbac.authorization.k8s.io everywhere',
];

test('of an account that may do everything each right is named that is too much', async () => {
  const connection = await granting(() => true);
  const { check, verdict, found, remedy } = await rightsNotExcessive(connection, 'boxes');
  const undoing = BOUNDS.flatMap((what) =>
    ['update', 'patch', 'delete', 'deletecollection'].map((verb) => `${verb} ${what}`),
  );
  expect([check, verdict]).toEqual(['rights-not-excessive', 'bad']);
  expect(found.replace('granted: ', '').split(', ')).toEqual([...undoing, ...WAYS_OUT]);
  expect(remedy).toContain('SandboxRbac');
});

test('one right that is too much is bad', async () => {
  const connection = await granting(
    ({ verb, resource }) => verb === 'patch' && resource === 'networkpolicies',
  );
  expect(await rightsNotExcessive(connection, 'boxes')).toMatchObject({
    verdict: 'bad',
    found: 'granted: patch networkpolicies.networking.k8s.io in boxes',
  });
});

test('what the runtime uses is asked for, all of it and in its namespace alone', async () => {
  const connection = await granting(() => true);
  const finding = await rightsSufficient(connection, 'boxes');
  const needed = API_CALLS.flatMap(({ group, resource, subresource, verbs }) =>
    verbs.map((verb) => ({ verb, group, resource, subresource, namespace: 'boxes' })),
  );
  expect(finding).toMatchObject({ verdict: 'good', remedy: '', check: 'rights-sufficient' });
  expect(finding.found).toContain(`all ${needed.length}`);
  const asked = server.seen.map(({ body }) => JSON.parse(body));
  expect(asked.map(({ spec }) => spec.resourceAttributes)).toEqual(needed);
  expect(asked[0]).toMatchObject({ apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview' });
});

test('a review without an answer is none that allows', async () => {
  server = await scriptedServer((seen, response) => sendJson(response, 201, JSON.parse(seen.body)));
  const connection = server.connect();
  expect((await rightsSufficient(connection, 'boxes')).verdict).toBe('bad');
  expect((await rightsNotExcessive(connection, 'boxes')).verdict).toBe('good');
});

test('an account that has what the runtime needs and no more is good at both', async () => {
  const own = new Set(['jobs', 'pods', 'events', 'resourcequotas']);
  const connection = await granting(
    ({ verb, resource, namespace }) =>
      own.has(resource) &&
      namespace === 'boxes' &&
      (resource === 'jobs' || ['get', 'list', 'watch'].includes(verb)),
  );
  const excessive = await rightsNotExcessive(connection, 'boxes');
  expect(excessive).toMatchObject({ check: 'rights-not-excessive', verdict: 'good', remedy: '' });
  expect(excessive.found).toMatch(/\w/);
  const missing = await rightsSufficient(connection, 'boxes');
  expect(missing).toMatchObject({ verdict: 'bad', found: 'not granted: create pods/exec in boxes' });
  expect(missing.remedy).toContain('gate of SandboxRbac');
});
