import { Chart, ApiObject as StockObject, Testing as StockTesting } from 'cdk8s';
import { App, Testing } from '../../core/synth';
import { type JsonObject, text } from '../../core/template';
import { forEach, HelmChart, KubeObject, release, when } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { ConfigBundle, Migration, SecureService, type SecureServiceProps } from '..';

/** Whole objects of the chart that pods read: another content replaces the pods. */

const doc = 'd';
const values = defineValues({
  level: value.string({ default: 'info', doc }),
  other: value.string({ optional: true, doc }),
  files: value.map(value.string({ doc }), { default: { 'a.txt': 'a' }, doc }),
  extra: value.boolean({ default: true, doc }),
  database: value.secret({ doc, keys: { url: doc, password: doc } }),
});

const CONFIG = 'checksum/config';
const SECRET = 'checksum/secret';

// biome-ignore lint/suspicious/noExplicitAny: a test reads rendered objects as what they are
type Any = any;

function configMap(chart: Chart, id: string, fields: object, name: unknown = id): KubeObject {
  return new KubeObject(chart, id, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    ...fields,
  } as never);
}

type Make = (chart: HelmChart) => Partial<SecureServiceProps>;

/** The checksums in the pods of a service that reads what `make` gives. */
function checksums(make: Make, given: JsonObject = {}, after?: (chart: HelmChart) => void): Any {
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'd', values });
  const service = { image: 'a:1', port: 80, resources: 'small' } as const;
  new SecureService(chart, 'api', { ...service, ...make(chart) });
  after?.(chart);
  const objects = Testing.synth(chart, { values: given }) as Any[];
  const found = objects.find(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
  return found.spec.template.metadata.annotations ?? {};
}

const level = (chart: Chart) => configMap(chart, 'level', { data: { LEVEL: values.level } });
const secretName = (chart: HelmChart) => chart.secretKeyRef(values.database.key('url')).name as never;
const one = { database: { url: 'a', password: 'b' } };
const another = { database: { url: 'a', password: 'c' } };
const debug = { level: 'debug' };

test.each<[string, Make, JsonObject, JsonObject, string]>([
  [
    'a ConfigMap as a volume',
    (chart) => ({ volumes: [{ name: 'v', configMap: { name: level(chart).name } }] }),
    {},
    debug,
    CONFIG,
  ],
  [
    'a ConfigMap as variables',
    (chart) => ({ envFrom: [{ configMapRef: { name: level(chart).name } }] }),
    {},
    debug,
    CONFIG,
  ],
  [
    'one key of it among more variables',
    (chart) => {
      const configMapKeyRef = { name: level(chart).name, key: 'LEVEL' };
      return { extraEnv: [{ name: 'A', valueFrom: { configMapKeyRef } }] };
    },
    {},
    debug,
    CONFIG,
  ],
  [
    'one key of it as a variable',
    (chart) => ({ env: { A: { configMapName: level(chart).name, key: 'LEVEL' } } }),
    {},
    debug,
    CONFIG,
  ],
  [
    'one key of a Secret that the chart makes',
    (chart) => ({ env: { A: { secretName: secretName(chart), key: 'password' } } }),
    one,
    another,
    SECRET,
  ],
  [
    'a ConfigMap in a projected volume of a StatefulSet',
    (chart) => ({
      storage: { path: '/data', size: '1Gi' },
      volumes: [{ name: 'v', projected: { sources: [{ configMap: { name: level(chart).name } }] } }],
    }),
    {},
    debug,
    CONFIG,
  ],
  [
    'a ConfigMap that a sidecar reads',
    (chart) => ({
      sidecars: [{ name: 's', image: 's:1', envFrom: [{ configMapRef: { name: level(chart).name } }] }],
    }),
    {},
    debug,
    CONFIG,
  ],
  [
    'a ConfigMap whose files are a value',
    (chart) => ({
      volumes: [{ name: 'v', configMap: { name: configMap(chart, 'files', { data: values.files }).name } }],
    }),
    {},
    { files: { 'a.txt': 'b' } },
    CONFIG,
  ],
  [
    'a ConfigMap with a key that may be absent',
    (chart) => {
      const { name } = configMap(chart, 'other', { data: { A: 'a', OTHER: values.other } });
      return { volumes: [{ name: 'v', configMap: { name } }] };
    },
    {},
    { other: 'x' },
    CONFIG,
  ],
  [
    'a ConfigMap that is there under a condition',
    (chart) => {
      const { name } = when(values.extra, () => level(chart)) as KubeObject;
      return { volumes: [{ name: 'v', configMap: { name, optional: true } }] };
    },
    {},
    debug,
    CONFIG,
  ],
  [
    'a declared secret as a volume',
    (chart) => ({ volumes: [{ name: 'v', secret: { secretName: secretName(chart) } }] }),
    one,
    another,
    SECRET,
  ],
  [
    'a declared secret as variables',
    (chart) => ({ envFrom: [{ secretRef: { name: secretName(chart) } }] }),
    one,
    another,
    SECRET,
  ],
  [
    'one of two Secrets',
    (chart) => ({
      env: { URL: values.database.key('url') },
      envFrom: [{ secretRef: { name: secretName(chart) } }],
    }),
    one,
    another,
    SECRET,
  ],
])('%s: another content is another checksum', (_, make, before, after, annotation) => {
  const hash = (given: JsonObject) => checksums(make, given)[annotation];
  expect(hash(before)).toMatch(/^[0-9a-f]{64}$/);
  expect(hash(before)).toBe(hash(before));
  expect(hash(after)).not.toBe(hash(before));
  expect(Object.keys(checksums(make, before))).toEqual([annotation]);
});

