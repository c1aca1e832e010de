import { JsonPatch, App as StockApp, Chart as StockChart } from 'cdk8s';
import { App, Testing } from '../../core/synth';
import { DrydockError, type JsonObject, text } from '../../core/template';
import { HelmChart, release, when } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { Peer, Probe, SecureService, type SecureServiceProps } from '..';

const REQUIRED = { image: 'example.com/app:1', port: 8080, resources: 'small' } as const;

function chart(): HelmChart {
  return new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'test' });
}

function objectsOf(more: Partial<SecureServiceProps> = {}): JsonObject[] {
  const shop = chart();
  new SecureService(shop, 'api', { ...REQUIRED, ...more });
  return Testing.synth(shop) as JsonObject[];
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads rendered objects as what they are
type Any = any;
const byKind = (objects: JsonObject[], kind: string): Any => objects.find((one) => one.kind === kind);
const podOf = (objects: JsonObject[]): Any =>
  (byKind(objects, 'Deployment') ?? byKind(objects, 'StatefulSet')).spec.template;

test('with three props there is a Deployment, a Service, a ServiceAccount and a NetworkPolicy', () => {
  expect(
    objectsOf()
      .map(({ kind }) => kind)
      .sort(),
  ).toEqual(['Deployment', 'NetworkPolicy', 'Service', 'ServiceAccount']);
});

test('a service is not reachable and reaches nobody but DNS until it says so', () => {
  const { spec } = byKind(objectsOf(), 'NetworkPolicy');
  expect(spec.policyTypes).toEqual(['Ingress', 'Egress']);
  expect(spec.ingress).toEqual([]);
  expect(spec.egress).toHaveLength(1);
  expect(spec.egress[0].ports).toEqual([
    { port: 53, protocol: 'UDP' },
    { port: 53, protocol: 'TCP' },
  ]);
});

test('allowTo opens both sides, and nothing else', () => {
  const shop = chart();
  const db = new SecureService(shop, 'db', { ...REQUIRED, port: 5432 });
  new SecureService(shop, 'api', { ...REQUIRED, allowTo: [db] });
  const policies = (Testing.synth(shop) as Any[]).filter(({ kind }) => kind === 'NetworkPolicy');
  const [ofDb, ofApi] = ['shop-db', 'shop-api'].map((name) =>
    policies.find(({ metadata }) => metadata.name === name),
  );
  const pods = (name: string) => ({
    podSelector: {
      matchLabels: {
        'app.kubernetes.io/instance': 'shop',
        'app.kubernetes.io/name': name,
        'app.kubernetes.io/part-of': 'shop',
      },
    },
  });
  expect(ofDb.spec.ingress).toEqual([{ from: [pods('api')], ports: [{ port: 5432, protocol: 'TCP' }] }]);
  expect(ofApi.spec.egress[1]).toEqual({ to: [pods('db')], ports: [{ port: 5432, protocol: 'TCP' }] });
  expect(ofApi.spec.ingress).toEqual([]);
});

test('two replicas bring a disruption budget and a spread, one does not', () => {
  const two = objectsOf({ replicas: 2 });
  expect(byKind(two, 'PodDisruptionBudget').spec).toMatchObject({
    maxUnavailable: 1,
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
  });
  expect(podOf(two).spec.topologySpreadConstraints).toMatchObject([
    { topologyKey: 'kubernetes.io/hostname' },
  ]);
  const one = objectsOf();
  expect(byKind(one, 'PodDisruptionBudget')).toBeUndefined();
  expect(podOf(one).spec.topologySpreadConstraints).toBeUndefined();
});

test('an autoscaler takes the place of replicas', () => {
  const objects = objectsOf({ replicas: 3, autoscaling: { maxReplicas: 9 } });
  expect(byKind(objects, 'Deployment').spec.replicas).toBeUndefined();
  expect(byKind(objects, 'HorizontalPodAutoscaler').spec).toMatchObject({ minReplicas: 2, maxReplicas: 9 });
});

test('storage makes it a StatefulSet with a volume of each pod', () => {
  const objects = objectsOf({ storage: { path: '/data', size: '5Gi' } });
  const { spec } = byKind(objects, 'StatefulSet');
  const headless = (objects as Any[]).find(({ metadata }) => metadata.name === spec.serviceName);
  expect(headless.spec).toMatchObject({ clusterIP: 'None', selector: spec.selector.matchLabels });
  expect(spec.volumeClaimTemplates[0].spec.resources.requests.storage).toBe('5Gi');
  expect(spec.template.spec.containers[0].volumeMounts).toEqual([{ name: 'data', mountPath: '/data' }]);
});

test('the pods are replaced when what their environment reads has changed', () => {
  const hash = (version: string) =>
    podOf(objectsOf({ env: { A: { configMapName: 'c', key: 'a', version } } })).metadata.annotations;
  expect(hash('one')).not.toEqual(hash('two'));
  expect(hash('one')).toEqual(hash('one'));
});

test('environment variables come from every source', () => {
  const { env } = podOf(
    objectsOf({
      env: {
        TEXT: 'a',
        SECRET: { secretName: 's', key: 'k' },
        CONFIG: { configMapName: 'c', key: 'k', optional: true },
        NODE: { field: 'spec.nodeName' },
        MEMORY: { resource: 'limits.memory' },
      },
    }),
  ).spec.containers[0];
  expect(env).toEqual([
    { name: 'TEXT', value: 'a' },
    { name: 'SECRET', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
    { name: 'CONFIG', valueFrom: { configMapKeyRef: { name: 'c', key: 'k', optional: true } } },
    { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
    { name: 'MEMORY', valueFrom: { resourceFieldRef: { resource: 'limits.memory' } } },
  ]);
});

test('labels of the user are on every object and pod, and cannot take a selector away', () => {
  const objects = objectsOf({ labels: { team: 'a', 'app.kubernetes.io/name': 'other' }, replicas: 2 });
  for (const { metadata } of objects as Any[]) {
    expect(metadata.labels).toMatchObject({ team: 'a', 'app.kubernetes.io/name': 'api' });
  }
  expect(podOf(objects).metadata.labels).toMatchObject({ team: 'a', 'app.kubernetes.io/name': 'api' });
});

test('the Service has the name that is asked for, and who points at it knows', () => {
  const shop = chart();
  const ingress = { host: 'shop.example.com' };
  const api = new SecureService(shop, 'api', { ...REQUIRED, serviceName: 'api-svc', ingress });
  const objects = Testing.synth(shop) as JsonObject[];
  expect(byKind(objects, 'Service').metadata.name).toBe('api-svc');
  expect(byKind(objects, 'Deployment').metadata.name).toBe('shop-api');
  const [path] = byKind(objects, 'Ingress').spec.rules[0].http.paths;
  expect(path.backend.service.name).toBe('api-svc');
  expect(api.url).toBe('http://api-svc');
});

test('the component that is called like its chart bears the name of the release alone', () => {
  const shop = chart();
  new SecureService(shop, 'shop', REQUIRED);
  const names = (Testing.synth(shop) as Any[]).map(({ metadata }) => metadata.name);
  expect(names).toEqual(['shop', 'shop', 'shop', 'shop']);
});

test('a peer whose way is a value is let in and called only where the value says so', () => {
  const values = defineValues({ open: value.boolean({ default: false, doc: 'Whether the way is open' }) });
  const policyWith = (open: boolean) => {
    const shop = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'test', values });
    const peer = Peer.namespace('tools', { enabled: values.open });
    new SecureService(shop, 'api', { ...REQUIRED, allowFrom: [peer], allowTo: [peer] });
    const { spec } = byKind(Testing.synth(shop, { values: { open } }) as JsonObject[], 'NetworkPolicy');
    return [spec.ingress.length, spec.egress.length];
  };
  expect(policyWith(false)).toEqual([0, 1]);
  expect(policyWith(true)).toEqual([1, 2]);
});

test('the escapes reach the pod', () => {
  const { spec } = podOf(
    objectsOf({
      sidecars: [{ name: 'side', image: 'side:1' }],
      initContainers: [{ name: 'first', image: 'first:1' }],
      volumes: [{ name: 'more', emptyDir: {} }],
      volumeMounts: [{ name: 'more', mountPath: '/more' }],
      nodeSelector: { disk: 'fast' },
      tolerations: [{ key: 'a', operator: 'Exists' }],
      affinity: { nodeAffinity: {} },
      extraEnv: [{ name: 'MORE', value: 'x' }],
      writable: ['/tmp'],
      probes: { liveness: false, readiness: Probe.tcp(), startup: Probe.exec(['true']) },
    }),
  );
  expect(spec.containers.map(({ name }: Any) => name)).toEqual(['app', 'side']);
  expect(spec.initContainers).toHaveLength(1);
  expect(spec.volumes.map(({ name }: Any) => name)).toEqual(['writable-tmp', 'more']);
  expect(spec).toMatchObject({
    nodeSelector: { disk: 'fast' },
    tolerations: [{ key: 'a', operator: 'Exists' }],
    affinity: { nodeAffinity: {} },
  });
  const [app] = spec.containers;
  expect(app.env).toEqual([{ name: 'MORE', value: 'x' }]);
  expect(app.livenessProbe).toBeUndefined();
  expect(app.readinessProbe).toEqual({ tcpSocket: { port: 'http' } });
});

test('any leaf can be patched and any default removed', () => {
  const shop = chart();
  const api = new SecureService(shop, 'api', REQUIRED);
  api.workload.addJsonPatch(
    JsonPatch.remove('/spec/strategy'),
    JsonPatch.add('/spec/template/spec/hostname', 'fixed'),
  );
  const { spec } = byKind(Testing.synth(shop) as JsonObject[], 'Deployment');
  expect(spec.strategy).toBeUndefined();
  expect(spec.template.spec.hostname).toBe('fixed');
});

test('a service under a condition lets itself in only where it is', () => {
  const values = defineValues({ on: value.boolean({ default: false, doc: 'Whether' }) });
  const shop = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'test', values });
  const db = new SecureService(shop, 'db', REQUIRED);
  when(values.on, () => new SecureService(shop, 'job', { ...REQUIRED, allowTo: [db] }));
  const rules = (on: boolean) =>
    byKind(Testing.synth(shop, { values: { on } }) as JsonObject[], 'NetworkPolicy').spec.ingress;
  expect(rules(false)).toEqual([]);
  expect(rules(true)).toHaveLength(1);
});

