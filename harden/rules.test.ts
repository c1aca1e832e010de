import { ApiObject, Chart, Testing as StockTesting } from 'cdk8s';
import { harden } from './harden';
import { HARDEN_RULES, type HardenOptions, type HardenRule } from './options';

// biome-ignore lint/suspicious/noExplicitAny: objects as Kubernetes has them
type Any = any;

const REASON = 'It is moved to another node by hand';
const LABELS = { app: 'a' };

function workload(chart: Chart, kind: string, spec: object, more: object = {}): void {
  const metadata = { name: 'a', labels: LABELS };
  if (kind === 'Pod') new ApiObject(chart, 'a', { apiVersion: 'v1', kind, metadata, spec } as never);
  else
    new ApiObject(chart, 'a', {
      apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
      kind,
      metadata,
      spec: { ...more, template: { metadata: { labels: LABELS }, spec } },
    } as never);
}

/** The pod afterwards, and what was changed and found of it. */
function hardened(spec: object, options: HardenOptions = {}, kind = 'Pod', more: object = {}) {
  const chart = new Chart(StockTesting.app(), 'shop');
  workload(chart, kind, spec, more);
  const { changes, findings } = harden(chart, options);
  const { spec: own } = (chart.toJson() as Any[]).find((one) => one.kind === kind);
  const pod: Any = kind === 'Pod' ? own : own.template.spec;
  const of = (rule: HardenRule) => findings.filter((one) => one.rule === rule);
  return { pod, context: pod.securityContext, container: pod.containers[0], changes, findings, of };
}
const one = (container: object = {}) => ({ containers: [{ name: 'c', image: 'c:1', ...container }] });
const except = (rule: HardenRule, more: object = {}) => ({
  exceptions: [{ of: 'Pod/a' as const, rule, reason: REASON, ...more }],
});

test('each change is listed by its rule and place', () => {
  const spec = {
    ...one({
      securityContext: { runAsUser: 0, runAsNonRoot: false, seccompProfile: { type: 'Unconfined' } },
    }),
    securityContext: { seccompProfile: { type: 'Unconfined' } },
  };
  expect(hardened(spec).changes.map(({ rule, field }) => `${rule} ${field}`)).toEqual([
    'token spec.automountServiceAccountToken',
    'non-root spec.containers[0].securityContext.runAsUser',
    'non-root spec.containers[0].securityContext.runAsNonRoot',
    'non-root spec.securityContext.runAsNonRoot',
    'seccomp spec.securityContext.seccompProfile',
    'seccomp spec.containers[0].securityContext.seccompProfile',
    'capabilities spec.containers[0].securityContext.capabilities.drop',
    'privileges spec.containers[0].securityContext.allowPrivilegeEscalation',
    'read-only-root spec.containers[0].securityContext.readOnlyRootFilesystem',
    'writable spec.volumes[0]',
    'writable spec.containers[0].volumeMounts[0]',
    'resources spec.containers[0].resources.requests.cpu',
    'resources spec.containers[0].resources.limits.memory',
    'resources spec.containers[0].resources.requests.memory',
    'resources spec.containers[0].resources.limits.ephemeral-storage',
    'resources spec.containers[0].resources.requests.ephemeral-storage',
    'network ',
  ]);
});

test('a user that is new is listed with its groups', () => {
  const ofUser = hardened(one()).changes.filter(({ field }) => field.startsWith('spec.securityContext'));
  expect(ofUser.map(({ rule, field }) => `${rule} ${field}`)).toEqual([
    'non-root spec.securityContext.runAsNonRoot',
    'user spec.securityContext.runAsUser',
    'user spec.securityContext.runAsGroup',
    'user spec.securityContext.fsGroup',
    'user spec.securityContext.fsGroupChangePolicy',
    'seccomp spec.securityContext.seccompProfile',
  ]);
});

test('each finding says why and what to do, in sentences', () => {
  const spec = {
    ...one({ securityContext: { readOnlyRootFilesystem: false } }),
    ...{ hostNetwork: true, serviceAccountName: 'other' },
    volumes: [{ name: 'data', nfs: { server: 'nfs', path: '/' } }],
  };
  const rights = { ...one(), automountServiceAccountToken: true };
  const all = [...hardened(spec).findings, ...hardened(rights).findings];
  expect(new Set(all.map(({ rule }) => rule))).toEqual(
    new Set(['token', 'user', 'read-only-root', 'resources', 'probes', 'host', 'writable', 'egress']),
  );
  for (const { rule, why, fix } of all) {
    expect(HARDEN_RULES).toContain(rule);
    expect(why).toMatch(/^[A-Z].*[a-z()]\.$/);
    expect(fix).toMatch(/^[A-Z].*[a-z]\.$/);
  }
});

