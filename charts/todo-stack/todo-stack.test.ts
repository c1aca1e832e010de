import { App, Testing } from '../../core/synth';
import {
  AiAgentChart,
  BackendChart,
  FrontendChart,
  McpServerChart,
  TodoSecretsChart,
  TodoStackChart,
} from '.';
import { deliveredStack } from './testing-only/delivered-stack';

// biome-ignore lint/suspicious/noExplicitAny: a test reads rendered objects as what they are
type Any = any;

function stack(options: Any = {}): Any[] {
  return Testing.synth(new TodoStackChart(Testing.app()), options) as Any[];
}

function find(objects: Any[], kind: string, name: string): Any {
  return objects.find((one) => one.kind === kind && one.metadata.name === name);
}

const containerOf = (objects: Any[], service: string): Any =>
  find(objects, 'Deployment', `todo-app-${service}`).spec.template.spec.containers[0];

/** The plan's table, and the variables that it lacks. */
const TABLE: readonly (readonly [
  variable: string,
  services: readonly string[],
  from: 'Secret' | 'ConfigMap',
])[] = [
  ['DATABASE_URL', ['backend'], 'Secret'],
  ['BETTER_AUTH_SECRET', ['frontend', 'backend'], 'Secret'],
  ['BETTER_AUTH_URL', ['backend'], 'ConfigMap'],
  ['OPENAI_API_KEY', ['ai-agent'], 'Secret'],
  ['BACKEND_URL', ['frontend', 'mcp-server'], 'ConfigMap'],
  ['MCP_SERVER_URL', ['ai-agent'], 'ConfigMap'],
  ['AI_AGENT_URL', ['backend'], 'ConfigMap'],
  ['TRUSTED_PROXIES', ['frontend'], 'ConfigMap'],
  ['OPENAI_BASE_URL', ['ai-agent'], 'ConfigMap'],
  ['OPENAI_MODEL', ['ai-agent'], 'ConfigMap'],
];

test('each service has the variables of the table, from where the table says, and no other', () => {
  const objects = stack();
  const found = ['frontend', 'backend', 'mcp-server', 'ai-agent'].flatMap((service) =>
    containerOf(objects, service).env.map(
      ({ name, valueFrom }: Any) => `${name} ${service} ${valueFrom.secretKeyRef ? 'Secret' : 'ConfigMap'}`,
    ),
  );
  const wanted = TABLE.flatMap(([name, services, from]) => services.map((one) => `${name} ${one} ${from}`));
  expect(found.sort()).toEqual(wanted.sort());
});

test('addresses lead to the Services, by name and port', () => {
  const objects = stack();
  const places = objects
    .filter(({ kind }) => kind === 'Service')
    .map(({ metadata, spec }) => [`http://${metadata.name}:${spec.ports[0].port}`, spec.type]);
  expect(Object.fromEntries(places)).toEqual({
    'http://frontend-svc:3000': 'ClusterIP',
    'http://backend-svc:8000': 'ClusterIP',
    'http://mcp-svc:8001': 'ClusterIP',
    'http://ai-svc:8002': 'ClusterIP',
  });
  const urls = objects
    .filter(({ kind }) => kind === 'ConfigMap')
    .flatMap(({ data }) => Object.entries(data))
    .filter(([key]) => key.endsWith('_URL') && !['BETTER_AUTH_URL', 'OPENAI_BASE_URL'].includes(key));
  for (const [, url] of urls) expect(places.map(([place]) => place)).toContain(url);
  const { type, ports } = find(stack({ env: 'dev' }), 'Service', 'frontend-svc').spec;
  expect([type, ports[0].nodePort]).toEqual(['NodePort', 30000]);
});

test('resources and image tags are those of the plan', () => {
  const objects = stack();
  const of = (service: string) => {
    const { image, resources } = containerOf(objects, service);
    return [image, resources.requests.cpu, resources.limits.memory];
  };
  expect(of('frontend')).toEqual(['todo-frontend:1.0.0-abc1234', '200m', '256Mi']);
  expect(of('backend')).toEqual(['todo-backend:1.0.0-abc1234', '500m', '512Mi']);
  expect(() => stack({ values: { backend: { image: { tag: 'latest' } } } })).toThrow(/backend\.image\.tag/);
});

