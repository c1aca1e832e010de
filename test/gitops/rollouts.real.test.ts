import { stringify } from 'yaml';
import { BUSYBOX_IMAGE, until } from '../../cluster';
import { Probe, RolloutAnalysis, SecureService } from '../../constructs';
import { Testing } from '../../core/synth';
import { HelmChart } from '../../core/tree';
import { command, needs } from '../support/needs';
import { Prometheus } from './prometheus';
import { RolloutsController } from './rollouts-controller';
import { type Followed, gitopsWorld } from './world';

jest.setTimeout(600_000);

/** Deliveries step by step, from a push to pods, with the real controller of Argo Rollouts. */

const world = gitopsWorld({ dns: false, networkPolicy: false });
const rollouts = new RolloutsController();
/** The share of requests that fail. */
const prometheus = new Prometheus([
  ...['errors{version="one"} 0.001', 'errors{version="two"} 0.002', 'errors{version="bad"} 0.5'],
]);
let address: string;
const hasPrometheus = command('prometheus', 'make tools installs it; elsewhere the package prometheus does');
beforeAll(async () => {
  [address] = await Promise.all([
    hasPrometheus.met() ? prometheus.start() : '',
    rollouts.start(world.cluster()),
  ]);
  world.startController({ prometheus: address });
});
afterAll(() => Promise.all([rollouts.stop(), prometheus.stop()]));

/** A small service as a team writes it, whose canary asks Prometheus. */
function shop(version: string): string {
  const chart = new HelmChart(Testing.app(), 'shop', { description: 'A shop' });
  const errors = new RolloutAnalysis(chart, 'errors', {
    prometheus: address,
    metrics: { errors: { query: 'errors{version="{{args.version}}"}', success: 'result[0] < 0.05' } },
    args: ['version'],
  });
  const analysis = { templates: [errors], args: { version } };
  new SecureService(chart, 'web', {
    ...{ image: BUSYBOX_IMAGE, port: 8080, resources: { cpu: '10m', memory: '16Mi' }, replicas: 2 },
    command: ['sh', '-c', 'cd /tmp && touch health ready && exec httpd -f -p 8080'],
    ...{ writable: ['/tmp'], env: { VERSION: version } },
    // A test is in a hurry.
    ...{ preStopSeconds: 1, terminationGracePeriodSeconds: 2 },
    probes: {
      startup: Probe.http('/health', { periodSeconds: 1 }),
      readiness: Probe.http('/ready', { periodSeconds: 1 }),
    },
    delivery: { canary: { steps: [{ setWeight: 50 }, { analysis }] } },
  });
  return Testing.synth(chart)
    .map((one) => stringify(one))
    .join('---\n');
}

const rollout = (version: string, strategy: string) => `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: main
          image: ${BUSYBOX_IMAGE}
          command: [sleep, '100000']
          env: [{ name: VERSION, value: '${version}' }]
  strategy: ${strategy}
`;
const service = (name: string) => `apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`;

/** What each analysis has come to, the oldest first. */
async function measured(app: Followed): Promise<readonly string[]> {
  const args = ['--sort-by=.metadata.creationTimestamp', '-o', 'json'];
  const { items } = JSON.parse(await app.kubectl('get', 'analysisruns', ...args)) as {
    readonly items: readonly { readonly status: { readonly metricResults: readonly MetricResult[] } }[];
  };
  return items.flatMap(({ status }) =>
    status.metricResults.map(({ phase, measurements: [one] }) => `${phase} ${one?.value}`),
  );
}

interface MetricResult {
  readonly phase: string;
  readonly measurements: readonly { readonly value?: string }[];
}

interface Env {
  readonly name: string;
  readonly value?: string;
}

/** The versions of the pods that are there and not on their way out. */
async function versions(app: Followed, selector: string): Promise<ReadonlyArray<string | undefined>> {
  const { items } = JSON.parse(await app.kubectl('get', 'pods', '-l', selector, '-o', 'json')) as {
    readonly items: readonly {
      readonly metadata: { readonly deletionTimestamp?: string };
      readonly spec: { readonly containers: readonly [{ readonly env: readonly Env[] }] };
    }[];
  };
  const left = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return left.map(({ spec }) => spec.containers[0].env.find(({ name }) => name === 'VERSION')?.value).sort();
}

