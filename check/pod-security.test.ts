import { Inventory } from './inventory';
import { type PodSecurityLevel, podSecurityViolations } from './pod-security';

type Fields = Readonly<Record<string, unknown>>;

const SOUND = { allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: { drop: ['ALL'] } };

interface Given {
  /** Of the pod's spec. */
  readonly spec?: Fields;
  readonly podContext?: Fields;
  readonly container?: Fields;
  readonly context?: Fields;
  readonly annotations?: Fields;
}

/** What a level forbids of a pod that even `restricted` takes, but for what is given. */
function forbidden(level: PodSecurityLevel, { spec, podContext, container, context, annotations }: Given) {
  const pod = {
    kind: 'Pod',
    metadata: { name: 'one', annotations: annotations as Record<string, string> | undefined },
    spec: {
      securityContext: { seccompProfile: { type: 'RuntimeDefault' }, ...podContext },
      containers: [{ name: 'app', image: 'app:1', securityContext: { ...SOUND, ...context }, ...container }],
      ...spec,
    },
  };
  const [pods] = new Inventory([pod]).pods;
  return podSecurityViolations(pods!, level).map(({ check, field }) => `${check} ${field}`);
}

const inPod = (field: string) => `spec.securityContext.${field}`;
const inContainer = (field: string) => `spec.containers[0].securityContext.${field}`;

const forbiddenByBaseline: readonly [string, Given, string][] = [
  ['the network of the node', { spec: { hostNetwork: true } }, 'hostNamespaces spec.hostNetwork'],
  ['the processes of the node', { spec: { hostPID: true } }, 'hostNamespaces spec.hostPID'],
  ['the shared memory of the node', { spec: { hostIPC: true } }, 'hostNamespaces spec.hostIPC'],
  [
    'a sysctl that others on the node feel',
    { podContext: { sysctls: [{ name: 'net.ipv4.tcp_syncookies' }, { name: 'kernel.msgmax' }] } },
    `sysctls ${inPod('sysctls[1]')}`,
  ],
  [
    'no filter of system calls, said of the pod',
    {
      podContext: { seccompProfile: { type: 'Unconfined' } },
      context: { seccompProfile: { type: 'Localhost' } },
    },
    `seccompProfile ${inPod('seccompProfile')}`,
  ],
  [
    'no filter of system calls, said of a container',
    { context: { seccompProfile: { type: 'Unconfined' } } },
    `seccompProfile ${inContainer('seccompProfile')}`,
  ],
  [
    'no AppArmor, said of the pod',
    { podContext: { appArmorProfile: { type: 'Unconfined' } } },
    `appArmorProfile ${inPod('appArmorProfile')}`,
  ],
  [
    'no AppArmor, said of a container',
    { context: { appArmorProfile: { type: 'Unconfined' } } },
    `appArmorProfile ${inContainer('appArmorProfile')}`,
  ],
  [
    'no AppArmor, said by the old annotation',
    { annotations: { 'container.apparmor.security.beta.kubernetes.io/app': 'unconfined' } },
    "appArmorProfile metadata.annotations['container.apparmor.security.beta.kubernetes.io/app']",
  ],
  [
    'a type of SELinux that is the node`s',
    { podContext: { seLinuxOptions: { type: 'spc_t' } } },
    `seLinuxOptions ${inPod('seLinuxOptions')}`,
  ],
  [
    'a user of SELinux',
    { context: { seLinuxOptions: { user: 'system_u' } } },
    `seLinuxOptions ${inContainer('seLinuxOptions')}`,
  ],
  [
    'a role of SELinux',
    { context: { seLinuxOptions: { type: 'container_t', role: 'sysadm_r' } } },
    `seLinuxOptions ${inContainer('seLinuxOptions')}`,
  ],
  [
    'a process of the Windows host',
    { context: { windowsOptions: { hostProcess: true } } },
    `windowsHostProcess ${inContainer('windowsOptions')}`,
  ],
  ['all power', { context: { privileged: true } }, `privileged ${inContainer('privileged')}`],
  ['the whole of /proc', { context: { procMount: 'Unmasked' } }, `procMount ${inContainer('procMount')}`],
  [
    'a port of the node',
    { container: { ports: [{ containerPort: 80 }, { containerPort: 81, hostPort: 81 }] } },
    'hostPorts spec.containers[0].ports',
  ],
  ...['livenessProbe', 'readinessProbe', 'startupProbe'].map((name): [string, Given, string] => [
    `a ${name} of another host`,
    { container: { [name]: { httpGet: { port: 80, host: '169.254.169.254' } } } },
    `hostProbesAndHostLifecycle spec.containers[0].${name}`,
  ]),
  ...['postStart', 'preStop'].map((name): [string, Given, string] => [
    `a ${name} hook that calls another host`,
    { container: { lifecycle: { [name]: { tcpSocket: { port: 80, host: 'db' } } } } },
    `hostProbesAndHostLifecycle spec.containers[0].lifecycle.${name}`,
  ]),
];

