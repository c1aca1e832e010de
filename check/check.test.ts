import { check, describeFindings } from './check';
import type { KubeObjectJson, RuleId, Waiver } from './finding';

// biome-ignore lint/suspicious/noExplicitAny: each case changes one place of nested JSON
type Any = any;

/** A service as it should be: nothing to find. */
function sound(): Any {
  const labels = { app: 'api' };
  return {
    deployment: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'api' },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
            containers: [
              {
                name: 'app',
                image: 'example.com:5000/api:1',
                ports: [{ name: 'http', containerPort: 8080 }],
                env: [
                  { name: 'LEVEL', value: 'info' },
                  { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'secret', key: 'password' } } },
                ],
                envFrom: [{ configMapRef: { name: 'maybe', optional: true } }],
                readinessProbe: { httpGet: { path: '/', port: 'http' } },
                securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
              },
            ],
          },
        },
      },
    },
    service: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'api' },
      spec: { selector: labels, ports: [{ port: 80, targetPort: 'http' }] },
    },
    secret: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'secret' }, stringData: { password: 'x' } },
    budget: {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'api' },
      spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
    },
    autoscaler: {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'api' },
      spec: { scaleTargetRef: { kind: 'Deployment', name: 'api' }, maxReplicas: 3 },
    },
    policy: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'api' },
      spec: {
        podSelector: { matchLabels: labels },
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ podSelector: { matchLabels: labels } }], ports: [{ port: 8080 }] }],
      },
    },
  };
}

const container = (objects: Any): Any => objects.deployment.spec.template.spec.containers[0];

test('nothing is found in a service that is as it should be', () => {
  expect(check(Object.values(sound()))).toEqual([]);
});

const broken: readonly [RuleId, string, (objects: Any) => void][] = [
  [
    'pod-security',
    'a pod that may be root',
    (o) => {
      o.deployment.spec.template.spec.securityContext.runAsNonRoot = false;
    },
  ],
  [
    'api-schema',
    'a selector with another label',
    (o) => {
      o.deployment.spec.selector.matchLabels = { app: 'other' };
    },
  ],
  [
    'probe-port',
    'a probe of a port name that is not there',
    (o) => {
      container(o).readinessProbe.httpGet.port = 'web';
    },
  ],
  [
    'service-port',
    'a Service to a port name that is not there',
    (o) => {
      o.service.spec.ports = [
        { name: 'web', port: 80, targetPort: 'http' },
        { name: 'admin', port: 81, targetPort: 'admin' },
      ];
    },
  ],
  [
    'service-without-pods',
    'a Service that selects no pod',
    (o) => {
      o.service.spec.selector = { app: 'other' };
    },
  ],
  [
    'unreachable-service',
    'a policy that lets nothing in',
    (o) => {
      o.policy.spec.ingress = [];
    },
  ],
  [
    'unreachable-service',
    'a policy that opens another port',
    (o) => {
      o.policy.spec.ingress[0].ports = [{ port: 1 }];
    },
  ],
  [
    'pdb-blocks-drain',
    'maxUnavailable 0',
    (o) => {
      o.budget.spec.maxUnavailable = 0;
    },
  ],
  [
    'pdb-blocks-drain',
    'minAvailable as many as there are',
    (o) => {
      delete o.autoscaler;
      o.deployment.spec.replicas = 2;
      o.budget.spec = { minAvailable: 2, selector: o.budget.spec.selector };
    },
  ],
  [
    'hpa-with-replicas',
    'replicas beside an autoscaler',
    (o) => {
      o.deployment.spec.replicas = 2;
    },
  ],
  [
    'pdb-blocks-drain',
    'minAvailable 1 of the one replica that there is by default',
    (o) => {
      delete o.autoscaler;
      o.budget.spec = { minAvailable: 1, selector: o.budget.spec.selector };
    },
  ],
  [
    'pdb-blocks-drain',
    'a percentage that rounds up to all of the replicas of an autoscaler',
    (o) => {
      o.autoscaler.spec.minReplicas = 2;
      o.budget.spec = { minAvailable: '51%', selector: o.budget.spec.selector };
    },
  ],
  [
    'zero-limit',
    'a limit of zero',
    (o) => {
      container(o).resources = { limits: { memory: '0Mi', cpu: 1 } };
    },
  ],
  [
    'no-time-to-end',
    'a hook that sleeps for all of the time that there is',
    (o) => {
      container(o).lifecycle = { preStop: { exec: { command: ['sh', '-c', 'sleep 30'] } } };
    },
  ],
  [
    'no-time-to-end',
    'a sleep as long as the time to end',
    (o) => {
      o.deployment.spec.template.spec.terminationGracePeriodSeconds = 5;
      container(o).lifecycle = { preStop: { sleep: { seconds: 5 } } };
    },
  ],
  [
    'duplicate-env',
    'a variable twice',
    (o) => {
      container(o).env.push({ name: 'LEVEL', value: 'debug' });
    },
  ],
  [
    'secret-in-env',
    'a password in plain text',
    (o) => {
      container(o).env.push({ name: 'DB_PASSWORD', value: 'x' });
    },
  ],
  [
    'secret-in-env',
    'a password in an address',
    (o) => {
      container(o).env.push({ name: 'DB', value: 'pg://u:p@db/x' });
    },
  ],
  [
    'latest-tag',
    'no tag',
    (o) => {
      container(o).image = 'example.com:5000/api';
    },
  ],
  [
    'latest-tag',
    'the tag latest',
    (o) => {
      container(o).image = 'api:latest';
    },
  ],
  [
    'policy-names-nobody',
    'a policy whose peer selects no pod',
    (o) => {
      o.policy.spec.ingress[0].from.push({ podSelector: { matchLabels: { app: 'old' } } });
    },
  ],
  [
    'missing-key',
    'a key that the Secret does not have',
    (o) => {
      container(o).env[1].valueFrom.secretKeyRef.key = 'pass';
    },
  ],
  [
    'missing-key',
    'a Secret that nothing provides',
    (o) => {
      delete o.secret;
    },
  ],
  [
    'missing-key',
    'a volume of a ConfigMap that nothing provides',
    (o) => {
      o.deployment.spec.template.spec.volumes = [{ name: 'config', configMap: { name: 'none' } }];
    },
  ],
];

