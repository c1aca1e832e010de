import { App, Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { ConfigBundle, SecureService } from '..';

const values = defineValues({
  level: value.string({ default: 'info', doc: 'Log level' }),
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
  const objects = Testing.synth(stack().chart, { values: given }) as JsonObject[];
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
