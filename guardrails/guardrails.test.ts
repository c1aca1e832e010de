import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ApiObject, Chart, Include, Testing } from 'cdk8s';
import { allOf, anyOf, field, not, podField } from '../check/predicates/predicate';
import { App } from '../core/synth';
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

const POD = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' } } as const;

function programWith(
  props: GuardrailsProps,
  given: { image?: string; labels?: object; namespace?: string; app?: string } = {},
) {
  const {
    image = 'registry.example.com/web:1',
    labels = { team: 'shop' },
    namespace,
    app: name = 'web',
  } = given;
  const app = new App({ outdir: mkdtempSync(path.join(tmpdir(), 'guardrails-')) });
  const chart = new Chart(app, 'shop');
  new ApiObject(chart, 'web', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels, ...(namespace && { namespace }) } as object,
    spec: {
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'web', image }] } },
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
  expect(() => programWith(props).synth()).toThrow(
    'WAIVER_STALE at (app) waivers[0]: found a waiver of own-registry for Deployment/web, which waives nothing; expected something that would be refused without it. Remove the waiver: it would hide the next thing.',
  );
});

test('a waiver is for one rule, one object and one namespace', () => {
  const image = 'web:1';
  const labels = { team: '1' };
  const all = { rules: [REGISTRY, TEAM], check: false } as const;
  const waiver = { rule: 'own-registry', object: 'Deployment/web', reason: 'A copy is being made' };
  expect(() => programWith({ ...all, waivers: [waiver] }, { image, labels }).synth()).toThrow(
    /found what the rule team-label forbids/,
  );
  for (const other of [{ object: 'Deployment/api' }, { rule: 'team-label' }, { namespace: 'prod' }])
    expect(() => programWith({ ...all, waivers: [{ ...waiver, ...other }] }, { image }).synth()).toThrow(
      /GUARDRAIL_BROKEN .* own-registry forbids/,
    );
  const inProd = { image, namespace: 'prod' };
  expect(() =>
    programWith({ ...all, waivers: [{ ...waiver, namespace: 'prod' }] }, inProd).synth(),
  ).not.toThrow();
  expect(() => programWith({ ...all, waivers: [waiver] }, inProd).synth()).toThrow(
    'GUARDRAIL_BROKEN at shop/web (Deployment/web in prod) spec',
  );
});

test('an error lists twenty more at most, and counts the rest', () => {
  const broken = (images: number) => {
    const app = new App({ outdir: mkdtempSync(path.join(tmpdir(), 'guardrails-')) });
    const containers = Array.from({ length: images }, (_, index) => ({ name: `c${index}`, image: 'web:1' }));
    new ApiObject(new Chart(app, 'shop'), 'web', { ...POD, spec: { containers } });
    new Guardrails(app, { rules: [REGISTRY], check: false });
    try {
      app.synth();
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error('nothing is broken');
  };
  expect(broken(1)).toMatch(/Push it to our registry\. Or waive it with the reason\.$/);
  expect(broken(21)).toMatch(
    /containers\[20\] \[own-registry\]: Images of others are not scanned\. Push it to our registry\.$/,
  );
  expect(broken(24)).toMatch(/containers\[20\] .*\n {2}and 3 more\.$/);
});

test('a rule of pods reads the labels and annotations of the pod', () => {
  const rule: Guardrail = {
    ...{ id: 'pod-rule', of: 'pod', why: 'W.', fix: 'F.' },
    holds: allOf(
      field('metadata', 'labels', 'app').equals('web'),
      not(podField('metadata', 'annotations', 'debug').isThere()),
    ),
  };
  const props = { rules: [rule], check: false } as const;
  expect(() => programWith(props).synth()).not.toThrow();
  expect(() => programWith(props, { app: 'api' }).synth()).toThrow(
    'GUARDRAIL_BROKEN at shop/web (Deployment/web) spec.template.spec: found what the rule pod-rule forbids: W;',
  );
});

test('a finding of check names the construct of the right one of two namespaces, and takes options', () => {
  const app = new App({ outdir: mkdtempSync(path.join(tmpdir(), 'guardrails-')) });
  const chart = new Chart(app, 'shop');
  const spec = (image: string) => ({ containers: [{ name: 'web', image }] });
  for (const [id, namespace, image] of [
    ['good', 'a', 'web:1'],
    ['bad', 'b', 'web:latest'],
  ] as const)
    new ApiObject(chart, id, { ...POD, metadata: { name: 'web', namespace }, spec: spec(image) });
  new Guardrails(app, { check: { level: 'privileged' } });
  expect(() => app.synth()).toThrow(/shop\/bad \(Pod\/web in b\) spec\.containers\[0\]\.image/);
  expect(() => app.synth()).not.toThrow(/shop\/good \(Pod\/web in a\) spec\.containers\[0\]\.image/);
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
  writeFileSync(
    file,
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [{ ...item, metadata: undefined }, item] }),
  );
  new Include(new Chart(app, 'in'), 'it', { url: file });
  new Guardrails(app, { rules: [REGISTRY] });
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
    ['as a word without its parts', { holds: { op: 'there' } }, 'PROP_INVALID'],
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
    ['with words on two lines', { fix: 'Do it.\nDo that.' }, 'PROP_INVALID'],
    ['without words for people', { why: '' }, 'PROP_INVALID'],
  ])('%s', (_, change, code) => {
    refused(change).toThrow(expect.objectContaining({ code }));
  });

  test('at its place, with what to do', () => {
    refused({ of: 'pod', kinds: ['Service'] }).toThrow(
      'PROP_INVALID at (app) rules[0].kinds: found Service; expected some of Pod, Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job, CronJob. Correct the kind, or leave it out.',
    );
    refused({ kinds: ['Deploiment'] }).toThrow(/expected kinds that Kubernetes serves itself\./);
    refused({ holds: podField('spec').isThere() }).toThrow(
      / rules\[0\]\.holds: found podField\(spec\) in a rule/,
    );
    const holds = field('a').matches('^(?=a)a$');
    refused({ holds }).toThrow(/ at \(app\) rules\[0\]\.holds: /);
    const chart = Testing.chart();
    const rules = [{ ...TEAM, holds }];
    expect(() => new GuardrailPolicy(chart, 'policy', { name: 'a', rules })).toThrow(
      / at test\/policy rules\[0\]\.holds: /,
    );
  });

  test('where two have one id', () => {
    expect(() => new Guardrails(Testing.app(), { rules: [TEAM, TEAM] })).toThrow(
      /NAME_TAKEN at \(app\) rules\[1\]\.id/,
    );
  });
});

test.each([
  ['a level that is none', { level: 'restrictd' }, { level: 'restricted' }, 'PROP_INVALID', 'check.level'],
  ['an unknown option', { levle: 'baseline' }, { level: 'baseline' }, 'PROP_UNKNOWN', 'check.levle'],
  [
    'another plug-in',
    { networkPlugin: 'x' },
    { networkPlugin: 'cilium' },
    'PROP_INVALID',
    'check.networkPlugin',
  ],
  [
    'a text for an object',
    { provided: ['x'] },
    { provided: [{ kind: 'Secret' }] },
    'PROP_INVALID',
    'check.provided[0]',
  ],
  ['yes', true, false, 'PROP_INVALID', 'check'],
])('for options of check %s is refused, and its twin is taken', (_, wrong, right, code, place) => {
  const withCheck = (check: unknown) => () => new Guardrails(Testing.app(), { check } as GuardrailsProps);
  expect(withCheck(wrong)).toThrow(`${code} at (app) ${place}: `);
  expect(withCheck(right)).not.toThrow();
});