describe('who it runs as', () => {
  test('stays as it is said, of the pod or of all its containers', () => {
    expect(hardened({ ...one(), securityContext: { runAsUser: 5 } }).context).toEqual({
      ...{ runAsUser: 5, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(hardened(one({ securityContext: { runAsUser: 5 } })).context).not.toHaveProperty('runAsUser');
    const { context } = hardened({ ...one(), securityContext: { runAsGroup: 7, fsGroup: 8 } });
    expect(context).toMatchObject({ runAsUser: 10_001, runAsGroup: 7, fsGroup: 8 });
    expect(context).not.toHaveProperty('fsGroupChangePolicy');
    expect(hardened({ ...one(), securityContext: { fsGroupChangePolicy: 'Always' } }).context).toMatchObject({
      fsGroup: 10_001,
      fsGroupChangePolicy: 'Always',
    });
  });

  test('is nobody new where root is excepted, or the user', () => {
    expect(hardened(one(), except('non-root')).context).not.toHaveProperty('runAsUser');
    const { context, changes } = hardened(one(), except('user'));
    expect(context).toEqual({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(changes.map(({ rule }) => rule)).not.toContain('user');
  });

  test.each([
    ['a claim', { persistentVolumeClaim: { claimName: 'a' } }],
    ['a folder of the node', { hostPath: { path: '/a' } }],
    ['a server of files', { nfs: { server: 'a', path: '/' } }],
  ])('is a question where it keeps files in %s, and not where they end with it', (_, source) => {
    const { of, context } = hardened({ ...one(), volumes: [{ name: 'v', ...source }] });
    expect(of('user').map(({ field }) => field)).toEqual(['spec.securityContext.runAsUser']);
    expect(context).not.toHaveProperty('runAsUser');
    expect(hardened({ ...one(), volumes: [{ name: 'v', emptyDir: {} }] }).of('user')).toEqual([]);
  });

  test('is a question for the claims of a StatefulSet, and none without them', () => {
    const claims = (...volumeClaimTemplates: object[]) =>
      hardened(one(), {}, 'StatefulSet', { volumeClaimTemplates, selector: { matchLabels: LABELS } });
    expect(claims({ metadata: { name: 'data' } }).of('user')).toHaveLength(1);
    expect(claims().of('user')).toEqual([]);
  });
});

test('a filter of system calls that filters stays, of pod and container', () => {
  const seccompProfile = { type: 'Localhost', localhostProfile: 'a.json' };
  const { context, container } = hardened({
    ...one({ securityContext: { seccompProfile } }),
    securityContext: { seccompProfile },
  });
  expect([context.seccompProfile, container.securityContext.seccompProfile]).toEqual([
    seccompProfile,
    seccompProfile,
  ]);
});

describe('a token', () => {
  const rules = (spec: object) => hardened({ ...one(), ...spec }).of('token');
  test.each<[string, object, string[]]>([
    [
      'that was taken away is no question',
      { automountServiceAccountToken: false, serviceAccountName: 'x' },
      [],
    ],
    [
      'that was asked for stays',
      { automountServiceAccountToken: true },
      ['It asks for a token, so its token is left: '],
    ],
    [
      'of an account of others stays',
      { serviceAccountName: 'x' },
      ['Its account is not among these objects, and may have rights, so '],
    ],
    ['that nothing is said of goes', {}, []],
  ])('%s', (_, spec, why) => {
    expect(rules(spec).map((one) => one.why)).toEqual(why.map((start) => expect.stringContaining(start)));
  });
});

describe('privileges', () => {
  const adds = (...add: string[]) => one({ securityContext: { capabilities: { add } } });

  test('cannot be escalated to, also where a capability that hindered it was taken away', () => {
    const { container, findings } = hardened(adds('SYS_ADMIN'));
    expect(container.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.securityContext.capabilities).not.toHaveProperty('add');
    expect(findings.map(({ rule }) => rule)).not.toContain('privileges');
  });

  test.each(['SYS_ADMIN', 'CAP_SYS_ADMIN'])(
    'are left beside %s, with which the server refuses the field',
    (name) => {
      const { container } = hardened(adds(name), except('capabilities'));
      expect(container.securityContext).not.toHaveProperty('allowPrivilegeEscalation');
      const other = hardened(adds(`X_${name}`), except('capabilities')).container;
      expect(other.securityContext.allowPrivilegeEscalation).toBe(false);
    },
  );

  test('an empty list of capabilities, and the one that is allowed, are no change', () => {
    for (const add of [[], ['NET_BIND_SERVICE']])
      expect(hardened(adds(...add)).container.securityContext.capabilities).toEqual({ drop: ['ALL'], add });
    const dropped = one({ securityContext: { capabilities: { drop: ['ALL'] } } });
    expect(hardened(dropped).changes.map(({ rule }) => rule)).not.toContain('capabilities');
  });
});

describe('probes', () => {
  const asked = (spec: object, kind = 'Pod') =>
    hardened(spec, {}, kind)
      .of('probes')
      .map(({ field }) => field);
  const probe = { httpGet: { port: 1 } };

  test('are asked of what serves, and not of what ends by itself', () => {
    expect(asked(one())).toEqual(['spec.containers[0]']);
    expect(asked(one({ livenessProbe: probe }))).toEqual([]);
    expect(asked({ ...one(), restartPolicy: 'Always' })).toEqual(['spec.containers[0]']);
    expect(asked({ ...one(), restartPolicy: 'OnFailure' })).toEqual([]);
    expect(asked(one(), 'Job')).toEqual([]);
    expect(
      asked({ ...one({ livenessProbe: probe }), initContainers: [{ name: 'i', image: 'i:1' }] }),
    ).toEqual([]);
  });

  test('without a Service only that of life is', () => {
    expect(
      hardened(one())
        .of('probes')
        .map(({ why }) => why),
    ).toEqual(['Without livenessProbe it is not started again when it hangs.']);
    const chart = new Chart(StockTesting.app(), 'shop');
    workload(chart, 'Pod', one());
    const spec = { selector: LABELS, ports: [{ port: 80 }] };
    new ApiObject(chart, 's', { apiVersion: 'v1', kind: 'Service', spec } as never);
    expect(harden(chart).findings.find(({ rule }) => rule === 'probes')?.why).toMatch(
      /^Without readinessProbe and livenessProbe /,
    );
  });
});

describe('amounts', () => {
  const of = (resources: object, options: HardenOptions = { resources: { cpu: '100m', memory: '64Mi' } }) =>
    hardened(one({ resources }), options).container.resources;

  test('that are requested are at most the limit', () => {
    const disk = { 'ephemeral-storage': '1Gi' };
    expect(of({ limits: { cpu: '4', memory: '32Mi' } })).toEqual({
      limits: { cpu: '4', memory: '32Mi', ...disk },
      requests: { cpu: '100m', memory: '32Mi', ...disk },
    });
    expect(of({ limits: { cpu: '0.1' } }).requests.cpu).toBe('100m');
  });

  test('of the pod as a whole are not doubled', () => {
    const { container, of: found } = hardened({ ...one(), resources: { limits: { memory: '1Gi' } } });
    expect(container).not.toHaveProperty('resources');
    expect(found('resources')).toEqual([]);
  });

  test('that were said for all are no guess, and what was said of one thing wins where it says something', () => {
    expect(hardened(one(), { resources: 'small' }).of('resources')).toEqual([]);
    const { container } = hardened(one(), {
      workloads: [
        { of: 'Pod/a', resources: { cpu: '7m', memory: '7Mi' } },
        { of: 'Pod/a', resources: undefined, user: 9 } as never,
      ],
    });
    expect(container.resources.requests.cpu).toBe('7m');
  });
});

describe('folders', () => {
  test('have a volume whose name is one, however long the container’s is, and also without one', () => {
    const long = 'a'.repeat(63);
    const named = (name: string, ...writable: string[]) =>
      hardened(one({ name }), { writable }).pod.volumes.map((volume: Any) => volume.name);
    expect(named(long, '/tmp', '/run')).toEqual([long, `${'a'.repeat(61)}-2`]);
    expect(named('c', '/a_/b.c/', '/a')).toEqual(['c-a-b-c', 'c-a']);
    expect(named('', '/A')).toEqual(['a']);
    expect(named('c', '/_')).toEqual(['c']);
  });

  test('are not added where the root stays writable on purpose, nor where they are excepted', () => {
    const { pod, of } = hardened(one(), except('read-only-root'));
    expect(pod).not.toHaveProperty('volumes');
    expect(of('writable')).toEqual([]);
    const kept = hardened(one(), except('writable'));
    expect(kept.pod).not.toHaveProperty('volumes');
    expect(kept.container).not.toHaveProperty('volumeMounts');
    expect(kept.container.securityContext.readOnlyRootFilesystem).toBe(true);
  });

  test('of a root that was read-only already are the program’s own, unless they are named for it', () => {
    const readOnly = one({ securityContext: { readOnlyRootFilesystem: true } });
    expect(hardened(readOnly).pod).not.toHaveProperty('volumes');
    expect(hardened(readOnly, { workloads: [{ of: 'Pod/a', writable: ['/x'] }] }).pod.volumes).toHaveLength(
      1,
    );
  });
});

test('affinities without a term that has to hold stay as they are', () => {
  const podAffinity = { preferredDuringSchedulingIgnoredDuringExecution: [] };
  expect(hardened({ ...one(), affinity: { podAffinity } }).pod.affinity).toEqual({ podAffinity });
});