test('it works in a stock chart under a stock App, and synthesizing twice gives the same', () => {
  const stock = new StockChart(new StockApp(), 'plain');
  new SecureService(stock, 'api', { ...REQUIRED, replicas: 2 });
  const first = stock.toJson();
  expect(first).toEqual(stock.toJson());
  expect(first.find(({ kind }) => kind === 'Deployment').metadata.name).toBe('plain-api');
});

describe('bad input is refused at construction with the construct, the prop and what to do', () => {
  const refused: readonly [string, string, Partial<SecureServiceProps>, string][] = [
    ['a port out of range', 'PORT_RANGE', { port: 70_000 }, 'port'],
    ['a port that is not whole', 'PORT_RANGE', { port: 1.5 }, 'port'],
    ['another port out of range', 'PORT_RANGE', { ports: { metrics: 0 } }, 'ports.metrics'],
    ['an image without tag', 'IMAGE_UNPINNED', { image: 'example.com/app' }, 'image'],
    [
      'an image whose only colon is the registry port',
      'IMAGE_UNPINNED',
      { image: 'example.com:5000/app' },
      'image',
    ],
    [
      'a CPU limit below the request',
      'CPU_LIMIT',
      { resources: { cpu: '500m', memory: '1Gi', cpuLimit: '0.4' } },
      'resources.cpuLimit',
    ],
    [
      'an amount that is none',
      'QUANTITY_INVALID',
      { resources: { cpu: '1', memory: '1 GB' } },
      'resources.memory',
    ],
    ['an unknown preset', 'PROP_INVALID', { resources: 'huge' as never }, 'resources'],
    ['a node port out of range', 'NODE_PORT_RANGE', { nodePort: { port: 8080 } }, 'nodePort.port'],
    ['root without saying so', 'ROOT_USER', { user: 0 }, 'user'],
    [
      'more at least than at most',
      'SCALING_RANGE',
      { autoscaling: { minReplicas: 5, maxReplicas: 2 } },
      'autoscaling.maxReplicas',
    ],
    ['no time to end', 'SHUTDOWN_TIME', { preStopSeconds: 31 }, 'terminationGracePeriodSeconds'],
    ['a variable twice', 'ENV_TWICE', { env: { A: 'x' }, extraEnv: [{ name: 'A', value: 'y' }] }, 'extraEnv'],
    [
      'a variable twice in a sidecar',
      'ENV_TWICE',
      { sidecars: [{ name: 's', env: [{ name: 'A' }, { name: 'A' }] }] },
      'sidecars env',
    ],
    ['a name that is no variable', 'ENV_NAME', { env: { '1A': 'x' } }, 'env'],
    ['a source that is none', 'PROP_INVALID', { env: { A: {} as never } }, 'env.A'],
    ['a folder that is not absolute', 'PROP_INVALID', { writable: ['tmp'] }, 'writable'],
    ['a folder twice', 'PATH_TAKEN', { writable: ['/tmp', '/tmp/'] }, 'writable'],
  ];
  test.each(refused)('%s', (_, code, props, prop) => {
    expect(() => objectsOf(props)).toThrow(
      expect.objectContaining({ code, where: `shop/api ${prop}`, remedy: expect.stringMatching(/\.$/) }),
    );
  });

  test('the same with what is right is accepted', () => {
    const right: Partial<SecureServiceProps>[] = [
      { image: 'example.com:5000/app:1' },
      { image: `app@sha256:${'0'.repeat(64)}` },
      { image: 'app', allowUnpinnedImage: true },
      { user: 0, allowRoot: true },
      { nodePort: { port: 30_000 } },
      { resources: { cpu: '500m', memory: '1Gi', cpuLimit: '0.5' } },
    ];
    for (const props of right) expect(() => objectsOf(props)).not.toThrow();
  });

  test('a CPU limit below the request, where one of them or both are values', () => {
    const values = defineValues({
      cpu: value.cpu({ default: '250m', doc: 'Guaranteed' }),
      limit: value.cpu({ optional: true, doc: 'At most' }),
    });
    const shop = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'test', values });
    const { cpu, limit } = values as never as Record<'cpu' | 'limit', string>;
    const add = (id: string, resources: { readonly cpu: string; readonly cpuLimit: string }) =>
      new SecureService(shop, id, { ...REQUIRED, resources: { ...resources, memory: '1Gi' } });
    add('both', { cpu, cpuLimit: limit });
    add('limit', { cpu: '100m', cpuLimit: limit });
    add('request', { cpu, cpuLimit: '2' });
    const said = (given: JsonObject) => {
      try {
        Testing.synth(shop, { values: given });
        return 'taken';
      } catch (error) {
        return /CPU_LIMIT at shop\/(\w+) resources.cpuLimit: found (.*), expected a .*\. Raise/
          .exec(String(error))
          ?.slice(1)
          .join(', ');
      }
    };
    const BOTH = 'both, what was given for limit and cpu';
    const tried = ['250m', '0.25', '1', '249m', '0.249'].map((given) => said({ limit: given }));
    expect(tried).toEqual(['taken', 'taken', 'taken', BOTH, BOTH]);
    expect(said({})).toBe('taken');
    expect(said({ cpu: '50m', limit: '0.099' })).toBe('limit, what was given for limit');
    expect(said({ cpu: '2001m' })).toBe('request, what was given for cpu');
  });

  test('what a template literal makes of values, as it does what is written with `text`', () => {
    const values = defineValues({
      milli: value.integer({ default: 200, min: 1, max: 999, doc: 'Guaranteed' }),
      host: value.string({ default: 'example.com:5000', doc: 'Registry' }),
    });
    const made = (write: (parts: TemplateStringsArray, ...given: readonly unknown[]) => string) => {
      const shop = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'test', values });
      new SecureService(shop, 'api', {
        ...REQUIRED,
        name: write`${release.name}-api`,
        image: write`${values.host}/api`,
        resources: { cpu: write`${values.milli}m`, cpuLimit: '500m', memory: '64Mi' },
      });
      const said = (given: JsonObject) => {
        try {
          return Testing.synth(shop, { values: given });
        } catch (error) {
          return String(error);
        }
      };
      return [said({}), said({ milli: 501 }), said({ host: 'example.com' })];
    };
    const [objects, limit, image] = made((parts, ...given) => String.raw({ raw: parts }, ...given));
    expect([objects, limit, image]).toEqual(made((parts, ...given) => text(parts, ...given) as never));
    expect(JSON.stringify(objects)).toContain('"cpu":"200m"');
    expect(limit).toMatch(/CPU_LIMIT at shop\/api resources\.cpuLimit: found what was given for milli/);
    expect(image).toMatch(/IMAGE_UNPINNED at shop\/api image: found what was given for host/);
  });

  test('two services with one name', () => {
    const shop = chart();
    new SecureService(shop, 'api', REQUIRED);
    expect(() => new SecureService(shop, 'other', { ...REQUIRED, name: 'api' })).toThrow(
      expect.objectContaining({ code: 'NAME_TAKEN', found: expect.stringContaining('shop/api') }),
    );
  });

  test('a node port twice in one App', () => {
    const app = new App({ outdir: 'unused' });
    const [one, two] = ['one', 'two'].map((id) => new HelmChart(app, id, { description: 'test' }));
    new SecureService(one as HelmChart, 'api', { ...REQUIRED, nodePort: { port: 30_001 } });
    expect(
      () => new SecureService(two as HelmChart, 'api', { ...REQUIRED, nodePort: { port: 30_001 } }),
    ).toThrow(
      expect.objectContaining({ code: 'NODE_PORT_TAKEN', found: expect.stringContaining('one/api') }),
    );
  });

  test('allowTo of a service of another App', () => {
    const elsewhere = new SecureService(chart(), 'db', REQUIRED);
    expect(() => objectsOf({ allowTo: [elsewhere] })).toThrow(
      expect.objectContaining({ code: 'PEER_ELSEWHERE' }),
    );
    expect(() => objectsOf({ allowTo: [Peer.namespace('data')] })).not.toThrow();
  });
});