test('two stacks know each other apart, and charts installed one by one know each other', () => {
  const label = 'todo.drydock.dev/stack';
  const labelIn = (chart: Any, options: Any) =>
    (Testing.synth(chart, options) as Any[]).find(({ kind }) => kind === 'Deployment').spec.template.metadata
      .labels[label];
  expect(labelIn(new TodoStackChart(Testing.app()), { release: { name: 'second' } })).toBe('second');
  for (const Alone of [FrontendChart, BackendChart, McpServerChart, AiAgentChart])
    expect(labelIn(new Alone(Testing.app()), { values: { global: { stack: 'todo' } } })).toBe('todo');
});

test('the whole internet means no private network, a named range means the range', () => {
  const blocks = (values: Any) =>
    find(stack({ values }), 'NetworkPolicy', 'todo-app-ai-agent').spec.egress.flatMap(({ to }: Any) =>
      to.flatMap(({ ipBlock }: Any) => (ipBlock ? [ipBlock] : [])),
    );
  const onNodes = [{ cidr: '169.254.20.10/32' }, { cidr: '169.254.169.254/32' }];
  expect(blocks({})).toEqual([
    ...onNodes,
    { cidr: '0.0.0.0/0', except: expect.arrayContaining(['10.0.0.0/8', '169.254.0.0/16']) },
    { cidr: '::/0', except: expect.arrayContaining(['fc00::/7', 'fe80::/10']) },
  ]);
  const named = blocks({ 'ai-agent': { model: { cidr: '203.0.113.7/32' } } });
  expect(named).toEqual([...onNodes, { cidr: '203.0.113.7/32' }]);
  const ofIpv6 = blocks({ 'ai-agent': { model: { cidr: '2001:db8::7/128' } } });
  expect(ofIpv6).toEqual([...onNodes, { cidr: '2001:db8::7/128' }]);
  expect(blocks({ global: { dns: { nodeRanges: ['10.9.0.10/32'] } } })).toContainEqual({
    cidr: '10.9.0.10/32',
  });
});

test('load balancers outside of the cluster reach the frontend only where their addresses are named', () => {
  const ingress = (values: Any) =>
    JSON.stringify(find(stack({ values }), 'NetworkPolicy', 'todo-app-frontend').spec.ingress);
  const prod = { ingress: { enabled: true } };
  expect(ingress({ frontend: prod })).not.toContain('ipBlock');
  const controllerRanges = ['35.191.0.0/16', '130.211.0.0/22'];
  expect(ingress({ frontend: { ...prod, ingress: { enabled: true, controllerRanges } } })).toContain(
    '"from":[{"ipBlock":{"cidr":"35.191.0.0/16"}},{"ipBlock":{"cidr":"130.211.0.0/22"}}],"ports":[{"port":3000,"protocol":"TCP"}]',
  );
});

test('the programs run as the user of the plan, which is a value', () => {
  const users = (values: Any) =>
    stack({ values })
      .filter(({ kind }) => kind === 'Deployment')
      .map(({ spec }) => spec.template.spec.securityContext.runAsUser);
  expect(users({})).toEqual([1000, 1000, 1000, 1000]);
  expect(users({ global: { user: 10001 } })).toEqual([10001, 10001, 10001, 10001]);
});

test('a default install opens no port on the nodes, so a cluster takes more than one', () => {
  expect(JSON.stringify(stack())).not.toContain('nodePort');
  expect(JSON.stringify(stack({ env: 'prod' }))).not.toContain('nodePort');
});

test('helm test asks every service', () => {
  const objects = stack({ release: { service: 'Helm' } });
  const asked = objects
    .filter(({ kind }) => kind === 'Pod')
    .map(({ spec }) => spec.containers[0].command.at(-1));
  expect(asked.sort()).toEqual([
    'http://ai-svc:8002/health',
    'http://backend-svc:8000/health',
    'http://frontend-svc:3000/health',
    'http://mcp-svc:8001/health',
  ]);
});