test.each(broken)('%s finds %s, and nothing else does', (rule, _, breakIt) => {
  const objects = sound();
  breakIt(objects);
  const rules = new Set(check(Object.values(objects) as KubeObjectJson[]).map((finding) => finding.rule));
  expect([...rules]).toEqual([rule]);
});

test('a Secret that others provide is looked up, its keys too, and never complained of', () => {
  const { secret, ...objects } = sound();
  const provided = [secret, { ...objects.deployment, metadata: { name: 'other' }, spec: {} }];
  expect(check(Object.values(objects), { provided })).toEqual([]);
  const withoutKey = { ...secret, stringData: { user: 'x' } };
  expect(check(Object.values(objects), { provided: [withoutKey] })).toMatchObject([{ rule: 'missing-key' }]);
});

test('a policy may name the pods that others install', () => {
  const objects = sound();
  const client = { app: 'client' };
  objects.policy.spec.ingress[0].from.push({ podSelector: { matchLabels: client } });
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'client', labels: client },
    spec: { containers: [{ name: 'app', image: 'client:1' }] },
  };
  expect(check(Object.values(objects))).toMatchObject([{ rule: 'policy-names-nobody' }]);
  expect(check(Object.values(objects), { provided: [pod] })).toEqual([]);
});

test('a finding says which object, which field, why, and what to do', () => {
  const objects = sound();
  container(objects).image = 'api';
  expect(check(Object.values(objects))).toEqual([
    {
      rule: 'latest-tag',
      object: 'Deployment/api',
      field: 'spec.template.spec.containers[0].image',
      why: expect.stringContaining('"api"'),
      fix: expect.stringMatching(/\.$/),
    },
  ]);
});

test('a waiver takes its finding away, and one that waives nothing is found', () => {
  const objects = sound();
  container(objects).image = 'api';
  const waiver = { rule: 'latest-tag', object: 'Deployment/api', reason: 'built on this machine' } as const;
  expect(check(Object.values(objects), { waivers: [waiver] })).toEqual([]);
  expect(check(Object.values(sound()), { waivers: [waiver] })).toMatchObject([{ rule: 'waiver-unused' }]);
});

