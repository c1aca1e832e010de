import { check } from './check';
import { container, sound } from './testing-only/sound';

test('a Secret that others provide is looked up, its keys too, and never complained of', () => {
  const { secret, ...objects } = sound();
  const provided = [secret, { ...objects.deployment, metadata: { name: 'other' }, spec: {} }];
  expect(check(Object.values(objects), { provided })).toEqual([]);
  const withoutKey = { ...secret, stringData: { user: 'x' } };
  expect(check(Object.values(objects), { provided: [withoutKey] })).toMatchObject([{ rule: 'missing-key' }]);
});

test('a Secret without a name is none that a pod could mean', () => {
  const { secret, ...objects } = sound();
  const nameless = { apiVersion: 'v1', kind: 'Secret', stringData: secret.stringData };
  const rules = (...all: unknown[]) => check(all).map(({ rule }) => rule);
  expect(rules(nameless, ...Object.values(objects))).toEqual(['api-schema', 'missing-key']);
  expect(rules(nameless, secret, ...Object.values(objects))).toEqual(['api-schema']);
});

test('a policy may name the pods that others install', () => {
  const objects = sound();
  const client = { app: 'client' };
  objects.policy.spec.ingress[0].from.push({ podSelector: { matchLabels: client } });
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'client', labels: client },
    spec: { containers: [{ name: 'app', image: 'client:1' }] },
  };
  expect(check(Object.values(objects))).toMatchObject([{ rule: 'policy-names-nobody' }]);
  expect(check(Object.values(objects), { provided: [pod] })).toEqual([]);
});

test('only a List has items: another object with such a field is itself', () => {
  const odd = { apiVersion: 'example.com/v1', kind: 'Basket', metadata: { name: 'b' }, items: [null] };
  expect(check([odd])).toEqual([]);
});

test('a field that is null is one that is not there, also in a list, as the server reads it', () => {
  const objects = sound();
  objects.deployment.spec.replicas = null;
  objects.budget.spec = { maxUnavailable: 0, minAvailable: null, selector: objects.budget.spec.selector };
  container(objects).env.push({ name: 'EMPTY', value: null });
  container(objects).resources = { limits: null };
  objects.service.spec.ports[0].nodePort = null;
  expect(check(Object.values(objects)).map(({ rule }) => rule)).toEqual(['pdb-blocks-drain']);
  objects.budget.spec = { maxUnavailable: null, minAvailable: null, selector: objects.budget.spec.selector };
  expect(check(Object.values(objects))).toEqual([]);
});

test('the objects of a List are held as if they were alone, and so is what others provide in one', () => {
  const listOf = (...items: unknown[]) => ({ apiVersion: 'v1', kind: 'List', items });
  const objects = sound();
  container(objects).image = 'api';
  const { secret, ...others } = objects;
  const list = listOf(...Object.values(others));
  expect(check([list]).map(({ rule }) => rule)).toEqual(['latest-tag', 'missing-key']);
  expect(check([list], { provided: [listOf(secret)] }).map(({ rule }) => rule)).toEqual(['latest-tag']);
});

test('what others provide and is broken is passed over', () => {
  const { secret, ...objects } = sound();
  const provided = [{ ...secret, stringData: 5 }];
  expect(check(Object.values(objects), { provided })).toMatchObject([{ rule: 'missing-key' }]);
});

test('what is no whole object is named by as much as there is of it', () => {
  const named = (object: unknown) => check([object]).map((finding) => [finding.object, finding.namespace])[0];
  expect(named({ kind: 'Pod' })).toEqual(['Pod/', undefined]);
  expect(named({ metadata: { name: 'a', namespace: 'b' } })).toEqual(['(no kind)/a', 'b']);
  expect(named({ kind: 5, metadata: { name: 5, namespace: 5 } })).toEqual(['(no kind)/', undefined]);
  expect(named({ kind: 'Pod', metadata: { name: 'a', namespace: '' } })).toEqual(['Pod/a', undefined]);
  expect(named(null)).toEqual(['(no kind)/', undefined]);
});