test('production has three pods at least, a budget, an autoscaler and an ingress with TLS; a machine has none of it', () => {
  const count = (env: string, kind: string) => stack({ env }).filter((one) => one.kind === kind).length;
  for (const kind of ['HorizontalPodAutoscaler', 'PodDisruptionBudget']) {
    expect(count('prod', kind)).toBe(4);
    expect(count('dev', kind)).toBe(0);
  }
  const autoscaler = find(stack({ env: 'prod' }), 'HorizontalPodAutoscaler', 'todo-app-backend');
  expect(autoscaler.spec.minReplicas).toBe(3);
  const { spec } = find(stack({ env: 'prod' }), 'Ingress', 'todo-app-frontend');
  expect(spec.tls).toEqual([{ hosts: ['todo.example.com'], secretName: 'todo-tls' }]);
  expect(containerOf(stack({ env: 'dev' }), 'backend').imagePullPolicy).toBe('Never');
});

test('the operator is asked for the Secret that production names, with every key', () => {
  const [secret] = Testing.synth(new TodoSecretsChart(new App({ outdir: 'unused' }))) as Any[];
  const named = containerOf(stack({ env: 'prod' }), 'backend').env[0].valueFrom.secretKeyRef.name;
  expect([secret.kind, secret.spec.target.name]).toEqual(['ExternalSecret', named]);
  const wanted = TABLE.filter(([, , from]) => from === 'Secret').map(([name]) => name);
  expect(secret.spec.data.map(({ secretKey }: Any) => secretKey).sort()).toEqual(wanted.sort());
});

test('a Job of the release brings the database to what the backend expects, with no more than its address', () => {
  const jobs = (options: Any) => stack(options).filter(({ kind }) => kind === 'Job');
  const [{ metadata, spec }] = jobs({ values: { backend: { image: { tag: '1.2.3-abcdef0' } } } });
  expect(metadata.name).toMatch(/^todo-app-backend-migrate-[0-9a-f]{10}$/);
  const pod = spec.template.spec;
  expect(pod.containers[0]).toMatchObject({
    image: 'todo-backend:1.2.3-abcdef0',
    command: ['node', '/app/todo-backend/main.js', 'migrate'],
  });
  expect(pod.containers[0].env.map(({ name }: Any) => name)).toEqual(['DATABASE_URL']);
  expect(pod.securityContext.runAsUser).toBe(1000);
  expect(jobs({ values: { backend: { migration: { enabled: false } } } })).toEqual([]);
  const command = ['alembic', 'upgrade', 'head'];
  const [other] = jobs({ values: { backend: { migration: { command } } } });
  expect(other.spec.template.spec.containers[0].command).toEqual(command);
});

describe('the database of a first try', () => {
  const withIt = (more: Any = {}) => stack({ values: { postgres: { enabled: true, ...more } } });
  const databaseOf = (objects: Any[]) => objects.filter(({ metadata }) => /postgres/.test(metadata.name));

  test('is not there unless it is asked for', () => {
    expect(databaseOf(stack())).toEqual([]);
    expect(databaseOf(stack({ env: 'prod' }))).toEqual([]);
    expect(databaseOf(withIt()).map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'ServiceAccount todo-app-postgres',
      'StatefulSet todo-app-postgres',
      'Service postgres-svc',
      'Service todo-app-postgres-pods',
      'NetworkPolicy todo-app-postgres',
      'NetworkPolicy todo-app-postgres-from-backend',
      'NetworkPolicy todo-app-postgres-from-migrate',
    ]);
  });

  test('is one pod with a volume, made with the names that the address has', () => {
    const { spec } = find(
      withIt({ storage: { size: '5Gi', className: 'fast' } }),
      'StatefulSet',
      'todo-app-postgres',
    );
    expect(spec.replicas).toBe(1);
    expect(spec.volumeClaimTemplates[0].spec).toMatchObject({
      storageClassName: 'fast',
      resources: { requests: { storage: '5Gi' } },
    });
    const [container] = spec.template.spec.containers;
    const texts = container.env.filter(({ value }: Any) => value !== undefined);
    expect(Object.fromEntries(texts.map(({ name, value }: Any) => [name, value]))).toEqual({
      POSTGRES_USER: 'todo',
      POSTGRES_DB: 'todo',
      PGDATA: '/var/lib/postgresql/data/pgdata',
    });
    expect(container.readinessProbe.exec.command[0]).toBe('pg_isready');
  });

  test('is reached by the backend and its migration, and by nobody else', () => {
    const objects = withIt();
    const stackOnly = { 'todo.drydock.dev/stack': 'todo-app' };
    const { ingress, egress } = find(objects, 'NetworkPolicy', 'todo-app-postgres').spec;
    const callers = ingress.flatMap(({ from }: Any) =>
      from.map(({ podSelector }: Any) => podSelector.matchLabels),
    );
    expect(callers).toEqual(
      ['backend', 'migrate'].map((one) => ({ 'app.kubernetes.io/component': one, ...stackOnly })),
    );
    expect(egress).toEqual([]);
    // Both ends say the same of whom they mean, and there are such pods.
    const labelsOf = (kind: string, name: RegExp) =>
      objects.find((one) => one.kind === kind && name.test(one.metadata.name)).spec.template.metadata.labels;
    const ways = ['backend', 'migrate'].map(
      (one) => find(objects, 'NetworkPolicy', `todo-app-postgres-from-${one}`).spec,
    );
    expect(ways.map(({ podSelector }) => podSelector.matchLabels)).toEqual(callers);
    expect(labelsOf('Deployment', /backend$/)).toMatchObject(callers[0]);
    expect(labelsOf('Job', /migrate/)).toMatchObject(callers[1]);
    for (const { policyTypes, egress: to } of ways) {
      expect([policyTypes, to[0].ports]).toEqual([['Egress'], [{ port: 5432, protocol: 'TCP' }]]);
      expect(labelsOf('StatefulSet', /postgres/)).toMatchObject(to[0].to[0].podSelector.matchLabels);
    }
  });
});

