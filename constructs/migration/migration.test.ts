import { isDeepStrictEqual } from 'node:util';
import { Chart, JsonPatch, Testing as StockTesting } from 'cdk8s';
import fc from 'fast-check';
import { App, Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { forEach, HelmChart, KubeObject, when } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { ConfigBundle, Migration, type MigrationProps, SecureService } from '..';

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

const nameOf = (more: Partial<MigrationProps>, given: JsonObject = {}): string =>
  jobOf(objectsOf(more, given)).metadata.name;

describe('its name', () => {
  const first = nameOf({});

  test('is that of the construct and a hash', () => {
    expect(first).toMatch(/^shop-migrate-[0-9a-f]{10}$/);
    expect(nameOf({})).toBe(first);
  });

  test.each<[string, Partial<MigrationProps>, JsonObject]>([
    ['the image', {}, { tag: '2' }],
    ['the command', { command: ['migrate', 'more'] }, {}],
    ['where a word of the command ends', { command: ['mig', 'rate'] }, {}],
    ['a variable', { env: { A: 'x' } }, {}],
    ['a reference to a Secret', { env: { A: { secretName: 's', key: 'k' } } }, {}],
    ['the version of what is in it', { env: { A: { secretName: 's', key: 'k', version: '2' } } }, {}],
    ['resources', { resources: 'large' }, {}],
    ['the user that it runs as', { user: 1000 }, {}],
    ['when its image is fetched', { imagePullPolicy: 'Always' }, {}],
    ['what its image is fetched with', { imagePullSecrets: ['pull'] }, {}],
    ['a label of its pod', { labels: { team: 'a' } }, {}],
    ['the nodes that it may run on', { nodeSelector: { disk: 'fast' } }, {}],
    ['an account of its own', { serviceAccount: {} }, {}],
    ['a token of its account', { serviceAccount: { token: true } }, {}],
    ['a folder that it may write to', { writable: ['/tmp'] }, {}],
    ['how often it is tried', { backoffLimit: 1 }, {}],
    ['its deadline', { activeDeadlineSeconds: 5 }, {}],
    ['how long it stays', { ttlSecondsAfterFinished: 5 }, {}],
  ])('changes with %s', (_, more, given) => {
    expect(nameOf(more, given)).not.toBe(first);
  });

  test('stays with what is not in the Job: whom it may call, and annotations', () => {
    expect(nameOf({ allowTo: [], dns: false, annotations: { wave: '1' } })).toBe(first);
  });

  test('changes with a JSON patch, also for those who asked for it before', () => {
    const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'test', values });
    const { job } = new Migration(chart, 'migrate', { image: `app:${values.tag}`, command: ['migrate'] });
    new KubeObject(chart, 'note', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'note' },
      data: { job: job.name },
    });
    const rendered = (given: JsonObject = {}) => {
      const objects = Testing.synth(chart, { values: given }) as Any[];
      const [note] = objects.filter(({ kind }) => kind === 'ConfigMap');
      expect(note.data.job).toBe(jobOf(objects).metadata.name);
      return jobOf(objects);
    };
    const before = rendered().metadata.name;
    job.addJsonPatch(JsonPatch.add('/spec/template/spec/hostname', 'one'));
    expect(rendered().spec.template.spec.hostname).toBe('one');
    expect(rendered().metadata.name).not.toBe(before);
  });

  const words = fc.array(fc.string({ minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 });
  const programs = fc.record({
    command: words,
    env: fc.dictionary(fc.constantFrom('A', 'B'), fc.string({ maxLength: 3 }), { maxKeys: 2 }),
    resources: fc.constantFrom('small' as const, 'large' as const),
    backoffLimit: fc.nat(2),
  });

  test('is the same for two Jobs exactly where their specs are', () => {
    const jobIn = (program: Partial<MigrationProps>) => jobOf(objectsOf(program));
    fc.assert(
      fc.property(
        programs,
        programs,
        fc.constantFrom('command', 'env', 'resources', 'backoffLimit'),
        (a, b, key) => {
          const [one, other] = [jobIn(a), jobIn({ ...a, [key]: b[key as keyof typeof b] })];
          expect(one.metadata.name === other.metadata.name).toBe(isDeepStrictEqual(one.spec, other.spec));
        },
      ),
      { numRuns: 60 },
    );
  });
});

