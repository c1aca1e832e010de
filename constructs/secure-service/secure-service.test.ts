import { JsonPatch, App as StockApp, Chart as StockChart } from 'cdk8s';
import { App, Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { HelmChart, when } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { chart, objectsOf, REQUIRED } from '../../test/support/one-service';
import { Migration, Peer, Probe, SecureService } from '..';

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

test('a service is not reachable and reaches only DNS until it says so', () => {
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
        'app.kubernetes.io/component': name,
        'app.kubernetes.io/instance': 'shop',
        'app.kubernetes.io/name': 'shop',
      },
    },
  });
  expect(ofDb.spec.ingress).toEqual([{ from: [pods('api')], ports: [{ port: 5432, protocol: 'TCP' }] }]);
  expect(ofApi.spec.egress[1]).toEqual({ to: [pods('db')], ports: [{ port: 5432, protocol: 'TCP' }] });
  expect(ofApi.spec.ingress).toEqual([]);
});

test('two replicas bring a disruption budget, one does not; both are spread', () => {
  const two = objectsOf({ replicas: 2 });
  expect(byKind(two, 'PodDisruptionBudget').spec).toMatchObject({
    maxUnavailable: 1,
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
  });
  expect(podOf(two).spec.topologySpreadConstraints).toMatchObject([
    { topologyKey: 'kubernetes.io/hostname' },
  ]);
  expect(byKind(objectsOf(), 'PodDisruptionBudget')).toBeUndefined();
});

test('from one replica to two, and back, no pod is replaced: the number is not in the pod', () => {
  expect(podOf(objectsOf({ replicas: 1 }))).toEqual(podOf(objectsOf({ replicas: 2 })));
  expect(podOf(objectsOf({ autoscaling: { maxReplicas: 9 } }))).toEqual(podOf(objectsOf()));
  expect(podOf(objectsOf({ spread: false })).spec.topologySpreadConstraints).toBeUndefined();
});

test('an autoscaler takes the place of replicas', () => {
  const objects = objectsOf({ replicas: 3, autoscaling: { maxReplicas: 9 } });
  expect(byKind(objects, 'Deployment').spec.replicas).toBeUndefined();
  expect(byKind(objects, 'HorizontalPodAutoscaler').spec).toMatchObject({ minReplicas: 2, maxReplicas: 9 });
});

test("files of a volume get the group once, and user and group are the cluster's where that is said", () => {
  const values = defineValues({ openshift: value.boolean({ default: false, doc: 'Whether' }) });
  const shop = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'test', values });
  new SecureService(shop, 'api', { ...REQUIRED, userFromCluster: values.openshift });
  new Migration(shop, 'migrate', { image: 'a:1', command: ['go'], userFromCluster: values.openshift });
  const contexts = (openshift: boolean) => {
    const objects = Testing.synth(shop, { values: { openshift } }) as JsonObject[];
    return [podOf(objects), byKind(objects, 'Job').spec.template].map(({ spec }) => spec.securityContext);
  };
  const fixed = {
    fsGroupChangePolicy: 'OnRootMismatch',
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  };
  const own = { ...fixed, fsGroup: 10_001, runAsGroup: 10_001, runAsUser: 10_001 };
  expect(contexts(false)).toEqual([own, own]);
  expect(contexts(true)).toEqual([fixed, fixed]);
  const given = podOf(objectsOf({ userFromCluster: true, user: 5 })).spec.securityContext;
  expect(given).toEqual(fixed);
});

/** Ports and what is spoken on them; a probe asks by HTTP or HTTPS, or is a TCP connection. */
test.each<[port: number, portName: string, appProtocol: string, asked: string, servicePort: number]>([
  [22, 'ssh', 'tcp', 'TCP', 22],
  [25, 'smtp', 'tcp', 'TCP', 25],
  [80, 'http', 'http', 'HTTP', 80],
  [389, 'ldap', 'tcp', 'TCP', 389],
  [443, 'https', 'https', 'HTTPS', 443],
  [636, 'ldaps', 'tcp', 'TCP', 636],
  [1433, 'mssql', 'tcp', 'TCP', 1433],
  [1883, 'mqtt', 'tcp', 'TCP', 1883],
  [2379, 'grpc-etcd', 'grpc', 'TCP', 2379],
  [3000, 'http', 'http', 'HTTP', 80],
  [3306, 'mysql', 'mysql', 'TCP', 3306],
  [4222, 'nats', 'tcp', 'TCP', 4222],
  [5432, 'postgresql', 'tcp', 'TCP', 5432],
  [5672, 'amqp', 'tcp', 'TCP', 5672],
  [6379, 'redis', 'redis', 'TCP', 6379],
  [8080, 'http', 'http', 'HTTP', 80],
  [8443, 'https', 'https', 'HTTPS', 443],
  [9042, 'cassandra', 'tcp', 'TCP', 9042],
  [9092, 'kafka', 'tcp', 'TCP', 9092],
  [11_211, 'memcached', 'tcp', 'TCP', 11_211],
  [27_017, 'mongodb', 'mongo', 'TCP', 27_017],
  [50_051, 'grpc', 'grpc', 'TCP', 50_051],
])('port %i is %s, told as %s, asked by %s and served on %i', (port, portName, appProtocol, asked, at) => {
  const objects = objectsOf({ port });
  const [app] = podOf(objects).spec.containers;
  const name = portName;
  expect(app.ports).toEqual([{ name, containerPort: port, protocol: 'TCP' }]);
  expect(byKind(objects, 'Service').spec.ports).toEqual([
    { name, port: at, targetPort: name, protocol: 'TCP', appProtocol },
  ]);
  for (const question of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
    const { tcpSocket, httpGet } = app[question];
    expect(tcpSocket ? 'TCP' : (httpGet.scheme ?? 'HTTP')).toBe(asked);
    expect((tcpSocket ?? httpGet).port).toBe(name);
  }
});

