import { type Container, containersOf, type Pods } from './inventory';

/** The levels of the Pod Security Standards. */
export type PodSecurityLevel = 'privileged' | 'baseline' | 'restricted';

/** One thing that a level forbids, with its place. */
export interface Violation {
  readonly check: string;
  readonly field: string;
}

interface SecurityContext {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly procMount?: string;
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly seccompProfile?: { readonly type?: string };
  readonly appArmorProfile?: { readonly type?: string };
  readonly seLinuxOptions?: { readonly type?: string; readonly user?: string; readonly role?: string };
  readonly windowsOptions?: { readonly hostProcess?: boolean };
  readonly sysctls?: readonly { readonly name: string }[];
}

const BASELINE_CAPABILITIES = new Set(
  (
    'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID ' +
    'SYS_CHROOT'
  ).split(' '),
);
const SYSCTLS = new Set([
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
]);
const SELINUX_TYPES = new Set([
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
]);
const PROFILES = new Set(['RuntimeDefault', 'Localhost']);
const RESTRICTED_VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
const APP_ARMOR_ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/';

/** What of a pod a level forbids, as the API server of Kubernetes 1.34 decides it; empty where it is admitted. */
export function podSecurityViolations(pods: Pods, level: PodSecurityLevel): Violation[] {
  if (level === 'privileged') return [];
  const found = [...baselineOfPod(pods), ...eachContainer(pods, baselineOfContainer)];
  return level === 'baseline' ? found : [...found, ...restricted(pods)];
}

function contextOf(holder: { readonly securityContext?: unknown }): SecurityContext {
  return (holder.securityContext ?? {}) as SecurityContext;
}

type ContainerCheck = (
  container: Container,
  context: SecurityContext,
) => (readonly [string, string] | false)[];

function eachContainer(pods: Pods, check: ContainerCheck): Violation[] {
  return containersOf(pods).flatMap(({ container, at }) =>
    check(container, contextOf(container)).flatMap((one) =>
      one ? [{ check: one[0], field: `${at}.${one[1]}` }] : [],
    ),
  );
}

function baselineOfPod({ spec, at, annotations }: Pods): Violation[] {
  const context = contextOf(spec);
  const found: [string, string][] = [];
  for (const key of ['hostNetwork', 'hostPID', 'hostIPC'])
    if (spec[key] === true) found.push(['hostNamespaces', key]);
  for (const [index, volume] of volumesOf(spec).entries()) {
    if (volume.hostPath) found.push(['hostPathVolumes', `volumes[${index}].hostPath`]);
  }
  for (const [index, { name }] of (context.sysctls ?? []).entries()) {
    if (!SYSCTLS.has(name)) found.push(['sysctls', `securityContext.sysctls[${index}]`]);
  }
  for (const one of profiles(context)) if (one) found.push([one[0], one[1]]);
  const ofAnnotations = Object.entries(annotations)
    .filter(([key, value]) => key.startsWith(APP_ARMOR_ANNOTATION) && !isAppArmorAnnotation(value))
    .map(([key]) => ({ check: 'appArmorProfile', field: `metadata.annotations['${key}']` }));
  return [...found.map(([check, field]) => ({ check, field: `${at}.${field}` })), ...ofAnnotations];
}

function isAppArmorAnnotation(value: string): boolean {
  return value === '' || value === 'runtime/default' || value.startsWith('localhost/');
}

/** What pods and containers are asked alike. */
function profiles(context: SecurityContext): (readonly [string, string] | false)[] {
  const { seccompProfile, appArmorProfile, seLinuxOptions, windowsOptions } = context;
  const { type = '', user = '', role = '' } = seLinuxOptions ?? {};
  return [
    !!seccompProfile &&
      !PROFILES.has(seccompProfile.type ?? '') && ['seccompProfile', 'securityContext.seccompProfile'],
    !!appArmorProfile &&
      !PROFILES.has(appArmorProfile.type ?? '') && ['appArmorProfile', 'securityContext.appArmorProfile'],
    !!seLinuxOptions &&
      (!SELINUX_TYPES.has(type) || user !== '' || role !== '') && [
        'seLinuxOptions',
        'securityContext.seLinuxOptions',
      ],
    windowsOptions?.hostProcess === true && ['windowsHostProcess', 'securityContext.windowsOptions'],
  ];
}