needs(hasPrometheus).test(
  'a canary that fails its analysis comes back by itself, and the next good one goes all the way',
  async () => {
    const files = (version: string) => ({ 'app/shop.yaml': shop(version) });
    const app = await world.follow(files('one'), { rollback: true, timeout: '60s' });
    // The pods of a Rollout are those that a namespace of this level takes.
    await app.kubectl('label', 'namespace', app.namespace, 'pod-security.kubernetes.io/enforce=restricted');
    const there = () => versions(app, 'app.kubernetes.io/component=web');
    const first = app.repository.head();
    await app.healthyAt(first);
    expect(await there()).toEqual(['one', 'one']);

    const bad = app.repository.commit(files('bad'));
    const status = await app.until('it to be taken back', ({ phase }) => phase === 'Failed');
    expect(status).toMatchObject({
      ...{ sync: 'OutOfSync', health: 'Healthy', lastAttemptedRevision: bad, lastAppliedRevision: first },
      rolledBack: { message: expect.stringMatching(/Rollout .*shop-web: RolloutAborted: .*errors/) },
    });
    expect(await there()).toEqual(['one', 'one']);
    expect(await measured(app)).toEqual(['Failed [0.5]']);

    const next = await app.healthyAt(app.repository.commit(files('two')));
    expect(await there()).toEqual(['two', 'two']);
    expect(await measured(app)).toEqual(['Failed [0.5]', 'Successful [0.002]']);
    expect(next.history?.map(({ outcome }) => outcome)).toEqual(['Applied', 'RolledBack', 'Applied']);
  },
);

needs(hasPrometheus).test(
  'a gate between waves asks the real Prometheus, opens by one number within its bounds, and by no other answer',
  async () => {
    // Two names of one cluster are two waves.
    const wave = (query: string) => ({
      selector: { matchLabels: { stage: 'first' } },
      gate: { queries: [{ name: 'errors', query, max: 0.05 }], within: '1h' },
    });
    const destination = (query: string) => ({ clusters: ['first', 'second'], waves: [wave(query)] });
    const outside = 'errors{version="bad"}';
    const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n';
    const app = await world.follow({ 'app/x.yaml': map }, {}, { destination: destination(outside) });
    for (const name of ['first', 'second']) {
      const metadata = { name, namespace: app.namespace, labels: { stage: name } };
      const cluster = {
        ...{ apiVersion: 'ajj.io/v1', kind: 'Cluster' },
        metadata,
        spec: { inCluster: true },
      };
      await app.cluster.kubectl(['create', '-f', '-'], { input: JSON.stringify(cluster) });
    }
    const closed = async (query: string, found: RegExp) => {
      await app.patch({ spec: { destination: destination(query) } });
      const { clusters, phase } = await app.until(`${query} to keep the gate closed`, ({ conditions = [] }) =>
        conditions.some(({ type, message }) => type === 'Gate' && found.test(message)),
      );
      expect([phase, clusters?.map((one) => one.phase)]).toEqual(['Pending', ['Healthy', 'Pending']]);
    };
    await closed(outside, /has to be at most 0\.05, and is 0\.5$/);
    await closed('errors', /found 3 series/);
    await closed('errors{version="none"}', /found no data/);
    await closed('scalar(errors{version="none"})', /found NaN/);
    await closed('errors[1m]', /found a matrix/);
    await closed('errors{', /found a refusal \(400\): .*parse error/);
    await app.patch({ spec: { destination: destination('max(errors{version!="bad"})') } });
    const { clusters, conditions = [] } = await app.healthyAt(app.repository.head());
    expect(clusters?.map(({ phase }) => phase)).toEqual(['Healthy', 'Healthy']);
    expect(conditions.map(({ type }) => type)).not.toContain('Gate');
  },
);