test('a word of its command may be absent, and what it comes to is in the name and the Job', () => {
  const declared = defineValues({
    force: value.boolean({ default: false, doc: 'Goes over what is locked' }),
    until: value.string({ optional: true, doc: 'Where it ends' }),
    more: value.list(value.string({ doc: 'One' }), { default: ['$(A)'], doc: 'More words' }),
  });
  const rendered = (given: JsonObject): Any => {
    const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', {
      description: 'd',
      values: declared,
    });
    new Migration(chart, 'migrate', {
      image: 'app:1',
      command: ['migrate', declared.force.then('--force'), declared.until, ...declared.more],
    });
    const [job] = (Testing.synth(chart, { values: given }) as Any[]).filter(({ kind }) => kind === 'Job');
    return { name: job.metadata.name, command: job.spec.template.spec.containers[0].command };
  };
  expect(rendered({}).command).toEqual(['migrate', '$$(A)']);
  expect(rendered({ force: true, until: '5' }).command).toEqual(['migrate', '--force', '5', '$$(A)']);
  expect(rendered({ force: true }).name).not.toBe(rendered({}).name);
});

describe('what it reads', () => {
  const reading = defineValues({
    level: value.string({ default: 'info', doc: 'Level' }),
    other: value.string({ default: 'a', doc: 'Other' }),
    database: value.secret({ doc: 'Database', keys: { url: 'Where', spare: 'Another' } }),
  });

  function rendered(given: JsonObject): Any[] {
    const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'd', values: reading });
    const bundle = new ConfigBundle(chart, 'config', {
      config: { LEVEL: reading.level, OTHER: reading.other },
      secrets: { URL: reading.database.key('url') },
    });
    new Migration(chart, 'migrate', { image: 'app:1', command: ['go'], env: bundle.env('LEVEL', 'URL') });
    return chart.render(chart.inputs({ values: given, release: { service: 'Helm' } }), 'helm') as Any[];
  }
  const name = (given: JsonObject) => jobOf(rendered(given)).metadata.name;
  const given = { database: { url: 'postgres://one', spare: 'x' } };

  test.each<[string, JsonObject, boolean]>([
    ['a Secret that the chart makes', { database: { url: 'postgres://two', spare: 'x' } }, true],
    ['a ConfigMap that the chart makes', { ...given, level: 'debug' }, true],
    ['a key of the Secret that it does not read', { database: { url: 'postgres://one', spare: 'y' } }, false],
    ['a key of the ConfigMap that it does not read', { ...given, other: 'b' }, false],
    ['another Secret that exists', { database: { existingSecret: 'theirs' } }, true],
  ])('%s makes another Job of it: %p', (_, changed, isAnother) => {
    expect(name(changed) !== name(given)).toBe(isAnother);
  });

  test('no secret is in its name or anywhere in the Job', () => {
    expect(JSON.stringify(jobOf(rendered(given)))).not.toContain('postgres');
  });
});

test('no two of its pods run at a time', () => {
  const { spec } = jobOf(objectsOf());
  expect(spec).toMatchObject({ parallelism: 1, completions: 1, podReplacementPolicy: 'Failed' });
  expect(spec.template.spec.restartPolicy).toBe('Never');
});

test('it is an object of the release like any other: nothing of it is a hook of helm or Argo CD', () => {
  for (const { metadata } of objectsOf()) expect(metadata.annotations ?? {}).toEqual({});
  const annotations = { 'argocd.argoproj.io/sync-wave': '-1' };
  expect(jobOf(objectsOf({ annotations })).metadata.annotations).toEqual(annotations);
});

test('it is not removed unless that is asked for: what applies it again would run it again', () => {
  expect(jobOf(objectsOf()).spec).not.toHaveProperty('ttlSecondsAfterFinished');
  expect(jobOf(objectsOf({ ttlSecondsAfterFinished: 60 })).spec.ttlSecondsAfterFinished).toBe(60);
});