function baselineOfContainer(container: Container, context: SecurityContext) {
  const { privileged, capabilities, procMount } = context;
  return [
    ...profiles(context),
    privileged === true && (['privileged', 'securityContext.privileged'] as const),
    (capabilities?.add ?? []).some((one) => !BASELINE_CAPABILITIES.has(one)) &&
      (['capabilities', 'securityContext.capabilities.add'] as const),
    !!procMount && procMount !== 'Default' && (['procMount', 'securityContext.procMount'] as const),
    (container.ports ?? []).some(({ hostPort }) => !!hostPort) && (['hostPorts', 'ports'] as const),
    ...handlers(container),
  ];
}

type Handler = {
  readonly httpGet?: { readonly host?: string };
  readonly tcpSocket?: { readonly host?: string };
};

/** Probes and hooks that are sent somewhere else than to the pod. */
function handlers(container: Container): (readonly [string, string] | false)[] {
  const lifecycle = (container.lifecycle ?? {}) as Readonly<Record<string, Handler | undefined>>;
  const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'].map(
    (name) => [name, container[name]] as const,
  );
  const hooks = ['postStart', 'preStop'].map((name) => [`lifecycle.${name}`, lifecycle[name]] as const);
  return [...probes, ...hooks].map(([name, handler]) => {
    const { httpGet, tcpSocket } = (handler ?? {}) as Handler;
    return !!(httpGet?.host || tcpSocket?.host) && (['hostProbesAndHostLifecycle', name] as const);
  });
}

function restricted(pods: Pods): Violation[] {
  const { spec, at } = pods;
  const pod = contextOf(spec);
  const isWindows = (spec.os as { readonly name?: string } | undefined)?.name === 'windows';
  const ofPod: Violation[] = volumesOf(spec).flatMap((volume, index) =>
    RESTRICTED_VOLUMES.some((kind) => volume[kind])
      ? []
      : [{ check: 'restrictedVolumes', field: `${at}.volumes[${index}]` }],
  );
  if (pod.runAsNonRoot === false)
    ofPod.push({ check: 'runAsNonRoot', field: `${at}.securityContext.runAsNonRoot` });
  if (pod.runAsUser === 0) ofPod.push({ check: 'runAsUser', field: `${at}.securityContext.runAsUser` });
  const isPodFiltered = PROFILES.has(pod.seccompProfile?.type ?? '');
  const ofContainers = eachContainer(pods, (_, context) => [
    (context.runAsNonRoot ?? pod.runAsNonRoot) !== true && ['runAsNonRoot', 'securityContext.runAsNonRoot'],
    context.runAsUser === 0 && ['runAsUser', 'securityContext.runAsUser'],
    ...(isWindows ? [] : ofLinux(context, isPodFiltered)),
  ]);
  return [...ofPod, ...ofContainers];
}

function ofLinux(context: SecurityContext, isPodFiltered: boolean): (readonly [string, string] | false)[] {
  const { add = [], drop } = context.capabilities ?? {};
  return [
    context.allowPrivilegeEscalation !== false && [
      'allowPrivilegeEscalation',
      'securityContext.allowPrivilegeEscalation',
    ],
    (!drop?.includes('ALL') || add.some((one) => one !== 'NET_BIND_SERVICE')) && [
      'capabilities',
      'securityContext.capabilities',
    ],
    !context.seccompProfile && !isPodFiltered && ['seccompProfile', 'securityContext.seccompProfile'],
  ];
}

function volumesOf(spec: Pods['spec']): readonly Readonly<Record<string, unknown>>[] {
  return (spec.volumes ?? []) as readonly Readonly<Record<string, unknown>>[];
}
