import type { PolicyObject } from './engine';
import { isOfKyverno, requireJudging } from './kyverno-takes';

const rule = { name: 'r', validate: { message: 'm', pattern: {} } };
const policy = (...rules: readonly object[]) =>
  ({
    ...{ apiVersion: 'kyverno.io/v1', kind: 'ClusterPolicy', metadata: { name: 'p' } },
    spec: { rules },
  }) as unknown as PolicyObject;
const cel = (expression: string) =>
  ({
    ...{ apiVersion: 'policies.kyverno.io/v1', kind: 'ValidatingPolicy', metadata: { name: 'p' } },
    spec: { validations: [{ expression }] },
  }) as unknown as PolicyObject;
const inLoop = (entry: object) => ({ ...rule, validate: { foreach: [{ list: 'x', context: [entry] }] } });
const variable = { name: 'v', variable: { value: 1 } };

test.each([
  ['kyverno.io/v1', 'ClusterPolicy', true],
  ['kyverno.io/v2beta1', 'Policy', true],
  ['policies.kyverno.io/v1', 'ValidatingPolicy', true],
  ['policies.kyverno.io/v1', 'MutatingPolicy', false],
  ['kyverno.io/v2', 'PolicyException', false],
  ['kyverno.io', 'ClusterPolicy', false],
  ['constructor/v1', 'ClusterPolicy', false],
  ['v1', 'ConfigMap', false],
])('%s %s is one that judges: %p', (apiVersion, kind, is) =>
  expect(isOfKyverno({ apiVersion, kind })).toBe(is),
);

test.each([
  ['no rules', policy(), /no spec\.rules/, policy(rule)],
  ['one that changes', policy(rule, { ...rule, mutate: {} }), /mutate/, policy(rule, rule)],
  ['one that makes others', policy({ name: 'r', generate: {} }), /generate/, policy(rule)],
  [
    'one that asks a registry for signatures',
    policy({ ...rule, verifyImages: [] }),
    /verifyImages/,
    policy(rule),
  ],
  ['one that judges nothing', policy({ name: 'r' }), /without validate/, policy(rule)],
  [
    'one that calls an API',
    policy({ ...rule, context: [{ name: 'v', apiCall: {} }] }),
    /apiCall/,
    policy({ ...rule, context: [variable] }),
  ],
  [
    'one that reads a ConfigMap in a loop',
    policy(inLoop({ name: 'v', configMap: {} })),
    /configMap/,
    policy(inLoop(variable)),
  ],
  [
    'CEL that asks a network',
    cel("http.Get('http://x').a == 1"),
    /CEL with http/,
    cel('object.spec.http == 1'),
  ],
  [
    'CEL that asks a cluster',
    cel("resource.List('v1', 'pods', '').size() > 0"),
    /resource/,
    cel('object.resource == 1'),
  ],
])('%s is refused, and what is like it is not', (_what, bad, words, twin) => {
  expect(() => requireJudging(bad, 'a.yaml')).toThrow(
    expect.objectContaining({ code: 'POLICY_FAILED', found: expect.stringMatching(words) }),
  );
  expect(() => requireJudging(twin, 'a.yaml')).not.toThrow();
});
