import { App, Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { ConfigBundle, SecureService } from '..';

const values = defineValues({
  level: value.string({ default: 'info', doc: 'Log level' }),
  notes: value.map(value.string({ doc: 'One' }), { default: {}, doc: 'Annotations of pods' }),
  other: value.string({ default: 'a', doc: 'Something else' }),
  database: value.secret({ doc: 'The database', keys: { url: 'Where it is' } }),
});

function stack() {
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'test', values });
  const bundle = new ConfigBundle(chart, 'config', {
    config: { LEVEL: values.level, OTHER: values.other },
    secrets: { DATABASE: values.database.key('url'), TOKEN: { secretName: 'tokens', key: 'api' } },
  });
  const service = { image: 'a:1', port: 80, resources: 'small' } as const;
  new SecureService(chart, 'api', { ...service, env: bundle.env('LEVEL', 'DATABASE', 'TOKEN') });
  new SecureService(chart, 'web', { ...service, env: bundle.env('OTHER') });
  return { chart, bundle };
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads rendered objects as what they are
type Any = any;

function templates(given: JsonObject): Any {
  return templatesOf(Testing.synth(stack().chart, { values: given }) as JsonObject[]);
}

function templatesOf(objects: readonly JsonObject[]): Any {
  const deployments: Any[] = objects.filter(({ kind }) => kind === 'Deployment');
  return Object.fromEntries(deployments.map((one) => [one.metadata.name, one.spec.template]));
}

test('each service sees the keys that it asked for, from where they are', () => {
  const { 'shop-api': api, 'shop-web': web } = templates({});
  expect(api.spec.containers[0].env).toEqual([
    { name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'shop-config', key: 'LEVEL' } } },
    { name: 'DATABASE', valueFrom: { secretKeyRef: { name: 'shop-database', key: 'url' } } },
    { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'tokens', key: 'api' } } },
  ]);
  expect(web.spec.containers[0].env).toHaveLength(1);
});

test('a change replaces the pods of those who read it, and no others', () => {
  const [before, after] = [templates({}), templates({ level: 'debug' })];
  expect(after['shop-api'].metadata.annotations).not.toEqual(before['shop-api'].metadata.annotations);
  expect(after['shop-web']).toEqual(before['shop-web']);
});

const SECRET = 'checksum/secret';
const given = (url: string, more: JsonObject = {}) => templates({ database: { url, ...more } });

test('another content of a Secret that the chart makes replaces the pods of those who read it, and no others', () => {
  const [before, after] = [given('postgres://one'), given('postgres://two')];
  const hashes = [before, after].map((one) => one['shop-api'].metadata.annotations[SECRET]);
  expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(hashes[1]).not.toBe(hashes[0]);
  expect(given('postgres://one')).toEqual(before);
  expect(after['shop-web']).toEqual(before['shop-web']);
  expect(JSON.stringify(after)).not.toContain('postgres');
});

test('what an existing Secret holds is not known, so there is no hash of it', () => {
  const unknown = [
    templates({}),
    templates({ database: { existingSecret: 'mine' } }),
    given('postgres://one', { existingSecret: 'mine' }),
  ];
  for (const one of unknown) {
    expect(Object.keys(one['shop-api'].metadata.annotations)).toEqual(['checksum/config']);
  }
});

test.each<[string, object, object | undefined]>([
  ['none', {}, undefined],
  ['one of the user', { podAnnotations: { owner: 'a' } }, { owner: 'a' }],
  ['a map that is empty', { podAnnotations: values.notes }, undefined],
])(
  'where the Secret is not of the chart, the annotations of the pods are those of the user: %s',
  (_, more, expected) => {
    const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'test', values });
    const env = { URL: values.database.key('url') };
    new SecureService(chart, 'api', { image: 'a:1', port: 80, resources: 'small', env, ...more });
    const annotations = (given: JsonObject) =>
      templatesOf(Testing.synth(chart, { values: given }) as JsonObject[])['shop-api'].metadata.annotations;
    expect(annotations({})).toEqual(expected);
    const made = annotations({ database: { url: 'a' } });
    expect(made).toEqual({ ...expected, [SECRET]: expect.any(String) });
  },
);

test('of two Secrets, what is known of one counts', () => {
  const two = defineValues({
    one: value.secret({ doc: 'One', keys: { a: 'A', b: 'B' } }),
    other: value.secret({ doc: 'Other', keys: { a: 'A' } }),
  });
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'test', values: two });
  const env = { A: two.one.key('a'), OTHER: two.other.key('a'), B: two.one.key('b') };
  new SecureService(chart, 'api', { image: 'a:1', port: 80, resources: 'small', env });
  const hash = (given: JsonObject) =>
    templatesOf(Testing.synth(chart, { values: given }) as JsonObject[])['shop-api'].metadata.annotations[
      SECRET
    ];
  const one = { a: 'a', b: 'b' };
  const existing = { existingSecret: 'mine' };
  const hashes = [
    hash({ one, other: existing }),
    hash({ one: { ...one, b: 'c' }, other: existing }),
    hash({ one, other: { a: 'a' } }),
    hash({ one: existing, other: { a: 'a' } }),
  ];
  expect(new Set(hashes).size).toBe(4);
  expect(hash({ one: { ...one, ...existing }, other: { a: 'a' } })).toBe(hashes[3]);
});

test('a key that the bundle does not have is refused by the compiler and at run time', () => {
  const { bundle } = stack();
  // @ts-expect-error
  expect(() => bundle.env('LEVLE')).toThrow(expect.objectContaining({ code: 'KEY_UNKNOWN' }));
});

test('a key cannot be secret and not secret', () => {
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'test' });
  expect(
    () =>
      new ConfigBundle(chart, 'config', {
        config: { A: 'x' },
        secrets: { A: { secretName: 's', key: 'k' } },
      }),
  ).toThrow(expect.objectContaining({ code: 'ENV_TWICE', where: 'shop/config config.A' }));
});
