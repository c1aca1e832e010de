import { findingsIn, makeMember, objectsOfMember, podsOf } from '../../test/support/family';

// biome-ignore lint/suspicious/noExplicitAny: a test reads rendered objects as what they are
type Any = any;
const agentOf = (more: object = {}): Any =>
  objectsOfMember('SecureAgent', more).find(({ kind }) => kind === 'DaemonSet');

test('is a DaemonSet that is replaced node by node, and runs where the taints let it', () => {
  const { spec } = agentOf();
  expect(spec.updateStrategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } });
  expect(spec.template.spec.tolerations).toBeUndefined();
  expect(spec.replicas).toBeUndefined();
});

test('is replaced as it is told', () => {
  const updated = (updateStrategy: object) => agentOf({ updateStrategy }).spec.updateStrategy;
  expect(updated({ maxUnavailable: '10%' })).toMatchObject({ rollingUpdate: { maxUnavailable: '10%' } });
  expect(updated({ type: 'OnDelete' })).toEqual({ type: 'OnDelete' });
});

test('runs on every node where that is said, or where single taints are tolerated', () => {
  const tolerations = (more: object) => agentOf(more).spec.template.spec.tolerations;
  expect(tolerations({ everyNode: true })).toEqual([{ operator: 'Exists' }]);
  expect(tolerations({ tolerations: [{ key: 'gpu', operator: 'Exists' }] })).toEqual([
    { key: 'gpu', operator: 'Exists' },
  ]);
});

test('what it takes of the node is in its pod, and the reason on the DaemonSet, where it replaces no pod', () => {
  const taken = (why: string) =>
    agentOf({
      hostPaths: [
        { path: '/var/log/pods', reason: why },
        { path: '/', mountPath: '/host', reason: 'reads how full the disks are' },
        {
          path: '/run/containerd/containerd.sock',
          type: 'Socket',
          writable: true,
          reason: 'asks containerd',
        },
      ],
      hostNetwork: { reason: 'sees the traffic of the node' },
      hostPID: { reason: 'names processes' },
      privileged: { reason: 'loads a program into the kernel' },
      allowRoot: true,
    });
  const { metadata, spec } = taken('ships logs');
  expect(metadata.annotations).toEqual({
    'reason.drydock.dev/no-liveness': 'it ends by itself when it fails',
    'reason.drydock.dev/host-network': 'sees the traffic of the node',
    'reason.drydock.dev/host-pid': 'names processes',
    'reason.drydock.dev/privileged': 'loads a program into the kernel',
    'reason.drydock.dev/host-var-log-pods': 'ships logs',
    'reason.drydock.dev/host-root': 'reads how full the disks are',
    'reason.drydock.dev/host-run-containerd-containerd-sock': 'asks containerd',
  });
  expect(spec.template).toEqual(taken('another wording').spec.template);
  const pod = spec.template.spec;
  expect(pod).toMatchObject({ hostNetwork: true, hostPID: true, dnsPolicy: 'ClusterFirstWithHostNet' });
  expect(pod.volumes).toEqual([
    { name: 'host-var-log-pods', hostPath: { path: '/var/log/pods', type: 'Directory' } },
    { name: 'host-root', hostPath: { path: '/', type: 'Directory' } },
    {
      name: 'host-run-containerd-containerd-sock',
      hostPath: { path: '/run/containerd/containerd.sock', type: 'Socket' },
    },
  ]);
  const [app] = pod.containers;
  expect(app.volumeMounts).toEqual([
    { name: 'host-var-log-pods', mountPath: '/var/log/pods', readOnly: true },
    { name: 'host-root', mountPath: '/host', readOnly: true },
    {
      name: 'host-run-containerd-containerd-sock',
      mountPath: '/run/containerd/containerd.sock',
      readOnly: false,
    },
  ]);
  expect(app.securityContext).toEqual({
    privileged: true,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
  });
});

test.each([
  ['hostPaths', [{ path: '/var/log', reason: 'ships logs' }]],
  ['hostNetwork', { reason: 'sees the traffic' }],
  ['hostPID', { reason: 'names processes' }],
  ['privileged', { reason: 'loads a program' }],
])('%s is what Pod Security refuses, and nothing else of an agent is', (prop, given) => {
  const rules = (more: object) =>
    findingsIn(objectsOfMember('SecureAgent', more)).map((one) => (one as { rule: string }).rule);
  expect(rules({})).toEqual([]);
  expect(new Set(rules({ [prop]: given }))).toEqual(new Set(['pod-security']));
});

const why = { reason: 'why' };

test.each<[place: string, code: string, wrong: object, right: object]>([
  ['hostNetwork', 'PROP_INVALID', { hostNetwork: true }, { hostNetwork: why }],
  ['hostNetwork.reason', 'PROP_MISSING', { hostNetwork: {} }, { hostNetwork: why }],
  ['hostPID.reason', 'PROP_INVALID', { hostPID: { reason: ' ' } }, { hostPID: why }],
  ['privileged.reason', 'PROP_INVALID', { privileged: { reason: '' } }, { privileged: why }],
  [
    'hostPaths[0].reason',
    'PROP_MISSING',
    { hostPaths: [{ path: '/a' }] },
    { hostPaths: [{ path: '/a', ...why }] },
  ],
  [
    'hostPaths[0].path',
    'PROP_INVALID',
    { hostPaths: [{ path: 'a', ...why }] },
    { hostPaths: [{ path: '/a', ...why }] },
  ],
  [
    'hostPaths[0].mountPath',
    'PROP_INVALID',
    { hostPaths: [{ path: '/', ...why }] },
    { hostPaths: [{ path: '/', mountPath: '/host', ...why }] },
  ],
  [
    'hostPaths[1].path',
    'PATH_TAKEN',
    {
      hostPaths: [
        { path: '/a/b', ...why },
        { path: '/a-b', mountPath: '/c', ...why },
      ],
    },
    {
      hostPaths: [
        { path: '/a/b', ...why },
        { path: '/a-c', ...why },
      ],
    },
  ],
  [
    'writable',
    'PATH_TAKEN',
    { hostPaths: [{ path: '/a', ...why }], writable: ['/a'] },
    { hostPaths: [{ path: '/a', ...why }], writable: ['/b'] },
  ],
  [
    'hostPaths[0].type',
    'PROP_INVALID',
    { hostPaths: [{ path: '/a', type: 'DirectoryOrCreate', ...why }] },
    { hostPaths: [{ path: '/a', type: 'File', ...why }] },
  ],
  [
    'updateStrategy.type',
    'PROP_INVALID',
    { updateStrategy: { type: 'Recreate' } },
    { updateStrategy: { type: 'OnDelete' } },
  ],
  [
    'tolerations',
    'PROP_INVALID',
    { everyNode: true, tolerations: [] },
    { everyNode: false, tolerations: [] },
  ],
  ['liveness', 'PROP_MISSING', { liveness: undefined }, { liveness: { none: 'why' } }],
  ['replicas', 'PROP_UNKNOWN', { replicas: 2 }, {}],
])('refuses %s (%s)', (place, code, wrong, right) => {
  expect(() => makeMember('SecureAgent', wrong)).toThrow(
    expect.objectContaining({ code, where: `shop/one ${place}` }),
  );
  expect(() => makeMember('SecureAgent', right)).not.toThrow();
});

test('an agent that takes nothing of the node is as every other workload', () => {
  const { spec } = podsOf(objectsOfMember('SecureAgent')).template;
  expect([spec.hostNetwork, spec.hostPID, spec.dnsPolicy, spec.volumes]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
