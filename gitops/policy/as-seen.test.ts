import type { KubeObject } from '../../kube';
import { asSeen } from './as-seen';

const seen = (object: object) => asSeen([object as KubeObject], 'there')[0] as unknown;
const of = (apiVersion: string, kind: string, more: object = {}) => ({
  ...{ apiVersion, kind, metadata: { name: 'x' } },
  ...more,
});

test('of a Secret the keys are seen, and no value', () => {
  const metadata = {
    name: 'x',
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'hush', kept: 'yes' },
  };
  const secret = { data: { a: 'aHVzaA==' }, stringData: { b: 'hush' }, type: 'Opaque', metadata };
  const shown = seen(of('v1', 'Secret', secret));
  expect(JSON.stringify(shown)).not.toMatch(/hush|aHVzaA/);
  expect(shown).toMatchObject({
    ...{ data: { a: 'hidden' }, stringData: { b: 'hidden' }, type: 'Opaque' },
    metadata: { name: 'x', annotations: { kept: 'yes' } },
  });
  // Another kind of that name is none of Kubernetes.
  expect(seen(of('example.com/v1', 'Secret', { data: { a: 'b' } }))).toMatchObject({ data: { a: 'b' } });
  expect(seen(of('v1', 'ConfigMap', { data: { a: 'b' } }))).toMatchObject({ data: { a: 'b' } });
});

test.each([
  ['one of a namespace gets it', of('apps/v1', 'Deployment'), 'there'],
  ['one that names another keeps it', of('v1', 'Pod', { metadata: { name: 'x', namespace: 'own' } }), 'own'],
  ['one of the whole cluster gets none', of('v1', 'Namespace'), undefined],
  ['of a kind that is not known nobody knows', of('example.com/v1', 'Shop'), undefined],
  ['nor of a name that every object has', of('constructor', 'toString'), undefined],
])('%s', (_what, object, namespace) => {
  expect((seen(object) as KubeObject).metadata?.namespace).toBe(namespace);
});

test('an integer of 64 bits is a number', () => {
  expect(seen(of('v1', 'Pod', { spec: { big: 9223372036854775807n } }))).toMatchObject({
    spec: { big: 2 ** 63 },
  });
});