test('what is said of a port comes before what is known of its number', () => {
  const portsOf = (more: object) => {
    const objects = objectsOf(more);
    const { name, appProtocol } = byKind(objects, 'Service').spec.ports[0];
    return [name, appProtocol, podOf(objects).spec.containers[0].readinessProbe.httpGet ? 'HTTP' : 'TCP'];
  };
  expect(portsOf({ port: 5432, portName: 'http' })).toEqual(['http', 'http', 'HTTP']);
  expect(portsOf({ port: 8080, portName: 'redis-cache' })).toEqual(['redis-cache', 'redis', 'TCP']);
  expect(portsOf({ port: 8080, portName: 'game' })).toEqual(['game', undefined, 'HTTP']);
  expect(portsOf({ port: 8080, appProtocol: 'kubernetes.io/h2c' })).toEqual([
    'http',
    'kubernetes.io/h2c',
    'TCP',
  ]);
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

test('what a command and an environment say arrives byte for byte, unless it says that it holds variables', () => {
  const [app] = podOf(
    objectsOf({
      env: { PASSWORD: 'pa$$word', NAME: '$(HOSTNAME)', URL: { withVariables: 'http://$(POD_IP)' } },
      command: ['sh', '-c', 'echo $(date)'],
      args: [{ withVariables: '--ip=$(POD_IP)' }],
    }),
  ).spec.containers;
  const given = app.env.map((one: Any) => one.value);
  // Kubernetes makes one `$` of two, and looks for variables behind a single one only.
  expect(given).toEqual(['pa$$$$word', '$$(HOSTNAME)', 'http://$(POD_IP)']);
  expect([...app.command, ...app.args]).toEqual(['sh', '-c', 'echo $$(date)', '--ip=$(POD_IP)']);
});

test('what a probe says arrives byte for byte as well; blocks of Kubernetes are passed on as they are', () => {
  const raw = { name: 'raw', image: 'a:1', command: ['$(A)', '$$'], env: [{ name: 'A', value: '$(B)' }] };
  const exec = Probe.exec(['sh', '-c', 'test $(date)', { withVariables: '$(POD_IP)' }]);
  const { containers, initContainers } = podOf(
    objectsOf({
      probes: { startup: false, liveness: exec, readiness: exec },
      sidecars: [raw],
      initContainers: [{ ...raw, name: 'first' }],
      extraEnv: [{ name: 'ONE', value: '$(B)' }],
    }),
  ).spec;
  const [app, sidecar] = containers;
  expect(app.livenessProbe.exec.command).toEqual(['sh', '-c', 'test $$(date)', '$(POD_IP)']);
  expect(app.readinessProbe).toEqual(app.livenessProbe);
  expect(app.env).toEqual([{ name: 'ONE', value: '$(B)' }]);
  expect([sidecar, ...initContainers]).toMatchObject([raw, { ...raw, name: 'first' }]);
});

test('a word of a command that may be absent is left out, and arrives byte for byte where it is there', () => {
  const values = defineValues({
    debug: value.boolean({ default: true, doc: 'Says more' }),
    extra: value.list(value.string({ doc: 'One' }), { default: ['$(A)'], doc: 'More' }),
    level: value.string({ optional: true, doc: 'Level' }),
  });
  const shop = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'test', values });
  const { debug, extra, level } = values;
  new SecureService(shop, 'api', { ...REQUIRED, args: [debug.then('--debug=$1'), level, ...extra] });
  const argsOf = (given: JsonObject) =>
    podOf(Testing.synth(shop, { values: given }) as JsonObject[]).spec.containers[0].args;
  expect(argsOf({})).toEqual(['--debug=$$1', '$$(A)']);
  expect(argsOf({ debug: false, level: '$' })).toEqual(['$$', '$$(A)']);
});

test('a word of what a probe runs may be absent', () => {
  const values = defineValues({ strict: value.boolean({ default: false, doc: 'Asks for more' }) });
  const shop = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'test', values });
  const readiness = Probe.exec(['ready', values.strict.then('--strict')]);
  new SecureService(shop, 'api', { ...REQUIRED, probes: { readiness } });
  const asked = (given: JsonObject) =>
    podOf(Testing.synth(shop, { values: given }) as JsonObject[]).spec.containers[0].readinessProbe.exec;
  expect(asked({})).toEqual({ command: ['ready'] });
  expect(asked({ strict: true })).toEqual({ command: ['ready', '--strict'] });
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
  const objects = objectsOf({ labels: { team: 'a', 'app.kubernetes.io/component': 'other' }, replicas: 2 });
  for (const { metadata } of objects as Any[]) {
    expect(metadata.labels).toMatchObject({ team: 'a', 'app.kubernetes.io/component': 'api' });
  }
  expect(podOf(objects).metadata.labels).toMatchObject({ team: 'a', 'app.kubernetes.io/component': 'api' });
});

test('the Service has the name that is asked for, and who points at it knows', () => {
  const shop = chart();
  const ingress = { host: 'shop.example.com', tls: { secretName: 'cert' } };
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