const stillSound: readonly [string, (objects: Any) => void][] = [
  [
    'a probe of a port number that no container declares',
    (o) => {
      container(o).readinessProbe.httpGet.port = 9090;
    },
  ],
  [
    'a Service to a port number that no container declares',
    (o) => {
      o.service.spec.ports = [{ port: 80, targetPort: 8080 }];
      container(o).ports = [{ name: 'metrics', containerPort: 9090 }];
      container(o).readinessProbe.httpGet.port = 8080;
    },
  ],
  [
    'an address whose password is another variable',
    (o) => {
      container(o).env.push({ name: 'DB', value: 'postgres://app:$(PASSWORD)@db' });
    },
  ],
  [
    'how long a token lives',
    (o) => {
      container(o).env.push({ name: 'TOKEN_TTL', value: '3600' }, { name: 'SECRET_FILE', value: '/run/x' });
    },
  ],
  [
    'a token that is another variable',
    (o) => {
      container(o).env.push({ name: 'TOKEN', value: '$(PASSWORD)' });
    },
  ],
  [
    'a percentage that leaves one pod to go',
    (o) => {
      o.autoscaler.spec.minReplicas = 2;
      o.budget.spec = { minAvailable: '50%', selector: o.budget.spec.selector };
    },
  ],
  [
    'a sleep shorter than the time to end',
    (o) => {
      container(o).lifecycle = { preStop: { sleep: { seconds: 5 } } };
    },
  ],
];

test.each(stillSound)('%s is no fault', (_, change) => {
  const objects = sound();
  change(objects);
  expect(check(Object.values(objects))).toEqual([]);
});

test('an image of a registry with a port and without a tag is not pinned', () => {
  const objects = sound();
  container(objects).image = 'localhost:5000/repo';
  expect(check(Object.values(objects))).toMatchObject([{ rule: 'latest-tag' }]);
});

test('a waiver is for the object of one namespace', () => {
  const pod = (namespace?: string) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'one', namespace },
    spec: { containers: [{ name: 'app', image: 'api' }] },
  });
  const options = { level: 'privileged' } as const;
  const waiver = { rule: 'latest-tag', object: 'Pod/one', reason: 'built on this machine' } as const;
  const inBlue = { ...waiver, namespace: 'blue' };
  const all = [pod(), pod('blue'), pod('green')];
  expect(check(all, { ...options, waivers: [waiver] })).toMatchObject([
    { rule: 'latest-tag', namespace: 'blue' },
    { rule: 'latest-tag', namespace: 'green' },
  ]);
  expect(check(all, { ...options, waivers: [waiver, inBlue] })).toMatchObject([{ namespace: 'green' }]);
  expect(check([pod('blue')], { ...options, waivers: [inBlue] })).toEqual([]);
  expect(check([pod('blue')], { ...options, waivers: [waiver] })).toMatchObject([
    { rule: 'latest-tag' },
    { rule: 'waiver-unused', fix: 'Remove the waiver, or say "namespace": "blue" in it.' },
  ]);
});

test('rules about a kind of Kubernetes leave a custom resource of the same name alone', () => {
  const route = {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name: 'a' },
    spec: { selector: 5 },
  };
  expect(check([route])).toEqual([]);
});

test('a waiver takes away its rule at its object alone: not the rule elsewhere, and not the object`s other faults', () => {
  const objects = sound();
  const [container] = objects.deployment.spec.template.spec.containers;
  container.image = 'example.com:5000/api:latest';
  const other = structuredClone(objects.deployment);
  other.metadata.name = 'worker';
  const all = [...Object.values(objects), other];
  const latest = check(all).filter(({ rule }) => rule === 'latest-tag');
  expect(latest.map(({ object }) => object).sort()).toEqual(['Deployment/api', 'Deployment/worker']);
  const waived = (rule: Waiver['rule'], object: string) =>
    check(all, { waivers: [{ rule, object, reason: 'built on this machine' }] });
  expect(waived('latest-tag', 'Deployment/worker').filter(({ rule }) => rule === 'latest-tag')).toMatchObject(
    [{ object: 'Deployment/api' }],
  );
  // A waiver of a fault that neither has tells that, and no other place where it might be meant.
  expect(waived('pod-security', 'Deployment/api').find(({ rule }) => rule === 'waiver-unused')).toMatchObject(
    {
      fix: 'Remove the waiver.',
    },
  );
});

