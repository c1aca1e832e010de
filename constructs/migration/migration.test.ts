import { App, Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { HelmChart, when } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { Migration, type MigrationProps, SecureService } from '..';

const values = defineValues({ tag: value.string({ default: '1', pattern: '^[0-9]+$', doc: 'Tag' }) });

// biome-ignore lint/suspicious/noExplicitAny: a test reads rendered objects as what they are
type Any = any;

function objectsOf(more: Partial<MigrationProps> = {}, given: JsonObject = {}): Any[] {
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'test', values });
  const db = new SecureService(chart, 'db', { image: 'db:1', port: 5432, resources: 'small' });
  new Migration(chart, 'migrate', {
    image: `app:${values.tag}`,
    command: ['migrate'],
    allowTo: [db],
    ...more,
  });
  return Testing.synth(chart, { values: given }) as JsonObject[];
}
const jobOf = (objects: Any[]) => objects.find(({ kind }) => kind === 'Job');

test('its name changes with its content, and only with it', () => {
  const name = (more: Partial<MigrationProps>, given: JsonObject = {}) =>
    jobOf(objectsOf(more, given)).metadata.name;
  const first = name({});
  expect(first).toMatch(/^shop-migrate-[0-9a-f]{10}$/);
  expect(name({ backoffLimit: 1 })).toBe(first);
  for (const other of [
    name({}, { tag: '2' }),
    name({ command: ['migrate', 'more'] }),
    name({ env: { A: 'x' } }),
    name({ env: { A: { secretName: 's', key: 'k' } } }),
  ])
    expect(other).not.toBe(first);
});

test('no two of its pods run at a time, and helm runs it when the database is there', () => {
  const { metadata, spec } = jobOf(objectsOf());
  expect(spec).toMatchObject({ parallelism: 1, completions: 1, podReplacementPolicy: 'Failed' });
  expect(spec.template.spec.restartPolicy).toBe('Never');
  expect(metadata.annotations['helm.sh/hook']).toBe('post-install,pre-upgrade');
});

test('it reaches the database and the database lets it in', () => {
  const objects = objectsOf();
  const policy = (name: string) =>
    objects.find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === name).spec;
  expect(policy('shop-migrate').egress[1].to[0].podSelector.matchLabels).toMatchObject({
    'app.kubernetes.io/component': 'db',
  });
  expect(policy('shop-db').ingress[0].from[0].podSelector.matchLabels).toMatchObject({
    'app.kubernetes.io/component': 'migrate',
  });
});

test('it is as locked up as a service', () => {
  const { spec } = jobOf(objectsOf()).spec.template;
  expect(spec.containers[0].securityContext).toMatchObject({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
  });
  expect(spec.containers[0]).not.toHaveProperty('ports');
});

test('where it or the database is absent, neither names the other', () => {
  const flags = defineValues({
    db: value.boolean({ default: true, doc: 'd' }),
    migrates: value.boolean({ default: true, doc: 'd' }),
  });
  const peers = (given: JsonObject) => {
    const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'd', values: flags });
    const db = when(flags.db, () => {
      return new SecureService(chart, 'db', { image: 'db:1', port: 5432, resources: 'small' });
    }) as SecureService;
    when(flags.migrates, () => {
      return new Migration(chart, 'migrate', { image: 'app:1', command: ['go'], allowTo: [db] });
    });
    const policies = (Testing.synth(chart, { values: given }) as Any[]).filter(
      ({ kind }) => kind === 'NetworkPolicy',
    );
    return policies.map(({ metadata, spec }) => [metadata.name, spec.ingress.length, spec.egress.length]);
  };
  expect(peers({})).toEqual([
    ['shop-db', 1, 1],
    ['shop-migrate', 0, 2],
  ]);
  expect(peers({ db: false })).toEqual([['shop-migrate', 0, 1]]);
  expect(peers({ migrates: false })).toEqual([['shop-db', 0, 1]]);
});
