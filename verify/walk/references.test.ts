import { live, stateOf } from '../testing-only/state';
import { missingOf, referencesOf } from './references';

type Spec = Parameters<typeof referencesOf>[0];

const env = (kind: 'secretKeyRef' | 'configMapKeyRef', from: object) => ({
  env: [{ name: 'A', valueFrom: { [kind]: from } }],
});
const envFrom = (kind: 'secretRef' | 'configMapRef', from: object) => ({ envFrom: [{ [kind]: from }] });
const of = (container: object, more: object = {}) =>
  ({ containers: [{ name: 'app', ...container }], ...more }) as Spec;
const volume = (more: object) => of({}, { volumes: [{ name: 'v', ...more }] });

test.each<[string, Spec, object[]]>([
  [
    'a variable of a Secret',
    of(env('secretKeyRef', { name: 's', key: 'k' })),
    [{ kind: 'Secret', name: 's', key: 'k' }],
  ],
  [
    'a variable of a ConfigMap',
    of(env('configMapKeyRef', { name: 'c', key: 'k' })),
    [{ kind: 'ConfigMap', name: 'c', key: 'k' }],
  ],
  ['all of a Secret', of(envFrom('secretRef', { name: 's' })), [{ kind: 'Secret', name: 's' }]],
  ['all of a ConfigMap', of(envFrom('configMapRef', { name: 'c' })), [{ kind: 'ConfigMap', name: 'c' }]],
  ['a variable with its value', of({ env: [{ name: 'A', value: 'x' }] }), []],
  ['a folder of a Secret', volume({ secret: { secretName: 's' } }), [{ kind: 'Secret', name: 's' }]],
  ['a folder of a ConfigMap', volume({ configMap: { name: 'c' } }), [{ kind: 'ConfigMap', name: 'c' }]],
  [
    'files of a Secret',
    volume({
      secret: {
        secretName: 's',
        items: [
          { key: 'a', path: 'a' },
          { key: 'b', path: 'b' },
        ],
      },
    }),
    [
      { kind: 'Secret', name: 's', key: 'a' },
      { kind: 'Secret', name: 's', key: 'b' },
    ],
  ],
  [
    'files that may be absent',
    volume({ secret: { secretName: 's', optional: true, items: [{ key: 'a', path: 'a' }] } }),
    [],
  ],
  ['a folder that may be absent', volume({ configMap: { name: 'c', optional: true } }), []],
  [
    'a folder of several sources',
    volume({
      projected: {
        sources: [
          { serviceAccountToken: { path: 'token' } },
          { secret: { name: 's' } },
          { secret: { name: 'other', optional: true } },
          { configMap: { name: 'c', items: [{ key: 'k', path: 'k' }] } },
        ],
      },
    }),
    [
      { kind: 'Secret', name: 's' },
      { kind: 'ConfigMap', name: 'c', key: 'k' },
    ],
  ],
  ['a folder of its own', volume({ emptyDir: {} }), []],
  ['nothing', {} as Spec, []],
])('a pod that reads %s', (_, spec, references) => {
  expect(referencesOf(spec)).toEqual(references);
});

test('what its first containers read comes first', () => {
  const spec = of(envFrom('secretRef', { name: 'later' }), {
    initContainers: [{ name: 'first', ...envFrom('secretRef', { name: 'first' }) }],
  });
  expect(referencesOf(spec).map(({ name }) => name)).toEqual(['first', 'later']);
});

const secretPod = live('Pod', 'a', { spec: of(env('secretKeyRef', { name: 's', key: 'k' })) });
const missing = (spec: Spec, ...there: ReturnType<typeof live>[]) =>
  missingOf(stateOf([], there), live('Pod', 'a', { spec }));

test('an object that is not there is told with the command that makes it', () => {
  expect(missing(of(env('secretKeyRef', { name: 's', key: 'k' })))).toEqual({
    code: 'SECRET_MISSING',
    found: 'no Secret s',
    expected: 'the Secret s with the key k',
    remedy: 'Make it: kubectl create secret generic -n shop s --from-literal=k=...',
  });
  expect(missing(of(envFrom('configMapRef', { name: 'c' })))).toEqual({
    code: 'CONFIG_MISSING',
    found: 'no ConfigMap c',
    expected: 'the ConfigMap c',
    remedy: 'Make it: kubectl create configmap -n shop c',
  });
  expect(missingOf(stateOf([], [], { unread: ['Secret'] }), secretPod)).toBeUndefined();
});

test('a key that is not there is told with those that are, and none of their values', () => {
  const spec = of(env('secretKeyRef', { name: 's', key: 'k' }));
  expect(
    missing(spec, live('Secret', 's', { data: { a: 'hunter2' }, binaryData: { b: 'hunter3' } })),
  ).toEqual({
    code: 'KEY_MISSING',
    found: 'the Secret s with the keys a, b',
    expected: 'the key k',
    remedy: 'Add the key to Secret s, or name one that is there.',
  });
  expect(missing(spec, live('Secret', 's'))?.found).toBe('the Secret s with no key');
  expect(missing(spec, live('Secret', 's', { data: { k: '' } }))).toBeUndefined();
  expect(missing(of(envFrom('secretRef', { name: 's' })), live('Secret', 's'))).toBeUndefined();
});
