import { Testing } from 'cdk8s';
import { anyOf, field, objectField, type Predicate, podField } from '../check/predicates/predicate';
import { checkRules } from './check-rules';
import { GuardrailPolicy, type GuardrailPolicyProps } from './guardrail-policy';
import type { Guardrail } from './rule';

const about = { why: 'It is so.', fix: 'Do it.' };
const TEAM: Guardrail = {
  id: 'team-label',
  of: 'object',
  kinds: ['Deployment'],
  holds: field('metadata', 'labels', 'team').matches('^[a-z]+$'),
  why: 'Without it nobody knows whom to wake.',
  fix: 'Add the label team.',
};
const REGISTRY: Guardrail = {
  ...{ id: 'own-registry', of: 'container', ...about },
  holds: field('image').equals('x'),
};

function made(rules: readonly Guardrail[], props: Partial<GuardrailPolicyProps> = {}) {
  const chart = Testing.chart();
  new GuardrailPolicy(chart, 'platform', { name: 'platform', rules, ...props });
  // biome-ignore lint/suspicious/noExplicitAny: objects as Kubernetes has them
  const [policy, binding] = Testing.synth(chart) as any[];
  return { policy, binding };
}

test('the policy has the same rules as CEL, for the resources that they are about', () => {
  const { policy, binding } = made([TEAM, REGISTRY, checkRules.zeroLimit]);
  expect(policy.spec.matchConstraints.resourceRules[0]).toEqual({
    apiGroups: ['apps'],
    apiVersions: ['v1'],
    operations: ['CREATE', 'UPDATE'],
    resources: expect.arrayContaining(['deployments', 'statefulsets', 'daemonsets', 'replicasets']),
  });
  expect(policy.spec.validations[0]).toEqual({
    expression:
      "!(object.kind in ['Deployment']) || (dyn(object).?metadata.?labels.?team.optMap(v0, type(v0) == string && v0.matches('^[a-z]+$')).orValue(false))",
    message: 'team-label: Without it nobody knows whom to wake. Add the label team.',
    reason: 'Forbidden',
  });
  expect(policy.spec.matchConditions[0].expression).toBe(
    "request.operation == 'CREATE' || dyn(object).?metadata.?annotations != dyn(oldObject).?metadata.?annotations || dyn(object).?metadata.?labels != dyn(oldObject).?metadata.?labels || dyn(object).?spec != dyn(oldObject).?spec",
  );
  expect(binding.spec).toMatchObject({ policyName: 'platform', validationActions: ['Deny', 'Audit'] });
});

test('a rule may look at the whole object from inside of a list', () => {
  const rule: Guardrail = {
    ...TEAM,
    holds: field('spec', 'ports').every(objectField('metadata', 'name').isThere()),
    kinds: ['Service'],
  };
  expect(JSON.stringify(made([rule]))).toContain(
    'dyn(object).?metadata.?name != dyn(oldObject).?metadata.?name',
  );
});

const resourcesOf = (...kinds: string[]) =>
  made([{ ...TEAM, kinds }]).policy.spec.matchConstraints.resourceRules.map(
    ({ apiGroups, apiVersions, resources }: Record<string, string[]>) =>
      `${apiGroups}/${apiVersions}: ${resources}`,
  );

test('each resource is named once, in the newest version that is no trial', () => {
  expect(resourcesOf('HorizontalPodAutoscaler')).toEqual(['autoscaling/v2: horizontalpodautoscalers']);
  expect(resourcesOf('ServiceCIDR')).toEqual(['networking.k8s.io/v1: servicecidrs']);
  expect(resourcesOf('ClusterTrustBundle')).toEqual(['certificates.k8s.io/v1beta1: clustertrustbundles']);
  expect(resourcesOf('Service', 'Deployment', 'Service')).toEqual(['apps/v1: deployments', '/v1: services']);
});

test('what is added to a running pod for debugging is asked too', () => {
  expect(resourcesOf('Pod')).toEqual(['/v1: pods,pods/ephemeralcontainers']);
});

