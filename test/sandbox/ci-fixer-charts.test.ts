import { CiFixerAdminChart, CiFixerChart, ciFixerSandbox, ciFixerValues } from '../../charts';
import { Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { readTemplate, TEMPLATE_ANNOTATION } from '../../sandbox/spec';

type Kind =
  | 'ConfigMap'
  | 'Namespace'
  | 'Deployment'
  | 'Service'
  | 'NetworkPolicy'
  | 'Secret'
  | 'ValidatingAdmissionPolicy'
  | 'Role';
interface Found extends JsonObject {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly annotations: JsonObject };
}

function synth(chart: 'admin' | 'fixer', values: JsonObject = {}, env?: string): Found[] {
  const made = chart === 'admin' ? new CiFixerAdminChart(Testing.app()) : new CiFixerChart(Testing.app());
  return Testing.synth(made, { values, env }) as Found[];
}

function find(objects: readonly Found[], kind: Kind): Found {
  return objects.find((object) => object.kind === kind) as Found;
}

const hashOf = (object: Found) => object.metadata.annotations[TEMPLATE_ANNOTATION];

describe('the two charts', () => {
  const cases: readonly JsonObject[] = [
    {},
    { sandbox: { runtimeClass: 'gvisor' } },
    { sandbox: { images: ['a:1', 'b/*'] } },
  ];
  test.each(cases)('carry one hash for the same values %j: policy, parameters and template', (values) => {
    const admin = synth('admin', values);
    const template = find(synth('fixer', values), 'ConfigMap') as Found & {
      data: { 'template.json': string };
    };
    const { hash } = readTemplate(template.data['template.json']);
    const carried = [find(admin, 'Namespace'), find(admin, 'ValidatingAdmissionPolicy'), template].map(
      hashOf,
    );
    expect(carried).toEqual([hash, hash, hash]);
  });

  test('carry one hash in production too', () => {
    const [admin, fixer] = [synth('admin', {}, 'prod'), synth('fixer', {}, 'prod')];
    expect(hashOf(find(admin, 'Namespace'))).toBe(hashOf(find(fixer, 'ConfigMap')));
    expect(hashOf(find(admin, 'Namespace'))).not.toBe(hashOf(find(synth('admin'), 'Namespace')));
  });

  test('carry different ones where their values differ', () => {
    const admin = synth('admin', { sandbox: { memory: '1Gi' } });
    expect(hashOf(find(admin, 'Namespace'))).not.toBe(hashOf(find(synth('fixer'), 'ConfigMap')));
  });

  test('tell CI-fixer how many sandboxes it starts ahead: none, unless it is asked to', () => {
    const told = (values: JsonObject) => {
      const config = synth('fixer', values).filter(({ kind }) => kind === 'ConfigMap') as (Found & {
        readonly data: Readonly<Record<string, string>>;
      })[];
      const { SANDBOXES_WARM, SANDBOXES_WARM_IMAGE } = Object.assign({}, ...config.map(({ data }) => data));
      return [SANDBOXES_WARM, SANDBOXES_WARM_IMAGE];
    };
    expect(told({})).toEqual(['0', 'ci-fixer-sandbox:1.0.0']);
    expect(told({ pool: { warm: 5, image: 'registry.example.com/ci/tools:2' } })).toEqual([
      '5',
      'registry.example.com/ci/tools:2',
    ]);
    expect(() => told({ pool: { warm: -1 } })).toThrow(/pool\.warm/);
  });

  test('print no Job of a sandbox, because it would run', () => {
    const jobs = [...synth('admin'), ...synth('fixer')].filter(({ kind }) => kind === 'Job');
    expect(jobs.map(({ metadata }) => metadata.name.replace(/-[0-9a-f]{10}$/, ''))).toEqual([
      'ci-fixer-admin-sandbox-gate',
    ]);
    expect(jobs[0]?.metadata.namespace).not.toBe('ci-fixer-sandboxes');
  });
});

