import { check, describeFindings } from './check';
import type { KubeObjectJson, RuleId } from './finding';
import { type Any, container, sound } from './testing-only/sound';

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
    'null-entry',
    'an entry that the server reads as an empty one',
    (o) => {
      o.autoscaler.metadata.finalizers = [null];
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

test('rules about a kind of Kubernetes leave a custom resource of the same name alone', () => {
  const route = {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name: 'a' },
    spec: { selector: 5 },
  };
  expect(check([route])).toEqual([]);
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