test('a rule of pods asks the pod, one of containers each of them, and says which', () => {
  const holds = field('a').isThere();
  const onPod = made([{ ...REGISTRY, of: 'pod', kinds: ['Job'], holds }]).policy.spec.validations;
  expect(onPod).toEqual([
    {
      expression: "!(object.kind in ['Job']) || (variables.pod.?a.hasValue())",
      message: 'own-registry: It is so. Do it.',
      reason: 'Forbidden',
    },
  ]);
  const onContainers = made([{ ...REGISTRY, kinds: ['Job'], holds }]).policy.spec.validations;
  expect(onContainers).toEqual([
    {
      expression: "!(object.kind in ['Job']) || (variables.containers.all(c, c.?a.hasValue()))",
      message: 'own-registry: It is so. Do it.',
      messageExpression:
        "'own-registry: container ' + variables.containers.filter(c, !(c.?a.hasValue())).map(c, string(c.name)).join(', ') + '. It is so. Do it.'",
      reason: 'Forbidden',
    },
  ]);
});

const conditionOf = (rule: Partial<Guardrail>) => {
  const [condition, ...others] = made([{ ...TEAM, ...rule }]).policy.spec.matchConditions;
  expect(others).toEqual([]);
  expect(condition.name).toBe('changes-what-the-rules-read');
  return condition.expression
    .split(' || ')
    .slice(1)
    .map((one: string) => /^dyn\(object\)\.\?(.*) != dyn\(oldObject\)\.\?(.*)$/.exec(one)?.slice(1));
};
test('a field with an odd name is one that CEL can read', () => {
  const rule = { ...TEAM, holds: anyOf(field('a-b').isThere(), field('metadata', 'c/d').isThere()) };
  expect(made([rule]).policy.spec.matchConditions[0].expression).toBe(
    "request.operation == 'CREATE' || dyn(object).?metadata[?'c/d'] != dyn(oldObject).?metadata[?'c/d'] || dyn(object)[?'a-b'] != dyn(oldObject)[?'a-b']",
  );
});

const twice = (...fields: string[]) => fields.map((one) => [one, one]);
const there = field('data').isThere();
const POD_FIELDS = ['metadata.?annotations', 'metadata.?labels', 'spec'];

test.each<[string, Predicate, Partial<Guardrail>, string[]]>([
  ['of objects, all its fields', anyOf(there, field('type').isThere()), {}, ['data', 'type']],
  ['of objects, one of metadata', field('metadata', 'name').isThere(), {}, ['metadata.?name']],
  ['of objects, all metadata', field('metadata').isThere(), {}, POD_FIELDS.slice(0, 2)],
  [
    'of objects, the list too where a name is looked for',
    field('a').isNamedIn(field('b'), 'n'),
    {},
    ['a', 'b'],
  ],
  ['of objects, not the fields of entries', field('a').every(field('b').isThere()), {}, ['a']],
  ['of objects, all of it', field().equals('x'), {}, []],
  ['of pods, all of the pod', podField('status').isThere(), { of: 'pod' }, POD_FIELDS],
  [
    'of containers, and the object',
    objectField('status').isThere(),
    { of: 'container' },
    [...POD_FIELDS, 'status'],
  ],
])('an update is asked only where it changes what the rules read: %s', (_, holds, rule, fields) => {
  expect(conditionOf({ ...rule, holds })).toEqual(twice(...fields));
});

test('policy and binding have the name that was given, and leave out the namespaces that were', () => {
  const { policy, binding } = made([TEAM], { name: 'team', exemptNamespaces: ['ops'], actions: ['Warn'] });
  expect([policy.metadata, binding.metadata]).toEqual([{ name: 'team' }, { name: 'team' }]);
  expect(binding.spec).toEqual({
    policyName: 'team',
    validationActions: ['Warn'],
    matchResources: {
      namespaceSelector: {
        matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['ops'] }],
      },
    },
  });
  expect(made([TEAM], { exemptNamespaces: [] }).binding.spec).not.toHaveProperty('matchResources');
  const [selector] = made([TEAM]).binding.spec.matchResources.namespaceSelector.matchExpressions;
  expect(selector.values).toEqual(['kube-system', 'kube-public', 'kube-node-lease']);
});
