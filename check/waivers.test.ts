import { check } from './check';
import type { Waiver } from './finding';
import { container, sound } from './testing-only/sound';

test('a waiver takes its finding away, and one that waives nothing is found', () => {
  const objects = sound();
  container(objects).image = 'api';
  const waiver = { rule: 'latest-tag', object: 'Deployment/api', reason: 'built on this machine' } as const;
  expect(check(Object.values(objects), { waivers: [waiver] })).toEqual([]);
  expect(check(Object.values(sound()), { waivers: [waiver] })).toMatchObject([{ rule: 'waiver-unused' }]);
});

test('a waiver is for the object of one namespace', () => {
  const pod = (namespace?: string) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'one', namespace },
    spec: { containers: [{ name: 'app', image: 'api' }] },
  });
  const options = { level: 'privileged' } as const;
  const waiver = { rule: 'latest-tag', object: 'Pod/one', reason: 'built on this machine' } as const;
  const inBlue = { ...waiver, namespace: 'blue' };
  const all = [pod(), pod('blue'), pod('green')];
  expect(check(all, { ...options, waivers: [waiver] })).toMatchObject([
    { rule: 'latest-tag', namespace: 'blue' },
    { rule: 'latest-tag', namespace: 'green' },
  ]);
  expect(check(all, { ...options, waivers: [waiver, inBlue] })).toMatchObject([{ namespace: 'green' }]);
  expect(check([pod('blue')], { ...options, waivers: [inBlue] })).toEqual([]);
  expect(check([pod('blue')], { ...options, waivers: [waiver] })).toMatchObject([
    { rule: 'latest-tag' },
    { rule: 'waiver-unused', fix: 'Remove the waiver, or say "namespace": "blue" in it.' },
  ]);
  const ofAnother = { ...waiver, object: 'Pod/two' };
  expect(check([pod('blue')], { ...options, waivers: [ofAnother] })).toMatchObject([
    { rule: 'latest-tag' },
    { rule: 'waiver-unused', fix: 'Remove the waiver.' },
  ]);
});

test('a waiver takes away its rule at its object alone: not the rule elsewhere, and not the object`s other faults', () => {
  const objects = sound();
  const [container] = objects.deployment.spec.template.spec.containers;
  container.image = 'example.com:5000/api:latest';
  const other = structuredClone(objects.deployment);
  other.metadata.name = 'worker';
  const all = [...Object.values(objects), other];
  const latest = check(all).filter(({ rule }) => rule === 'latest-tag');
  expect(latest.map(({ object }) => object).sort()).toEqual(['Deployment/api', 'Deployment/worker']);
  const waived = (rule: Waiver['rule'], object: string) =>
    check(all, { waivers: [{ rule, object, reason: 'built on this machine' }] });
  expect(waived('latest-tag', 'Deployment/worker').filter(({ rule }) => rule === 'latest-tag')).toMatchObject(
    [{ object: 'Deployment/api' }],
  );
  // A waiver of a fault that neither has tells that, and no other place where it might be meant.
  expect(waived('pod-security', 'Deployment/api').find(({ rule }) => rule === 'waiver-unused')).toMatchObject(
    {
      fix: 'Remove the waiver.',
    },
  );
});

test('a waiver that waives nothing is told as itself, also where another one is used', () => {
  const objects = sound();
  container(objects).image = 'api';
  const reason = 'built on this machine';
  const used = { rule: 'latest-tag', object: 'Deployment/api', reason } as const;
  const unused = { rule: 'zero-limit', object: 'Deployment/api', namespace: 'shop', reason } as const;
  expect(check(Object.values(objects), { waivers: [used, unused] })).toEqual([
    {
      rule: 'waiver-unused',
      object: 'Deployment/api',
      namespace: 'shop',
      field: 'zero-limit',
      why: expect.stringContaining('waives nothing'),
      fix: 'Remove the waiver.',
    },
  ]);
  const elsewhere = { ...used, namespace: 'shop' } as const;
  expect(check(Object.values(objects), { waivers: [elsewhere] })).toMatchObject([
    { rule: 'latest-tag' },
    { rule: 'waiver-unused', fix: 'Remove the waiver, or say no namespace in it.' },
  ]);
});
