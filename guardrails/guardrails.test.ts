import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ApiObject, Chart, Include, Testing } from 'cdk8s';
import { allOf, anyOf, field, not, objectField, podField } from '../check/predicates/predicate';
import { App } from '../core/synth';
import { checkRules } from './check-rules';
import { GuardrailPolicy } from './guardrail-policy';
import { Guardrails, type GuardrailsProps } from './guardrails';
import type { Guardrail } from './rule';

const TEAM: Guardrail = {
  id: 'team-label',
  of: 'object',
  kinds: ['Deployment'],
  holds: field('metadata', 'labels', 'team').matches('^[a-z]+$'),
  why: 'Without it nobody knows whom to wake.',
  fix: 'Add the label team.',
};
const REGISTRY: Guardrail = {
  id: 'own-registry',
  of: 'container',
  holds: field('image').matches('^registry\\.example\\.com/[^\\n]+$'),
  why: 'Images of others are not scanned.',
  fix: 'Push it to our registry.',
};

function programWith(
  props: GuardrailsProps,
  { image = 'registry.example.com/web:1', labels = { team: 'shop' } } = {},
) {
  const app = new App({ outdir: mkdtempSync(path.join(tmpdir(), 'guardrails-')) });
  const chart = new Chart(app, 'shop');
  new ApiObject(chart, 'web', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image }] } },
    },
  });
  new Guardrails(app, props);
  return app;
}

test('what breaks a rule is an error of synthesis with the construct path, and what keeps them is written', () => {
  const props = { rules: [TEAM, REGISTRY], check: false } as const;
  expect(() => programWith(props).synth()).not.toThrow();
  expect(() => programWith(props, { image: 'docker.io/web:1' }).synth()).toThrow(
    'GUARDRAIL_BROKEN at shop/web (Deployment/web) spec.template.spec.containers[0]: found what the rule own-registry forbids',
  );
  expect(() => programWith(props, { labels: { team: 'A1' } }).synth()).toThrow(
    /\(Deployment\/web\): found what the rule team-label/,
  );
});

test('the rules of check are asked too, and all that is broken is told', () => {
  expect(() => programWith({ rules: [REGISTRY] }, { image: 'web:latest' }).synth()).toThrow(
    /own-registry[\s\S]*shop\/web \(Deployment\/web\) spec\.template\.spec\.containers\[0\]\.image \[latest-tag\]/,
  );
});

test('a waiver lets one thing stay, and one that waives nothing is an error', () => {
  const waiver = { rule: 'own-registry', object: 'Deployment/web', reason: 'A copy is being made' };
  const props = { rules: [REGISTRY], check: false, waivers: [waiver] } as const;
  expect(() => programWith(props, { image: 'web:1' }).synth()).not.toThrow();
  expect(() => programWith(props).synth()).toThrow('WAIVER_STALE');
});

test('objects of an included list are asked one by one', () => {
  const app = new App({ outdir: mkdtempSync(path.join(tmpdir(), 'guardrails-')) });
  const file = path.join(app.outdir, '..', `list-${process.pid}.yaml`);
  const item = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'one' },
    spec: { containers: [{ name: 'c', image: 'x:1' }] },
  };
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [item] }));
  new Include(new Chart(app, 'in'), 'it', { url: file });
  new Guardrails(app, { rules: [REGISTRY], check: false });
  expect(() => app.synth()).toThrow(/in\/it\/\S+ \(Pod\/one\) spec\.containers\[0\]/);
});

describe('a rule is refused', () => {
  const refused = (rule: object) => {
    expect(() => new Guardrails(Testing.app(), { rules: [TEAM] })).not.toThrow();
    return expect(() => new Guardrails(Testing.app(), { rules: [{ ...TEAM, ...rule } as Guardrail] }));
  };

  test.each([
    ['as a function, which nothing could print', { holds: () => true }, 'PROP_INVALID'],
    ['without the kinds of a rule of objects', { kinds: undefined }, 'PROP_MISSING'],
    ['for a kind that is not known', { kinds: ['Deploiment'] }, 'PROP_INVALID'],
    ['with a pod that an object does not have', { holds: podField('spec').isThere() }, 'PROP_INVALID'],
    ['with an amount that is none', { holds: field('a').amount('atMost', 'much') }, 'QUANTITY_INVALID'],
    [
      'with a pattern that Go reads otherwise',
      { holds: field('a').matches('^(?=a)a$') },
      'PATTERN_NOT_PORTABLE',
    ],
    [
      'with such a pattern inside',
      { holds: not(allOf(anyOf(field('a').every(field().matches('a'))))) },
      'PATTERN_NOT_PORTABLE',
    ],
    ['without words for people', { why: '' }, 'PROP_INVALID'],
  ])('%s', (_, change, code) => {
    refused(change).toThrow(expect.objectContaining({ code }));
  });

  test('where two have one id', () => {
    expect(() => new Guardrails(Testing.app(), { rules: [TEAM, TEAM] })).toThrow(
      /NAME_TAKEN at \(app\) rules\[1\]\.id/,
    );
  });
});

test('the policy has the same rules as CEL, for the resources that they are about', () => {
  const chart = Testing.chart();
  new GuardrailPolicy(chart, 'platform', { name: 'platform', rules: [TEAM, REGISTRY, checkRules.zeroLimit] });
  // biome-ignore lint/suspicious/noExplicitAny: objects as Kubernetes has them
  const [policy, binding] = Testing.synth(chart) as any[];
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
  const chart = Testing.chart();
  new GuardrailPolicy(chart, 'platform', { name: 'platform', rules: [rule] });
  const text = JSON.stringify(Testing.synth(chart));
  expect(text).toContain('dyn(object).?metadata.?name != dyn(oldObject).?metadata.?name');
});