test('in a chart of stock cdk8s it has the same name each time, and another for other content', () => {
  const name = (command: string) => {
    const chart = new Chart(StockTesting.app(), 'shop');
    new Migration(chart, 'migrate', { image: 'app:1', command: [command] });
    return (chart.toJson() as Any[]).find(({ kind }) => kind === 'Job').metadata.name;
  };
  expect(name('go')).toMatch(/^shop-migrate-[0-9a-f]{10}$/);
  expect(name('go')).toBe(name('go'));
  expect(name('go')).not.toBe(name('stay'));
});

test('in a loop it is refused, for each entry would write the same objects', () => {
  const looped = defineValues({
    names: value.list(value.string({ doc: 'd' }), { default: ['a'], doc: 'd' }),
  });
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'd', values: looped });
  expect(() =>
    forEach(looped.names, () => {
      new Migration(chart, 'migrate', { image: 'app:1', command: ['go'] });
    }),
  ).toThrow(expect.objectContaining({ code: 'NAME_TAKEN', where: 'shop/migrate id' }));
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

test('an account of its own is there before it, with what a cloud wants to read, and without a token', () => {
  const annotations = { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/migrate' };
  const objects = objectsOf({ serviceAccount: { annotations } });
  const at = (kind: string) =>
    objects.findIndex((one) => one.kind === kind && /migrate/.test(one.metadata.name));
  const [account, job] = [objects[at('ServiceAccount')], objects[at('Job')]];
  expect(account).toMatchObject({
    metadata: { name: 'shop-migrate', annotations },
    automountServiceAccountToken: false,
  });
  expect(job.spec.template.spec).toMatchObject({
    serviceAccountName: 'shop-migrate',
    automountServiceAccountToken: false,
  });
  expect(at('ServiceAccount')).toBeLessThan(at('Job'));
  const others = (more: Partial<MigrationProps>) =>
    objectsOf(more).filter(({ kind, metadata }) => kind === 'ServiceAccount' && metadata.name !== 'shop-db');
  expect(others({})).toEqual([]);
  expect(others({ serviceAccount: { name: 'existing', token: true } })).toEqual([]);
});

test('it is as locked up as a service', () => {
  const { spec } = jobOf(objectsOf()).spec.template;
  expect(spec.containers[0].securityContext).toMatchObject({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
  });
  expect(spec.containers[0]).not.toHaveProperty('ports');
});

test('its image is fetched and its pod placed as those of a service are, under labels of its own', () => {
  const place = {
    nodeSelector: { disk: 'fast' },
    tolerations: [{ key: 'jobs', operator: 'Exists' }],
    affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
  };
  const pull = { imagePullPolicy: 'Always', imagePullSecrets: ['pull'] } as const;
  const stack = { 'todo.example.com/stack': 'one', 'app.kubernetes.io/component': 'other' };
  const { metadata, spec } = jobOf(objectsOf({ ...place, ...pull, user: 1000, labels: stack }));
  const own = { 'todo.example.com/stack': 'one', 'app.kubernetes.io/component': 'migrate' };
  expect(metadata.labels).toMatchObject(own);
  expect(spec.template.metadata.labels).toMatchObject(own);
  const pod = spec.template.spec;
  expect(pod).toMatchObject({ ...place, imagePullSecrets: [{ name: 'pull' }] });
  expect(pod.containers[0].imagePullPolicy).toBe('Always');
  expect(pod.securityContext).toMatchObject({ runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 });
  expect(jobOf(objectsOf()).spec.template.spec).not.toHaveProperty('imagePullSecrets');
});

test('root is no user that it can have', () => {
  expect(() => objectsOf({ user: 0 })).toThrow(
    expect.objectContaining({ code: 'PROP_INVALID', where: 'shop/migrate user' }),
  );
  expect(jobOf(objectsOf({ user: 1 })).spec.template.spec.securityContext.runAsUser).toBe(1);
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