describe('ci-fixer', () => {
  test.each([
    ['ci-fixer', {}, true],
    ['second', {}, false],
    ['second', { app: { serviceAccount: 'second-ci-fixer-app' } }, true],
    ['second', { fullnameOverride: 'ci-fixer' }, true],
    ['ci-fixer', { app: { serviceAccount: 'other' } }, false],
  ])(
    'as release %s with %j has the account that ci-fixer-admin binds, or is refused: %s',
    (name, values, isRight) => {
      const install = () => Testing.synth(new CiFixerChart(Testing.app()), { values, release: { name } });
      if (isRight) expect(install).not.toThrow();
      else expect(install).toThrow('app.serviceAccount');
    },
  );

  const objects = synth('fixer');

  test('stays in its own namespace and needs no rights in the cluster', () => {
    for (const { kind, metadata } of objects) {
      expect(metadata.namespace).toBeUndefined();
      expect(['ConfigMap', 'Deployment', 'NetworkPolicy', 'Service', 'ServiceAccount']).toContain(kind);
    }
  });

  test('keeps its runs in the claim that is named, and in its pod where none is', () => {
    const volumes = (...wanted: readonly object[]) => ({
      spec: { template: { spec: { volumes: expect.arrayContaining([...wanted]) } } },
    });
    const claimed = Testing.synth(new CiFixerChart(Testing.app()), {
      values: { state: { claim: 'runs' } },
    }) as Found[];
    expect(find(claimed, 'Deployment')).toMatchObject(
      volumes({ name: 'state', persistentVolumeClaim: { claimName: 'runs' } }),
    );
    expect(find(objects, 'Deployment')).toMatchObject(
      volumes({ name: 'state', emptyDir: { sizeLimit: '512Mi' } }),
    );
  });

  test('reaches git servers where some are allowed, and trusts the authority that is named for them', () => {
    const gitServer = { cidr: '10.1.2.3/32', port: 8444, certificates: 'git-authority' };
    const way = { to: [{ ipBlock: { cidr: '10.1.2.3/32' } }], ports: [{ port: 8444, protocol: 'TCP' }] };
    const egress = (made: readonly Found[]) =>
      made.flatMap(({ kind, spec }) =>
        kind === 'NetworkPolicy' ? ((spec as { readonly egress?: readonly object[] }).egress ?? []) : [],
      );
    expect(egress(synth('fixer', { gitServer }))).not.toContainEqual(way);
    const allowed = synth('fixer', { gitServer, gitAllowed: ['https://git.example.com/team/'] });
    expect(egress(allowed)).toContainEqual(way);
    const made = JSON.stringify(find(allowed, 'Deployment'));
    const source = { items: [{ key: 'ca.crt', path: 'ca.crt' }], name: 'git-authority' };
    expect(made).toContain(`{"configMap":${JSON.stringify(source)}}`);
    expect(made).toContain('{"name":"NODE_EXTRA_CA_CERTS","value":"/etc/ci-fixer/ca.crt"}');
    expect(JSON.stringify(objects)).not.toMatch(/ca\.crt|NODE_EXTRA_CA_CERTS/);
  });

  test('serves 3000 from 3001, with health and readiness, as the account that the Role names', () => {
    expect(find(objects, 'Service')).toMatchObject({ spec: { ports: [{ port: 3000, targetPort: 'http' }] } });
    expect(find(objects, 'Deployment')).toMatchObject({
      metadata: { name: 'ci-fixer-app', labels: { app: 'ci-fixer' } },
      spec: {
        template: {
          metadata: { labels: { app: 'ci-fixer' } },
          spec: {
            serviceAccountName: 'ci-fixer-app',
            automountServiceAccountToken: true,
            containers: [
              {
                ports: [{ containerPort: 3001 }],
                livenessProbe: { httpGet: { path: '/health' } },
                readinessProbe: { httpGet: { path: '/ready' } },
              },
            ],
          },
        },
      },
    });
  });

  test('makes the Job that its template makes', () => {
    const { data } = find(objects, 'ConfigMap') as Found & { data: { 'template.json': string } };
    const run = { name: 'one', image: 'ci-fixer-sandbox:1.0.0' };
    expect(readTemplate(data['template.json']).job(run)).toEqual(ciFixerSandbox(ciFixerValues).job({ run }));
  });
});

describe('ci-fixer-admin', () => {
  const binding = (values: JsonObject) =>
    synth('admin', values).find(
      ({ kind, metadata }) => kind === 'RoleBinding' && metadata.name === 'ci-fixer-sandbox-manager',
    );

  test('binds no account before the gate has, and CI-fixer at once where that is asked for', () => {
    expect(binding({})).not.toHaveProperty('subjects');
    expect(binding({ gate: { enabled: false } })).toMatchObject({
      subjects: [{ kind: 'ServiceAccount', name: 'ci-fixer-app', namespace: 'default' }],
    });
    expect(synth('admin', { gate: { enabled: false } }).map(({ kind }) => kind)).not.toContain('Job');
  });

  test('makes another Job of the gate for other managers, for a Job cannot be changed', () => {
    const gate = (values: JsonObject) =>
      synth('admin', values).find(({ kind }) => kind === 'Job')?.metadata.name;
    expect(gate({ app: { serviceAccount: 'other' } })).not.toBe(gate({}));
    expect(gate({ quota: { sandboxes: 5 } })).toBe(gate({}));
  });

  test('pins the version of Pod Security, for all three of its modes', () => {
    const { labels } = find(synth('admin'), 'Namespace').metadata as unknown as { labels: JsonObject };
    for (const mode of ['enforce', 'audit', 'warn']) {
      expect(labels).toMatchObject({
        [`pod-security.kubernetes.io/${mode}`]: 'restricted',
        [`pod-security.kubernetes.io/${mode}-version`]: 'v1.33',
      });
    }
  });

  test('puts release and namespace into the names that belong to the whole cluster', () => {
    const chart = new CiFixerAdminChart(Testing.app());
    const release = { name: 'second', namespace: 'ops' };
    const policy = find(Testing.synth(chart, { release }) as Found[], 'ValidatingAdmissionPolicy');
    expect(policy.metadata.name).toBe('ops.second.sandbox');
  });

  test('opens a way out only where it is told to', () => {
    const policies = (values: JsonObject) =>
      synth('admin', values)
        .filter(
          ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.namespace === 'ci-fixer-sandboxes',
        )
        .map(({ metadata }) => metadata.name.replace('ci-fixer-admin-sandbox-', ''));
    expect(policies({})).toEqual(['deny-all']);
    expect(policies({ network: { dns: true, internet: true } })).toEqual([
      'deny-all',
      'allow-dns',
      'allow-internet',
    ]);
  });

  test('keeps the internet apart from the cluster and from metadata addresses', () => {
    const internet = synth('admin', { network: { internet: true } }).find(({ metadata }) =>
      metadata.name.endsWith('allow-internet'),
    );
    const text = JSON.stringify(internet);
    for (const range of ['10.0.0.0/8', '169.254.0.0/16', '192.168.0.0/16', '172.16.0.0/12', 'fc00::/7']) {
      expect(text).toContain(`"${range}"`);
    }
  });
});
