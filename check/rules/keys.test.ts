import { check } from '../check';

type Fields = Readonly<Record<string, unknown>>;

const pod = (container: Fields, spec: Fields = {}, namespace?: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'one', namespace },
  spec: { containers: [{ name: 'app', image: 'app:1', ...container }], ...spec },
});

const holder = (kind: 'Secret' | 'ConfigMap', content: Fields, namespace?: string) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'settings', namespace },
  ...content,
});

/** What is missing, by its field and in words. */
function missing(objects: readonly object[], provided: readonly object[] = []) {
  return check(objects, { level: 'privileged', provided: provided as never })
    .filter(({ rule }) => rule === 'missing-key')
    .map(({ field, why }) => [field, why.split(';')[0]]);
}

const fromKey = (ref: string, more: Fields = {}) => ({
  env: [
    { name: 'LEVEL', value: 'info' },
    { name: 'A', valueFrom: { [ref]: { name: 'settings', key: 'a', ...more } } },
  ],
});

describe.each([
  ['Secret', 'secretKeyRef', 'secretRef', { secret: { secretName: 'settings' } }],
  ['ConfigMap', 'configMapKeyRef', 'configMapRef', { configMap: { name: 'settings' } }],
] as const)('a %s', (kind, keyRef, ref, volume) => {
  const other = kind === 'Secret' ? 'ConfigMap' : 'Secret';
  const inEnv = `spec.containers[0].env[1].valueFrom.${keyRef}`;
  const isMissing = `${kind}/settings is not among these objects`;

  test('of a variable has to be there, with the key', () => {
    expect(missing([pod(fromKey(keyRef))])).toEqual([[inEnv, isMissing]]);
    expect(missing([pod(fromKey(keyRef)), holder(other, { data: { a: 'eA==' } })])).toEqual([
      [inEnv, isMissing],
    ]);
    expect(missing([pod(fromKey(keyRef)), holder(kind, { data: { a: 'eA==' } })])).toEqual([]);
    expect(missing([pod(fromKey(keyRef)), holder(kind, { data: { b: 'eA==' } })])).toEqual([
      [inEnv, `${kind}/settings has no key a`],
    ]);
    expect(missing([pod(fromKey(keyRef)), holder(kind, {})])).toHaveLength(1);
  });

  test('of a variable may be missing where it is optional', () => {
    expect(missing([pod(fromKey(keyRef, { optional: true }))])).toEqual([]);
    expect(missing([pod(fromKey(keyRef, { optional: false }))])).toHaveLength(1);
  });

  test('of all variables has to be there, whatever its keys', () => {
    const all = (more: Fields = {}) => pod({ envFrom: [{ [ref]: { name: 'settings', ...more } }] });
    expect(missing([all()])).toEqual([[`spec.containers[0].envFrom[0].${ref}`, isMissing]]);
    expect(missing([all(), holder(kind, {})])).toEqual([]);
    expect(missing([all({ optional: true })])).toEqual([]);
  });

  test('of a volume has to be there, unless it is optional', () => {
    const [source, named] = Object.entries(volume)[0]!;
    const mounted = (more: Fields = {}) =>
      pod(
        {},
        {
          volumes: [
            { name: 'other', emptyDir: {} },
            { name: 'v', [source]: { ...named, ...more } },
          ],
        },
      );
    expect(missing([mounted()])).toEqual([[`spec.volumes[1].${source}`, isMissing]]);
    expect(missing([mounted(), holder(kind, {})])).toEqual([]);
    expect(missing([mounted({ optional: true })])).toEqual([]);

    const items = [{ key: 'a', path: 'a' }];
    const inItem = `spec.volumes[1].${source}.items[0]`;
    expect(missing([mounted({ items }), holder(kind, { data: { a: 'eA==' } })])).toEqual([]);
    expect(missing([mounted({ items }), holder(kind, { data: { b: 'eA==' } })])).toEqual([
      [inItem, `${kind}/settings has no key a`],
    ]);
  });

  test('of a projected volume has to be there, with the keys that are listed', () => {
    const source = Object.keys(volume)[0]!;
    const projected = (more: Fields = {}) => {
      const sources = [{ downwardAPI: { items: [] } }, { [source]: { name: 'settings', ...more } }];
      return pod({}, { volumes: [{ name: 'v', projected: { sources } }] });
    };
    const at = `spec.volumes[0].projected.sources[1].${source}`;
    const items = [{ key: 'a', path: 'a' }];
    expect(missing([projected()])).toEqual([[at, isMissing]]);
    expect(missing([projected(), holder(kind, {})])).toEqual([]);
    expect(missing([projected({ optional: true })])).toEqual([]);
    expect(missing([projected({ items }), holder(kind, { data: { a: 'eA==' } })])).toEqual([]);
    expect(missing([projected({ items }), holder(kind, {})])).toEqual([
      [`${at}.items[0]`, `${kind}/settings has no key a`],
    ]);
  });

  test('of another namespace is no help, nor one that others provide there', () => {
    const inShop = pod(fromKey(keyRef), {}, 'shop');
    const there = (namespace?: string) => holder(kind, { data: { a: 'eA==' } }, namespace);
    expect(missing([inShop, there('shop')])).toEqual([]);
    expect(missing([inShop], [there('shop')])).toEqual([]);
    expect(missing([inShop, there('other'), there()], [there('other')])).toEqual([[inEnv, isMissing]]);
  });
});

test('the keys of a Secret are those of data and stringData, those of a ConfigMap also of binaryData', () => {
  const secret = pod(fromKey('secretKeyRef'));
  const config = pod(fromKey('configMapKeyRef'));
  expect(missing([secret, holder('Secret', { stringData: { a: 'x' } })])).toEqual([]);
  expect(missing([config, holder('ConfigMap', { binaryData: { a: 'eA==' } })])).toEqual([]);
});

test('what to do is to name a key that is there, or to say what others provide', () => {
  const fixes = (...objects: readonly object[]) =>
    check(objects, { level: 'privileged' }).map(({ object, fix }) => [object, fix]);
  expect(fixes(pod(fromKey('secretKeyRef')))).toEqual([['Pod/one', expect.stringContaining('`--provided`')]]);
  expect(fixes(pod(fromKey('secretKeyRef')), holder('Secret', {}))).toEqual([
    ['Pod/one', 'Add the key, or name one that is there.'],
  ]);
});

test('what Kubernetes itself puts into each namespace is there', () => {
  const of = (name: string) =>
    pod({}, { volumes: [{ name: 'v', projected: { sources: [{ configMap: { name } }] } }] });
  expect(missing([of('kube-root-ca.crt')])).toEqual([]);
  expect(missing([of('other-ca.crt')])).toHaveLength(1);
});