test('comes to these objects', () => {
  const names = stack().map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  expect(names.filter((name) => !/backend|mcp|ai-/.test(name)).join('\n')).toMatchInlineSnapshot(`
"ConfigMap todo-app-frontend-settings
ServiceAccount todo-app-frontend
Deployment todo-app-frontend
Service frontend-svc
NetworkPolicy todo-app-frontend"
`);
  expect(names).toHaveLength(22);
});

describe('delivered step by step', () => {
  const delivered = (options: Any = {}): Any[] =>
    Testing.synth(deliveredStack(Testing.app()), options) as Any[];

  test('the services that a program names are Rollouts, with what measures them beside, and the others stay Deployments', () => {
    const objects = delivered({ values: { backend: { image: { tag: '1.2.3-abcdef0' }, replicas: 4 } } });
    const workloads = objects.filter(({ kind }) => ['Deployment', 'Rollout'].includes(kind));
    expect(workloads.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort()).toEqual([
      ...['Deployment todo-app-ai-agent', 'Deployment todo-app-mcp-server'],
      ...['Rollout todo-app-backend', 'Rollout todo-app-frontend'],
    ]);
    const { replicas, strategy, template } = find(objects, 'Rollout', 'todo-app-backend').spec;
    expect([replicas, template.spec.containers[0].image]).toEqual([4, 'todo-backend:1.2.3-abcdef0']);
    expect(strategy.canary.steps[1].analysis).toEqual({
      templates: [{ templateName: 'todo-app-backend-errors' }],
      args: [{ name: 'version', value: '1.2.3-abcdef0' }],
    });
    expect(find(objects, 'AnalysisTemplate', 'todo-app-backend-errors')).toBeDefined();
    expect(JSON.stringify(find(objects, 'NetworkPolicy', 'todo-app-backend').spec.ingress)).toContain(
      '"kubernetes.io/metadata.name":"monitoring"',
    );
    expect(find(objects, 'Service', 'frontend-svc-preview')).toBeDefined();
  });

  test('all else of the stack is as without it', () => {
    const plain = stack();
    const both = (objects: Any[]) =>
      objects
        .filter(({ kind }) => !['Deployment', 'Rollout', 'AnalysisTemplate'].includes(kind))
        .filter(({ metadata }) => !['frontend-svc-preview', 'todo-app-backend'].includes(metadata.name));
    expect(both(delivered())).toEqual(both(plain));
  });

  test.each([
    ['no delivery', 'soon'],
    ['no step of one', () => ({ canary: { steps: [{ wait: 1 }] } })],
  ])('%s is refused where the service is', (_, delivery: Any) => {
    const make = () => new TodoStackChart(Testing.app(), 'todo-app', { backend: { delivery } });
    expect(make).toThrow(/backend.* delivery.*: found/);
  });
});