test('only a List has items: another object with such a field is itself', () => {
  const odd = { apiVersion: 'example.com/v1', kind: 'Basket', metadata: { name: 'b' }, items: [null] };
  expect(check([odd])).toEqual([]);
});

test('a field that is null is one that is not there, also in a list, as the server reads it', () => {
  const objects = sound();
  objects.deployment.spec.replicas = null;
  objects.budget.spec = { maxUnavailable: 0, minAvailable: null, selector: objects.budget.spec.selector };
  container(objects).env.push({ name: 'EMPTY', value: null });
  container(objects).resources = { limits: null };
  objects.service.spec.ports[0].nodePort = null;
  expect(check(Object.values(objects)).map(({ rule }) => rule)).toEqual(['pdb-blocks-drain']);
  objects.budget.spec = { maxUnavailable: null, minAvailable: null, selector: objects.budget.spec.selector };
  expect(check(Object.values(objects))).toEqual([]);
});

test('the objects of a List are held as if they were alone, and so is what others provide in one', () => {
  const listOf = (...items: unknown[]) => ({ apiVersion: 'v1', kind: 'List', items });
  const objects = sound();
  container(objects).image = 'api';
  const { secret, ...others } = objects;
  const list = listOf(...Object.values(others));
  expect(check([list]).map(({ rule }) => rule)).toEqual(['latest-tag', 'missing-key']);
  expect(check([list], { provided: [listOf(secret)] }).map(({ rule }) => rule)).toEqual(['latest-tag']);
});

test('what others provide and is broken is passed over', () => {
  const { secret, ...objects } = sound();
  const provided = [{ ...secret, stringData: 5 }];
  expect(check(Object.values(objects), { provided })).toMatchObject([{ rule: 'missing-key' }]);
});

test('without a level the pods are held to restricted', () => {
  const objects = sound();
  objects.deployment.spec.template.spec.securityContext.runAsNonRoot = false;
  const rules = (options?: Parameters<typeof check>[1]) =>
    check(Object.values(objects), options).map(({ rule }) => rule);
  expect(rules()).toContain('pod-security');
  expect(rules({ level: 'restricted' })).toEqual(rules());
  expect(rules({ level: 'baseline' })).toEqual([]);
});

test('a waiver that waives nothing is told as itself, also where another one is used', () => {
  const objects = sound();
  container(objects).image = 'api';
  const reason = 'built on this machine';
  const used = { rule: 'latest-tag', object: 'Deployment/api', reason } as const;
  const unused = { rule: 'zero-limit', object: 'Deployment/api', namespace: 'shop', reason } as const;
  expect(check(Object.values(objects), { waivers: [used, unused] })).toEqual([
    {
      rule: 'waiver-unused',
      object: 'Deployment/api',
      namespace: 'shop',
      field: 'zero-limit',
      why: expect.stringContaining('waives nothing'),
      fix: 'Remove the waiver.',
    },
  ]);
  const elsewhere = { ...used, namespace: 'shop' } as const;
  expect(check(Object.values(objects), { waivers: [elsewhere] })).toMatchObject([
    { rule: 'latest-tag' },
    { rule: 'waiver-unused', fix: 'Remove the waiver, or say no namespace in it.' },
  ]);
});

test('findings are told one a paragraph: the object, its namespace where it names one, field, rule, why, what to do', () => {
  const finding = {
    rule: 'latest-tag',
    object: 'Pod/a',
    field: 'spec.image',
    why: 'It moves.',
    fix: 'Pin it.',
  } as const;
  expect(describeFindings([])).toBe('');
  expect(describeFindings([finding, { ...finding, namespace: 'shop' }])).toBe(
    'Pod/a spec.image [latest-tag]\n  It moves.\n  Pin it.\n\n' +
      'Pod/a in shop spec.image [latest-tag]\n  It moves.\n  Pin it.\n',
  );
});

test('what is no whole object is named by as much as there is of it', () => {
  const named = (object: unknown) => check([object]).map((finding) => [finding.object, finding.namespace])[0];
  expect(named({ kind: 'Pod' })).toEqual(['Pod/', undefined]);
  expect(named({ metadata: { name: 'a', namespace: 'b' } })).toEqual(['(no kind)/a', 'b']);
  expect(named({ kind: 5, metadata: { name: 5, namespace: 5 } })).toEqual(['(no kind)/', undefined]);
  expect(named(null)).toEqual(['(no kind)/', undefined]);
});