test.each<[string, Make, JsonObject]>([
  ['what others make', () => ({ volumes: [{ name: 'v', configMap: { name: 'theirs' } }] }), {}],
  [
    'a Secret that exists',
    (chart) => ({ envFrom: [{ secretRef: { name: secretName(chart) } }] }),
    { database: { existingSecret: 'mine' } },
  ],
  [
    'a ConfigMap under a condition that is false',
    (chart) => {
      const { name } = when(values.extra, () => level(chart)) as KubeObject;
      return { volumes: [{ name: 'v', configMap: { name, optional: true } }] };
    },
    { extra: false },
  ],
  [
    'an object of another kind with the name',
    (chart) => ({ envFrom: [{ secretRef: { name: level(chart).name } }] }),
    {},
  ],
  [
    'an object of another namespace',
    (chart) => {
      configMap(chart, 'level', { data: { A: values.level }, metadata: { name: 'level', namespace: 'far' } });
      return { envFrom: [{ configMapRef: { name: 'level' } }] };
    },
    {},
  ],
])('%s has no checksum', (_, make, given) => {
  expect(checksums(make, given)).toEqual({});
});

test('a ConfigMap in the namespace of the release counts, however that is written', () => {
  const hash = (namespace: () => unknown) =>
    checksums((chart) => {
      const metadata = { name: 'level', namespace: namespace() };
      configMap(chart, 'level', { data: { A: values.level }, metadata });
      return { envFrom: [{ configMapRef: { name: 'level' } }] };
    })[CONFIG];
  const here = hash(() => undefined);
  expect(here).toMatch(/^[0-9a-f]{64}$/);
  expect(hash(() => release.namespace)).toBe(here);
  // Another expression may be any namespace.
  expect(hash(() => values.level)).toBeUndefined();
});

test('one that is read in several ways counts once', () => {
  const read = { configMapRef: { name: 'level' } };
  const hash = (envFrom: readonly object[]) =>
    checksums((chart) => {
      level(chart);
      return { envFrom } as Partial<SecureServiceProps>;
    })[CONFIG];
  expect(hash([read, read])).toBe(hash([read]));
});

test('a key without a value is none: it does not replace the pods', () => {
  const hash = (data: object) =>
    checksums((chart) => ({
      envFrom: [{ configMapRef: { name: configMap(chart, 'fixed', { data }).name } }],
    }))[CONFIG];
  expect(hash({ A: 'a' })).toMatch(/^[0-9a-f]{64}$/);
  expect(hash({ A: 'a', B: undefined })).toBe(hash({ A: 'a' }));
  expect(hash({ A: 'a', B: null })).toBe(hash({ A: 'a' }));
  expect(hash({ A: 'b' })).not.toBe(hash({ A: 'a' }));
});

test('a text of the environment is in the pod itself, and makes no checksum', () => {
  expect(checksums(() => ({ env: { A: 'a', B: values.level } }))).toEqual({});
});

test('a `version` that is told decides, and not the content', () => {
  const make: Make = (chart) => ({
    env: { A: { configMapName: level(chart).name, key: 'LEVEL', version: '1' } },
  });
  expect(checksums(make, debug)).toEqual(checksums(make, {}));
});

test('what is under the same condition as its reader is there for it, and under another one only where that holds', () => {
  const under = defineValues({
    one: value.boolean({ default: true, doc }),
    two: value.boolean({ default: true, doc }),
    level: value.string({ default: 'info', doc }),
  });
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'd', values: under });
  const service = { image: 'a:1', port: 80, resources: 'small' } as const;
  const reads = (name: string) => ({ ...service, envFrom: [{ configMapRef: { name, optional: true } }] });
  when(under.one, () => {
    configMap(chart, 'same', { data: { LEVEL: under.level } });
    new SecureService(chart, 'near', reads('same'));
    new SecureService(chart, 'far', reads('other'));
  });
  when(under.two, () => configMap(chart, 'other', { data: { LEVEL: under.level } }));
  const checksum = (name: string, given: JsonObject) => {
    const objects = Testing.synth(chart, { values: given }) as Any[];
    const found = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === name);
    return found.spec.template.metadata.annotations?.[CONFIG];
  };
  for (const name of ['shop-near', 'shop-far']) {
    expect(checksum(name, {})).toMatch(/^[0-9a-f]{64}$/);
    expect(checksum(name, debug)).not.toBe(checksum(name, {}));
  }
  expect(checksum('shop-near', { two: false })).toBe(checksum('shop-near', {}));
  expect(checksum('shop-far', { two: false })).toBeUndefined();
});