describe('bad values are refused at installation with the same words', () => {
  const values = defineValues({
    port: value.integer({ default: 30_100, doc: 'A node port' }),
    other: value.integer({ default: 30_101, doc: 'Another' }),
    image: value.string({ default: 'app:1', doc: 'An image' }),
    max: value.integer({ default: 3, doc: 'At most' }),
    there: value.boolean({ default: true, doc: 'Whether the second one is there' }),
  });
  const shop = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'test', values });
  new SecureService(shop, 'api', {
    ...REQUIRED,
    image: values.image,
    nodePort: { port: values.port },
    autoscaling: { maxReplicas: values.max },
  });
  when(
    values.there,
    () =>
      new SecureService(shop, 'web', {
        ...REQUIRED,
        image: text`web:${values.image}`,
        nodePort: { port: values.other },
      }),
  );
  const refusal = (given: object): string => {
    try {
      Testing.synth(shop, { values: given as JsonObject });
      return 'accepted';
    } catch (error) {
      if (error instanceof DrydockError) return error.expected;
      throw error;
    }
  };

  test.each([
    [{}, 'accepted'],
    [{ port: 29_999 }, 'NODE_PORT_RANGE at shop/api nodePort.port'],
    [{ port: 30_101 }, 'NODE_PORT_TAKEN at shop/web nodePort.port'],
    [{ port: 30_101, there: false }, 'accepted'],
    [{ other: 1, there: false }, 'accepted'],
    [{ image: 'app' }, 'IMAGE_UNPINNED at shop/api image'],
    [{ max: 1 }, 'SCALING_RANGE at shop/api autoscaling.maxReplicas'],
  ])('%j: %s', (given, expected) => {
    expect(refusal(given)).toContain(expected);
  });
});
