import { dirname } from 'node:path';
import { tool } from '../../cluster/tools/tool';
import type { PolicyObject } from './engine';
import { kyvernoEngine } from './kyverno';
import { POLICY_LIMITS } from './policy-program';

jest.setTimeout(600_000);

/** What the real kyverno says of objects, and what it would pass over without a word. */

const before = process.env.PATH;
beforeAll(async () => {
  process.env.PATH = `${dirname(await tool('kyverno'))}:${before}`;
});
afterAll(() => {
  process.env.PATH = before;
});

const deployment = (name: string, labels: object = {}, replicas = 1) =>
  ({
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'shop', labels } },
    spec: { replicas, selector: {}, template: { spec: { containers: [{ name: 'c', image: 'a:1' }] } } },
  }) as unknown as PolicyObject;
const shop = {
  apiVersion: 'example.com/v1',
  kind: 'Shop',
  metadata: { name: 's' },
  spec: {},
} as unknown as PolicyObject;
const objects = [deployment('a'), deployment('b', { team: 'x' }, 3), shop];
const request = { application: { namespace: 'team', name: 'shop' }, namespace: 'shop', objects };

const clusterPolicy = (validate: object, more: object = {}) =>
  ({
    ...{ apiVersion: 'kyverno.io/v1', kind: 'ClusterPolicy', metadata: { name: 'team' } },
    spec: {
      rules: [
        {
          name: 'label',
          match: { any: [{ resources: { kinds: ['Deployment', 'Shop'] } }] },
          validate,
          ...more,
        },
      ],
    },
  }) as unknown as PolicyObject;
const needsTeam = clusterPolicy({
  message: 'Say whose it is.',
  pattern: { metadata: { labels: { team: '?*' } } },
});
const validating = (expression: string) =>
  ({
    ...{ apiVersion: 'policies.kyverno.io/v1', kind: 'ValidatingPolicy', metadata: { name: 'two' } },
    spec: {
      validationActions: ['Deny'],
      matchConstraints: {
        resourceRules: [
          { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] },
        ],
      },
      validations: [{ expression, message: 'Run two.' }],
    },
  }) as unknown as PolicyObject;
const judge = (policies: readonly PolicyObject[], limits = POLICY_LIMITS) =>
  kyvernoEngine(policies, limits).judge(request);

test('rules and CEL find what they are for, in an order of their own, each with its object', async () => {
  const found = await judge([needsTeam, validating('object.spec.replicas >= 2')]);
  expect(found.map(({ rule, object, namespace }) => [rule, object, namespace])).toEqual([
    ['team.label', 'Shop/s', undefined],
    ['team.label', 'Deployment/a', 'shop'],
    ['two', 'Deployment/a', 'shop'],
  ]);
  expect(found[1]?.why).toMatch(/Say whose it is\..* path \/metadata\/labels\//);
});

test('what matches nothing finds nothing', async () => {
  expect(await judge([validating('object.spec.replicas >= 1')])).toEqual([]);
  const engine = kyvernoEngine([needsTeam]);
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } } as PolicyObject;
  expect(await engine.judge({ ...request, objects: [pod] })).toEqual([]);
});

const misspelt = JSON.parse(JSON.stringify(needsTeam).replace('"match"', '"matsch"')) as PolicyObject;

test.each([
  ['a field that is misspelt, which kyverno passes over', [needsTeam, misspelt], /cannot read/],
  ['CEL that is none', [validating('objekt.spec.x == 1')], /undeclared reference to 'objekt'/],
  [
    'a variable that is not there',
    [
      clusterPolicy({
        message: 'm',
        deny: {
          conditions: {
            any: [{ key: '{{ request.object.spec.nope.deeper }}', operator: 'Equals', value: 1 }],
          },
        },
      }),
    ],
    /Unknown key "nope"/,
  ],
])('%s gives no verdict, with the cause', async (_what, policies, cause) => {
  await expect(judge(policies)).rejects.toMatchObject({
    code: 'POLICY_FAILED',
    found: expect.stringMatching(cause),
  });
});

test('one that takes longer than it may is ended', async () => {
  const limits = { ...POLICY_LIMITS, timeoutMs: 50 };
  await expect(judge([needsTeam], limits)).rejects.toMatchObject({
    ...{ code: 'POLICY_FAILED', found: expect.stringContaining('no end within 0.05 s') },
  });
});