test('a helper for each content and each Job of a chart is called by chart, place and part', () => {
  const few = defineValues({ other: value.string({ optional: true, doc }) });
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'd', values: few });
  const config = (id: string) =>
    configMap(chart, id, { data: { A: 'a', OTHER: few.other }, binaryData: { B: few.other } });
  const envFrom = ['one', 'two'].map((id) => ({ configMapRef: { name: config(id).name } }));
  new SecureService(chart, 'api', { image: 'a:1', port: 80, resources: 'small', envFrom } as never);
  for (const id of ['first', 'second']) new Migration(chart, id, { image: `${id}:1`, command: ['go'] });
  const printed = Object.values(Testing.helmChart(chart)).join('\n');
  const helpers = [...printed.matchAll(/\{\{-? *define "([^"]+)"/g)].map(([, name]) => name);
  expect(new Set(helpers).size).toBe(helpers.length);
  expect(helpers).toEqual(
    expect.arrayContaining([
      'shop.one.data',
      'shop.one.binaryData',
      'shop.two.data',
      'shop.two.binaryData',
      'shop.first.spec',
      'shop.second.spec',
    ]),
  );
});

test('what is made after the service, or patched later, counts', () => {
  const make: Make = () => ({ volumes: [{ name: 'v', configMap: { name: 'level' } }] });
  expect(checksums(make, {}, level)[CONFIG]).not.toBe(checksums(make, debug, level)[CONFIG]);
});

test('in a loop, an entry is read by the service of that entry', () => {
  const looped = defineValues({
    teams: value.map(value.string({ doc }), { default: { red: 'a', blue: 'b' }, doc }),
  });
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'd', values: looped });
  forEach(looped.teams, (motto, team) => {
    const name = text`team-${team}`;
    configMap(chart, 'motto', { data: { MOTTO: motto } }, name);
    const service = { image: 'a:1', port: 80, resources: 'small', name } as const;
    new SecureService(chart, 'web', { ...service, envFrom: [{ configMapRef: { name } }] });
  });
  new SecureService(chart, 'all', {
    image: 'a:1',
    port: 80,
    resources: 'small',
    envFrom: [{ configMapRef: { name: 'team-red' } }],
  });
  const hashes = (teams: JsonObject) =>
    (Testing.synth(chart, { values: { teams } }) as Any[])
      .filter(({ kind }) => kind === 'Deployment')
      .map(({ metadata, spec }) => [metadata.name, spec.template.metadata.annotations?.[CONFIG]]);
  const [before, after] = [hashes({ red: 'a', blue: 'b' }), hashes({ red: 'a', blue: 'c' })].map(
    (entries) => Object.fromEntries(entries) as Record<string, string>,
  );
  expect(after?.['shop-team-red']).toBe(before?.['shop-team-red']);
  expect(after?.['shop-team-blue']).not.toBe(before?.['shop-team-blue']);
  expect(before?.['shop-team-red']).toMatch(/^[0-9a-f]{64}$/);
  expect(before?.['shop-all']).toBeUndefined();
});

test('in a stock chart, with a ConfigMap of anybody', () => {
  const annotations = (word: string) => {
    const chart = new Chart(StockTesting.app(), 'shop');
    const map = new StockObject(chart, 'map', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      data: { word },
    } as never);
    const envFrom = [{ configMapRef: { name: map.name } }];
    new SecureService(chart, 'api', { image: 'a:1', port: 80, resources: 'small', envFrom });
    const found = (chart.toJson() as Any[]).find(({ kind }) => kind === 'Deployment');
    return found.spec.template.metadata.annotations;
  };
  expect(annotations('a')).toEqual({ [CONFIG]: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(annotations('b')).not.toEqual(annotations('a'));
});

test('a migration is another Job when a ConfigMap of the chart has another content, made before it or after', () => {
  const name = (given: JsonObject, isFirst: boolean) => {
    const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'd', values });
    if (isFirst) level(chart);
    const env = { A: { configMapName: 'level', key: 'LEVEL' } };
    new Migration(chart, 'migrate', { image: 'app:1', command: ['go'], env });
    if (!isFirst) level(chart);
    new ConfigBundle(chart, 'unused', { config: { OTHER: 'x' } });
    const objects = Testing.synth(chart, { values: given }) as Any[];
    return objects.find(({ kind }) => kind === 'Job').metadata.name;
  };
  expect(name({}, true)).toBe(name({}, false));
  expect(name(debug, true)).not.toBe(name({}, true));
  expect(name(debug, false)).not.toBe(name({}, false));
});
