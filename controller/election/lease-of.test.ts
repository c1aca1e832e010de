import { get, resource } from '../../kube';
import {
  type ScriptedServer,
  scriptedServer,
  sendJson,
  statusBody,
} from '../../kube/testing-only/scripted-server';
import { fencePolicy } from './fence-policy';
import { leaseOf } from './lease-of';

let server: ScriptedServer;
afterEach(() => server?.close());

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/ops/leases';
const STORED = {
  metadata: { name: 'greeter', uid: 'u', resourceVersion: '7' },
  spec: { holderIdentity: 'a' },
};

test('a Lease is read, made and changed under the version that was read', async () => {
  server = await scriptedServer((_seen, response) => sendJson(response, 200, STORED));
  const api = leaseOf(server.connect(), { name: 'greeter', namespace: 'ops' });
  expect(await api.read()).toEqual(STORED);
  await api.create({ leaseTransitions: 1 });
  await api.change('7', { holderIdentity: null });
  expect(server.seen.map(({ method, path, body }) => [method, path, body && JSON.parse(body)])).toEqual([
    ['GET', `${LEASES}/greeter`, ''],
    [
      'POST',
      LEASES,
      {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'greeter', namespace: 'ops' },
        spec: { leaseTransitions: 1 },
      },
    ],
    ['PATCH', `${LEASES}/greeter`, { metadata: { resourceVersion: '7' }, spec: { holderIdentity: null } }],
  ]);
  await leaseOf(server.connect(), { name: 'greeter' }).read();
  expect(server.seen.at(-1)?.path).toBe(`${LEASES.replace('ops', 'here')}/greeter`);
});

test('one that is not there is none, and any other refusal is one', async () => {
  let status = 404;
  server = await scriptedServer((_seen, response) =>
    sendJson(response, status, statusBody(status, 'NotFound')),
  );
  const api = leaseOf(server.connect(), { name: 'greeter' });
  expect(await api.read()).toBeUndefined();
  status = 403;
  await expect(api.read()).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('it is asked for also while every other place is taken by a slow call', async () => {
  server = await scriptedServer((seen, response) => {
    if (seen.path.startsWith(LEASES.replace('ops', 'here'))) sendJson(response, 200, STORED);
  });
  const connection = server.connect({ maxCalls: 1 });
  const slow = get(connection, resource('v1', 'Secret'), { name: 'slow' });
  slow.catch(() => {});
  expect(await leaseOf(connection, { name: 'greeter' }).read()).toEqual(STORED);
  connection.close();
  await expect(slow).rejects.toThrow();
});

test('the policy lets of the pods of the operator only the one write that holds the Lease', () => {
  const [policy, binding, ...others] = fencePolicy({ name: 'greeter', namespace: 'ops' });
  expect(others).toEqual([]);
  const named = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    metadata: { name: 'greeter-only-the-leader-writes' },
  };
  const pod = 'authentication.kubernetes.io/pod-name';
  expect(policy).toEqual({
    ...named,
    kind: 'ValidatingAdmissionPolicy',
    spec: {
      failurePolicy: 'Fail',
      paramKind: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' },
      matchConstraints: {
        resourceRules: [
          {
            ...{ apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] },
            operations: ['CREATE', 'UPDATE', 'DELETE'],
          },
        ],
      },
      matchConditions: [
        {
          name: 'by-the-operator',
          expression: 'request.userInfo.username == "system:serviceaccount:ops:greeter"',
        },
        {
          name: 'not-its-lease',
          expression:
            '!(request.resource.group == "coordination.k8s.io" && request.resource.resource == "leases")',
        },
        {
          name: 'not-a-review',
          expression: '!(request.resource.group in ["authorization.k8s.io", "authentication.k8s.io"])',
        },
      ],
      validations: [
        {
          expression: `has(request.userInfo.extra) && "${pod}" in request.userInfo.extra && has(params.spec.holderIdentity) && params.spec.holderIdentity.startsWith(request.userInfo.extra["${pod}"][0] + "/")`,
          messageExpression:
            '"the Lease ops/greeter says that " + (has(params.spec.holderIdentity) ? params.spec.holderIdentity : "nobody") + " leads"',
          reason: 'Forbidden',
        },
      ],
    },
  });
  expect(binding).toEqual({
    ...named,
    kind: 'ValidatingAdmissionPolicyBinding',
    spec: {
      policyName: 'greeter-only-the-leader-writes',
      validationActions: ['Deny'],
      paramRef: { name: 'greeter', namespace: 'ops', parameterNotFoundAction: 'Allow' },
    },
  });
  const [other] = fencePolicy({ name: 'greeter', namespace: 'ops', serviceAccountName: 'writer' });
  expect(JSON.stringify(other)).toContain('system:serviceaccount:ops:writer');
});
