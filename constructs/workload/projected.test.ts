import { Testing } from '../../core/synth';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { makeMember, objectsOfMember, podsOf } from '../../test/support/family';
import { ConfigBundle } from '..';

/** Folders that are put together of several sources. */

// biome-ignore lint/suspicious/noExplicitAny: a test reads rendered objects as what they are
type Any = any;
const podOf = (more: object): Any => podsOf(objectsOfMember('SecureWorker', more)).template.spec;

const volume = (sources: unknown, more: object = {}) =>
  podOf({ projected: { '/etc/app': sources }, ...more }).volumes[0];

test('puts a folder together, for the process and its group alone', () => {
  const pod = podOf({
    projected: {
      '/etc/app': [
        { configMapName: 'app' },
        { configMapName: 'more', key: 'a.yaml', optional: true },
        { secretName: 'tls', key: 'ca.crt', path: 'tls/ca.crt' },
        { field: "metadata.labels['team']", path: 'team' },
        { token: { audience: 'vault' }, path: 'token' },
      ],
    },
  });
  expect(pod.volumes).toEqual([
    {
      name: 'projected-etc-app',
      projected: {
        defaultMode: 0o440,
        sources: [
          { configMap: { name: 'app' } },
          { configMap: { name: 'more', items: [{ key: 'a.yaml', path: 'a.yaml' }], optional: true } },
          { secret: { name: 'tls', items: [{ key: 'ca.crt', path: 'tls/ca.crt' }] } },
          {
            downwardAPI: { items: [{ path: 'team', fieldRef: { fieldPath: "metadata.labels['team']" } }] },
          },
          { serviceAccountToken: { audience: 'vault', expirationSeconds: 3600, path: 'token' } },
        ],
      },
    },
  ]);
  expect(pod.containers[0].volumeMounts).toEqual([
    { name: 'projected-etc-app', mountPath: '/etc/app', readOnly: true },
  ]);
  expect(pod.automountServiceAccountToken).toBe(false);
});

test('another content of what is in it replaces the pods', () => {
  const values = defineValues({
    level: value.string({ default: 'info', doc: 'd' }),
    database: value.secret({ doc: 'd', keys: { url: 'd' } }),
  });
  const chart = new HelmChart(Testing.app(), 'shop', { description: 'test', values });
  const config = new ConfigBundle(chart, 'config', { config: { 'app.yaml': values.level } });
  const sources = [
    { ...config.file('app.yaml'), path: 'conf/app.yaml' },
    { ...values.database.key('url'), path: 'url' },
  ];
  makeMember('SecureWorker', { projected: { '/etc/app': sources } }, chart);
  const template = (given: object) =>
    podsOf(Testing.synth(chart, { values: { database: { url: 'x' }, ...given } as never }) as never).template;
  const before = template({});
  expect(before.spec.volumes[0].projected.sources).toEqual([
    {
      configMap: {
        name: expect.stringContaining('shop-config'),
        items: [{ key: 'app.yaml', path: 'conf/app.yaml' }],
      },
    },
    { secret: { name: 'shop-database', items: [{ key: 'url', path: 'url' }] } },
  ]);
  const sums = ({ metadata }: Any) => Object.values(metadata.annotations);
  expect(sums(template({ level: 'debug' }))).not.toEqual(sums(before));
  expect(sums(template({ database: { url: 'y' } }))).not.toEqual(sums(before));
  expect(sums(template({}))).toEqual(sums(before));
});

const token = { token: { audience: 'vault' }, path: 'token' };
test.each<[place: string, code: string, wrong: readonly object[], right: readonly object[]]>([
  ['', 'PROP_INVALID', [], [{ configMapName: 'a' }]],
  ['[0]', 'PROP_INVALID', [{ name: 'a' }], [{ secretName: 'a' }]],
  [
    '[0].path',
    'PROP_INVALID',
    [{ configMapName: 'a', path: 'x' }],
    [{ configMapName: 'a', key: 'b', path: 'x' }],
  ],
  ['[0].path', 'PROP_INVALID', [{ ...token, path: '/token' }], [{ ...token, path: 'a/token' }]],
  ['[0].path', 'PROP_INVALID', [{ ...token, path: 'a/../b' }], [{ ...token, path: 'a/..b' }]],
  ['[0].path', 'PROP_MISSING', [{ token: { audience: 'vault' } }], [token]],
  ['[0].token.audience', 'PROP_INVALID', [{ ...token, token: { audience: '' } }], [token]],
  [
    '[0].token.expirationSeconds',
    'PROP_INVALID',
    [{ ...token, token: { audience: 'a', expirationSeconds: 599 } }],
    [{ ...token, token: { audience: 'a', expirationSeconds: 600 } }],
  ],
  [
    '[0].field',
    'PROP_INVALID',
    [{ field: 'status.podIP', path: 'ip' }],
    [{ field: 'metadata.labels', path: 'labels' }],
  ],
  [
    '[1]',
    'PATH_TAKEN',
    [token, { secretName: 'a', key: 'token' }],
    [token, { secretName: 'a', key: 'token', path: 'other' }],
  ],
])('refuses %s (%s) %#', (place, code, wrong, right) => {
  expect(() => volume(wrong)).toThrow(
    expect.objectContaining({ code, where: `shop/one projected./etc/app${place}` }),
  );
  expect(() => volume(right)).not.toThrow();
});

test('is not where another volume is', () => {
  const beside = (path: string) => () => volume([{ secretName: 'a' }], { writable: [path] });
  expect(beside('/etc/app/')).toThrow(expect.objectContaining({ code: 'PATH_TAKEN' }));
  expect(beside('/etc/other')).not.toThrow();
});