test.each(forbiddenByBaseline)('baseline and restricted forbid %s, privileged does not', (_, given, said) => {
  expect(forbidden('baseline', given)).toEqual([said]);
  expect(forbidden('restricted', given)).toEqual([said]);
  expect(forbidden('privileged', given)).toEqual([]);
});

test('a folder of the node is forbidden by both: as such, and as a kind of volume', () => {
  const given = {
    spec: {
      volumes: [
        { name: 'a', emptyDir: {} },
        { name: 'b', hostPath: { path: '/' } },
      ],
    },
  };
  const said = 'hostPathVolumes spec.volumes[1].hostPath';
  expect(forbidden('baseline', given)).toEqual([said]);
  expect(forbidden('restricted', given)).toEqual([said, 'restrictedVolumes spec.volumes[1]']);
});

const forbiddenByRestricted: readonly [string, Given, readonly string[]][] = [
  [
    'a volume of a kind that needs trust',
    { spec: { volumes: [{ name: 'a', nfs: { server: 'x', path: '/' } }] } },
    ['restrictedVolumes spec.volumes[0]'],
  ],
  [
    'a container that may be root, whatever its pod says',
    { podContext: { runAsNonRoot: true }, context: { runAsNonRoot: false } },
    [`runAsNonRoot ${inContainer('runAsNonRoot')}`],
  ],
  [
    'a pod that may be root, though its containers may not',
    { podContext: { runAsNonRoot: false } },
    [`runAsNonRoot ${inPod('runAsNonRoot')}`],
  ],
  [
    'a pod that says nothing of root',
    { context: { runAsNonRoot: undefined } },
    [`runAsNonRoot ${inContainer('runAsNonRoot')}`],
  ],
  ['root of the pod', { podContext: { runAsUser: 0 } }, [`runAsUser ${inPod('runAsUser')}`]],
  ['root of a container', { context: { runAsUser: 0 } }, [`runAsUser ${inContainer('runAsUser')}`]],
  [
    'a way to more power',
    { context: { allowPrivilegeEscalation: undefined } },
    [`allowPrivilegeEscalation ${inContainer('allowPrivilegeEscalation')}`],
  ],
  [
    'capabilities that are not dropped',
    { context: { capabilities: { drop: ['NET_RAW'] } } },
    [`capabilities ${inContainer('capabilities')}`],
  ],
  [
    'capabilities that are not named',
    { context: { capabilities: undefined } },
    [`capabilities ${inContainer('capabilities')}`],
  ],
  [
    'a pod whose system calls are not filtered',
    { podContext: { seccompProfile: undefined } },
    [`seccompProfile ${inContainer('seccompProfile')}`],
  ],
];

test.each(forbiddenByRestricted)('restricted forbids %s, baseline does not', (_, given, said) => {
  expect(forbidden('restricted', given)).toEqual(said);
  expect(forbidden('baseline', given)).toEqual([]);
});

test('a capability is added by none but baseline`s list; restricted takes the one for low ports alone', () => {
  const adding = (...add: string[]) => ({ context: { capabilities: { drop: ['ALL'], add } } });
  const forRestricted = `capabilities ${inContainer('capabilities')}`;
  const forBoth = [`capabilities ${inContainer('capabilities.add')}`];
  for (const one of BASELINE_CAPABILITIES) expect(forbidden('baseline', adding(one))).toEqual([]);
  expect(forbidden('baseline', adding('CHOWN', 'SYS_ADMIN'))).toEqual(forBoth);
  expect(forbidden('restricted', adding('CHOWN'))).toEqual([forRestricted]);
  expect(forbidden('restricted', adding('SYS_ADMIN'))).toEqual([...forBoth, forRestricted]);
  expect(forbidden('restricted', adding('NET_BIND_SERVICE'))).toEqual([]);
  expect(forbidden('restricted', adding('NET_BIND_SERVICE', 'CHOWN'))).toEqual([forRestricted]);
});

/** The list of the standard, as its page has it. */
const BASELINE_CAPABILITIES = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

