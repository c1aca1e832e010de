import { dirname } from 'node:path';
import { tool } from '../../cluster/tools/tool';
import { celEngine } from './cel';
import type { PolicyObject } from './engine';
import { POLICY_LIMITS } from './policy-program';

jest.setTimeout(120_000);

/** What the CEL of the API server says of objects, without an API server. */

const before = process.env.PATH;
beforeAll(async () => {
  process.env.PATH = `${dirname(await tool('kubernetes-1.34/drydock-vap'))}:${before}`;
});
afterAll(() => {
  process.env.PATH = before;
});

const deployment = (name: string, replicas: number, more: object = {}) =>
  ({
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'shop', ...more } },
    ...{ spec: { replicas } },
  }) as PolicyObject;
const rule = {
  apiGroups: ['apps'],
  apiVersions: ['v1'],
  operations: ['CREATE', 'UPDATE'],
  resources: ['deployments'],
};
const policy = (validations: readonly object[], more: object = {}) =>
  ({
    ...{
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'two' },
    },
    spec: { matchConstraints: { resourceRules: [rule] }, validations, ...more },
  }) as unknown as PolicyObject;
const binding = (spec: object) =>
  ({
    ...{ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding' },
    ...{ metadata: { name: 'two' }, spec: { policyName: 'two', validationActions: ['Deny'], ...spec } },
  }) as unknown as PolicyObject;

const objects = [
  deployment('a', 1),
  deployment('b', 3),
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'c', namespace: 'shop' }, spec: {} },
] as readonly PolicyObject[];
const request = { application: { namespace: 'team', name: 'shop' }, namespace: 'shop', objects };
const judge = (one: PolicyObject, bindings: readonly PolicyObject[] = [], limits = POLICY_LIMITS) =>
  celEngine({ policies: [one], bindings }, limits).judge(request);
const TWO = { expression: 'object.spec.replicas >= 2', message: 'Run two.' };
const told = { rule: 'two', object: 'Deployment/a', namespace: 'shop', field: '', why: 'Run two.', fix: '' };

test('an expression that does not hold is a finding, of the objects that the policy is for', async () => {
  expect(await judge(policy([TWO]))).toEqual([told]);
});

test('variables, conditions and messages are those of the API server', async () => {
  const one = policy(
    [{ expression: 'variables.n >= 2', messageExpression: "'it has ' + string(variables.n)" }],
    {
      variables: [{ name: 'n', expression: 'object.spec.replicas' }],
      matchConditions: [{ name: 'not-b', expression: "object.metadata.name != 'b'" }],
    },
  );
  expect(await judge(one)).toEqual([{ ...told, why: 'it has 1' }]);
  const none = policy([TWO], { matchConditions: [{ name: 'b', expression: "object.metadata.name == 'b'" }] });
  expect(await judge(none)).toEqual([]);
});

test('an expression that fails is a finding, as for the API server, unless the policy says that it is none', async () => {
  const fails = [{ expression: "object.spec.paused == true || object.metadata.name == 'b'" }];
  expect(await judge(policy(fails))).toMatchObject([
    { object: 'Deployment/a', why: expect.stringContaining('no such key: paused') },
  ]);
  expect(await judge(policy(fails, { failurePolicy: 'Ignore' }))).toEqual([]);
});

test.each([
  ['one that denies', {}, [told]],
  ['one that only warns', { validationActions: ['Warn', 'Audit'] }, [{ ...told, isWarning: true }]],
  [
    'one for another namespace',
    {
      matchResources: {
        namespaceSelector: {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['shop'] }],
        },
      },
    },
    [],
  ],
  [
    'one for this namespace',
    { matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } } },
    [told],
  ],
  ['one of another policy', { policyName: 'three', validationActions: ['Warn'] }, [told]],
])('with a binding, %s', async (_what, spec, found) => {
  expect(await judge(policy([TWO]), [binding(spec)])).toEqual(found);
});

const LIST = '[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]';
const nested = (depth: number): string =>
  depth === 0 ? 'true' : `${LIST}.all(v${depth}, ${nested(depth - 1)})`;

test.each([
  ['one that is no CEL', policy([{ expression: 'object.' }]), /Syntax error/],
  [
    'one with a name that there is not',
    policy([{ expression: 'objekt.spec.x' }]),
    /undeclared reference to 'objekt'/,
  ],
  [
    'one that asks what somebody may',
    policy([{ expression: "authorizer.path('/x').check('get').allowed()" }]),
    /undeclared reference to 'authorizer'/,
  ],
  [
    'one with parameters',
    policy([TWO], { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } }),
    /spec\.paramKind/,
  ],
  [
    'one that is for nothing',
    policy([TWO], { matchConstraints: {} }),
    /no spec\.matchConstraints\.resourceRules/,
  ],
  ['one whose message is no CEL', policy([{ ...TWO, messageExpression: '1 +' }]), /Syntax error/],
  ['one of a wrong form', policy([{ expression: 7 }]), /cannot unmarshal number/],
])('%s gives no verdict, with the cause', async (_what, one, cause) => {
  await expect(judge(one)).rejects.toMatchObject({
    code: 'POLICY_FAILED',
    found: expect.stringMatching(cause),
  });
});

test('an expression that costs more than the API server allows is stopped, and one like it that costs less is not', async () => {
  expect(await judge(policy([{ expression: nested(2) }]))).toEqual([]);
  const [first] = await judge(policy([{ expression: nested(7) }]));
  expect(first?.why).toMatch(/cost|budget/);
});
