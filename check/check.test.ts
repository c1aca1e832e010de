import { check } from './check';
import type { KubeObjectJson, RuleId } from './finding';

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
    'selector-mismatch',
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
    'probe-port',
    'a probe of a port number that is not there',
    (o) => {
      container(o).readinessProbe.httpGet.port = 9090;
    },
  ],
  [
    'service-port',
    'a Service to a port that is not there',
    (o) => {
      o.service.spec.ports.push({ port: 81, targetPort: 81 });
    },
  ],
  [
    'service-without-pods',
    'a Service that selects nobody',
    (o) => {
      o.service.spec.selector = { app: 'other' };
    },
  ],
  [
    'unreachable-service',
    'a policy that lets nobody in',
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
    'a policy whose peer is nobody',
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
  const pod = { kind: 'Pod', metadata: { name: 'client', labels: client }, spec: { containers: [{}] } };
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