test('a canary that stands still is no failure: a person lets it go on, step by step or at once, or takes it back', async () => {
  const files = (version: string) => ({
    'app/web.yaml': rollout(
      version,
      '{ canary: { steps: [{ setWeight: 50 }, { pause: {} }, { setWeight: 60 }, { pause: {} }] } }',
    ),
  });
  // Longer than it takes for pods to begin, and shorter than a person.
  const app = await world.follow(files('one'), { rollback: true, timeout: '20s' });
  await app.healthyAt(app.repository.head());
  const say = (what: string) =>
    app.kubectl('annotate', '--overwrite', 'application.ajj.io', 'shop', `ajj.io/${what}`);
  const paused = (revision: string, step: number) =>
    app.until(`commit ${revision} to stand still at step ${step}`, ({ phase, message = '' }) => {
      return phase === 'Syncing' && message.includes(revision) && message.includes(`at step ${step} of 4`);
    });

  const second = app.repository.commit(files('two'));
  const told = await paused(second, 1);
  expect(told).toMatchObject({ sync: 'OutOfSync', health: 'Progressing' });
  expect(told.message).toContain(`ajj.io/promote=${second}`);
  expect(await versions(app, 'app=web')).toEqual(['one', 'two']);
  await say(`promote=${second}@1`);
  await paused(second, 3);
  await say(`promote=${second}`);
  await app.healthyAt(second);
  expect(await versions(app, 'app=web')).toEqual(['two', 'two']);

  const third = app.repository.commit(files('three'));
  await paused(third, 1);
  await say(`abort=${third}`);
  const status = await app.until('it to be taken back', ({ phase }) => phase === 'Failed');
  expect(status).toMatchObject({ health: 'Healthy', lastAppliedRevision: second });
  expect(status.message).toMatch(/taken back.*RolloutAborted/);
  expect(await versions(app, 'app=web')).toEqual(['two', 'two']);
});

test('what points at a blue-green delivery is left to its controller, through commits and drift', async () => {
  const files = (version: string, x = '1') => ({
    'app/web.yaml': rollout(
      version,
      '{ blueGreen: { activeService: web, previewService: preview, autoPromotionEnabled: false, scaleDownDelaySeconds: 1 } }',
    ),
    'app/services.yaml': `${service('web')}---\n${service('preview')}`,
    'app/x.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\ndata: { x: "${x}" }\n`,
  });
  const app = await world.follow(files('one'), { timeout: '60s' });
  await app.healthyAt(app.repository.head());
  const hashOf = (name: string) =>
    app.kubectl('get', 'service', name, '-o', 'jsonpath={.spec.selector.rollouts-pod-template-hash}');
  const blue = await hashOf('web');
  expect(blue).not.toBe('');
  expect(await hashOf('preview')).toBe(blue);

  const second = app.repository.commit(files('two'));
  await app.until('it to wait for a person', ({ message = '' }) => message.includes('BlueGreenPause'));
  const green = await hashOf('preview');
  expect([await hashOf('web'), green === blue]).toEqual([blue, false]);
  expect(await versions(app, `rollouts-pod-template-hash=${green}`)).toEqual(['two', 'two']);
  // While it waits the whole set is applied again and again.
  const version = () => app.kubectl('get', 'service', 'web', '-o', 'jsonpath={.metadata.resourceVersion}');
  const before = await version();
  await app.kubectl('patch', 'configmap', 'x', '--type=merge', '-p', '{"data":{"x":"hand"}}');
  await until('it to be put right', async () => (await app.configMaps()).x === '1', { withinMs: 60_000 });
  expect([await version(), await hashOf('web')]).toEqual([before, blue]);

  await app.kubectl('annotate', 'application.ajj.io', 'shop', `ajj.io/promote=${second}`);
  await app.healthyAt(second);
  expect([await hashOf('web'), await hashOf('preview')]).toEqual([green, green]);
  const promoted = await version();
  await app.healthyAt(app.repository.commit(files('two', '2')));
  expect([await version(), await hashOf('web')]).toEqual([promoted, green]);
});