const taken: readonly [string, Given][] = [
  ['nothing but what it wants', {}],
  [
    'a namespace of the node that is not taken',
    { spec: { hostNetwork: false, hostPID: false, hostIPC: false } },
  ],
  [
    'sysctls that stay in the pod',
    {
      podContext: {
        sysctls: [
          'kernel.shm_rmid_forced',
          'net.ipv4.ip_local_port_range',
          'net.ipv4.ip_local_reserved_ports',
          'net.ipv4.ip_unprivileged_port_start',
          'net.ipv4.ping_group_range',
          'net.ipv4.tcp_fin_timeout',
          'net.ipv4.tcp_keepalive_intvl',
          'net.ipv4.tcp_keepalive_probes',
          'net.ipv4.tcp_keepalive_time',
          'net.ipv4.tcp_rmem',
          'net.ipv4.tcp_syncookies',
          'net.ipv4.tcp_wmem',
        ].map((name) => ({ name, value: '1' })),
      },
    },
  ],
  [
    'a profile of the node`s own',
    { podContext: { seccompProfile: { type: 'Localhost' }, appArmorProfile: { type: 'Localhost' } } },
  ],
  [
    'a filter said of the container alone',
    { podContext: { seccompProfile: undefined }, context: { seccompProfile: { type: 'RuntimeDefault' } } },
  ],
  [
    'not-root said of the pod alone',
    { podContext: { runAsNonRoot: true }, context: { runAsNonRoot: undefined } },
  ],
  ['another user', { podContext: { runAsUser: 1000 }, context: { runAsUser: 1000 } }],
  ...['', 'runtime/default', 'localhost/mine'].map((value): [string, Given] => [
    `the annotation of AppArmor "${value}"`,
    { annotations: { 'container.apparmor.security.beta.kubernetes.io/app': value } },
  ]),
  ['an annotation of something else', { annotations: { 'example.com/apparmor': 'unconfined' } }],
  ...['container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'].map(
    (type): [string, Given] => [
      `the type of SELinux ${type}`,
      { podContext: { seLinuxOptions: { type } }, context: { seLinuxOptions: { level: 's0' } } },
    ],
  ),
  ['a Windows container that is one', { context: { windowsOptions: { hostProcess: false } } }],
  ['no more power', { context: { privileged: false, procMount: 'Default' } }],
  ['a port of the pod', { container: { ports: [{ containerPort: 80, hostPort: 0 }] } }],
  [
    'probes and hooks of the pod itself',
    {
      container: {
        livenessProbe: { httpGet: { port: 80 } },
        readinessProbe: { tcpSocket: { port: 80 } },
        startupProbe: { exec: { command: ['true'] } },
        lifecycle: { postStart: { httpGet: { port: 80, host: '' } }, preStop: { sleep: { seconds: 1 } } },
      },
    },
  ],
  [
    'volumes that need no trust',
    {
      spec: {
        volumes: [
          'configMap',
          'csi',
          'downwardAPI',
          'emptyDir',
          'ephemeral',
          'image',
          'persistentVolumeClaim',
          'projected',
          'secret',
        ].map((kind) => ({ name: 'v', [kind]: {} })),
      },
    },
  ],
];

test.each(taken)('restricted takes %s', (_, given) => {
  expect(forbidden('restricted', given)).toEqual([]);
});

test('every list of containers is held, each at its place', () => {
  const containers = [{ name: 'a', image: 'a:1', securityContext: SOUND }];
  const privileged = [
    ...containers,
    { name: 'b', image: 'b:1', securityContext: { ...SOUND, privileged: true } },
  ];
  for (const list of ['initContainers', 'containers', 'ephemeralContainers']) {
    const said = [`privileged spec.${list}[1].securityContext.privileged`];
    expect(forbidden('baseline', { spec: { containers, [list]: privileged } })).toEqual(said);
  }
});

test('what Linux alone has is not asked of a pod for Windows; who it runs as is', () => {
  const context = { allowPrivilegeEscalation: undefined, capabilities: undefined };
  const podContext = { seccompProfile: undefined };
  expect(
    forbidden('restricted', { spec: { os: { name: 'windows' }, securityContext: podContext }, context }),
  ).toEqual([]);
  expect(forbidden('restricted', { spec: { os: { name: 'linux' } }, context })).toHaveLength(2);
  expect(
    forbidden('restricted', {
      spec: { os: { name: 'windows' } },
      context: { ...context, runAsNonRoot: false },
    }),
  ).toEqual([`runAsNonRoot ${inContainer('runAsNonRoot')}`]);
});

const TEMPLATES: readonly [string, (pod: object) => object, string][] = [
  ['Deployment', (template) => ({ spec: { template } }), 'spec.template.spec'],
  ['StatefulSet', (template) => ({ spec: { template } }), 'spec.template.spec'],
  ['DaemonSet', (template) => ({ spec: { template } }), 'spec.template.spec'],
  ['ReplicaSet', (template) => ({ spec: { template } }), 'spec.template.spec'],
  ['ReplicationController', (template) => ({ spec: { template } }), 'spec.template.spec'],
  ['Job', (template) => ({ spec: { template } }), 'spec.template.spec'],
  [
    'CronJob',
    (template) => ({ spec: { jobTemplate: { spec: { template } } } }),
    'spec.jobTemplate.spec.template.spec',
  ],
  ['PodTemplate', (template) => ({ template }), 'template.spec'],
];

test.each(TEMPLATES)('the pods of a %s are found at their place', (kind, holding, at) => {
  const pod = { metadata: { labels: { app: 'a' }, annotations: { note: 'b' } }, spec: { hostPID: true } };
  const object = { kind, metadata: { name: 'one' }, ...holding(pod) };
  const [pods, ...more] = new Inventory([object]).pods;
  expect(more).toEqual([]);
  expect(pods).toEqual({ object, at, labels: { app: 'a' }, annotations: { note: 'b' }, spec: pod.spec });
  expect(podSecurityViolations(pods!, 'baseline')).toEqual([
    { check: 'hostNamespaces', field: `${at}.hostPID` },
  ]);
});

test.each(TEMPLATES)('a %s without a template has no pods', (kind) => {
  expect(new Inventory([{ kind }, { kind, spec: {} }, { kind: 'ConfigMap', spec: {} }, {}]).pods).toEqual([]);
});
