import { SecureService } from '../../constructs';
import { App } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { HelmChart, KubeObject } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { LawEngine } from './engine';
import { HelmLaw } from './helm-law';

function chartWithSecret(): HelmChart {
  const values = defineValues({
    database: value.secret({
      doc: 'Where the data is',
      keys: { url: 'Connection string', password: 'Password' },
    }),
    token: value.secret({ doc: 'For somebody else', keys: { api: 'Token' } }),
    size: value.integer({ doc: 'Size', min: 1, max: 5_000_000 }),
  });
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'todo', { description: 'test', values });
  const { name, key } = chart.secretKeyRef(values.database.key('url'));
  new KubeObject(chart, 'config', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: chart.nameFor('config') },
    data: { secret: name, key, size: `${values.size}` },
  });
  // Its pods bear a hash of what they read, where the chart makes the Secret.
  new SecureService(chart, 'db', {
    image: 'registry.example.com/db:1',
    port: 5432,
    resources: 'small',
    env: {
      URL: values.database.key('url'),
      PASSWORD: values.database.key('password'),
      TOKEN: values.token.key('api'),
    },
  });
  new SecureService(chart, 'api', {
    image: 'registry.example.com/api:1',
    port: 8080,
    resources: 'small',
    env: { URL: values.database.key('url') },
  });
  const spec = { ports: [{ port: 80 }] };
  new KubeObject(chart, 'front', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: chart.nameFor('front') },
    spec,
  });
  return chart;
}

const TOKENS: readonly JsonObject[] = [
  { api: 'a' },
  { existingSecret: 'a' },
  { existingSecret: 'a', api: 'b' },
];
const token = { token: { existingSecret: 'token' } };

describe.each(['helm-4', 'helm-3'] as const)('%s', (version) => {
  let engine: LawEngine;
  let law: HelmLaw;

  beforeAll(async () => {
    engine = await LawEngine.start(version);
    law = await HelmLaw.of(chartWithSecret(), engine);
  }, 600_000);

  afterAll(() => engine?.stop());

  test.each([
    [{ size: 1_000_000, database: { existingSecret: 'mine' } }],
    [{ size: 5_000_000, database: { url: 'a<no value>"b\n', password: '\u0007\u0085\ufeff' } }],
    [{ size: 1, database: { url: 'u', password: 'p', existingSecret: 'mine' } }],
  ])('agrees on %j', async (values) => {
    for (const token of TOKENS) {
      expect(await law.expect({ values: { ...values, token } })).toBe('equal');
    }
  });

  test.each([
    [{ size: 1 }],
    [{ database: { existingSecret: 'mine' } }],
    [{ size: 1, database: { url: 'only one key' } }],
    [{ size: 1, database: { url: '', password: 'p' } }],
    [{ size: 1, database: { existingSecret: 'Not A Name' } }],
  ])('refuses %j on both sides', async (values) => {
    expect(await law.expect({ values: { ...token, ...values } })).toBe('both refuse');
  });

  test('refuses a release whose names would be too long, and takes the longest that fits', async () => {
    const values = { size: 1, database: { existingSecret: 'mine' }, ...token };
    // 63 characters, less "-front", less "-todo".
    expect(await law.expect({ values, release: { name: 'r'.repeat(52) } })).toBe('equal');
    expect(await law.expect({ values, release: { name: 'r'.repeat(53) } })).toBe('both refuse');
  });
});
