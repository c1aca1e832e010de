import type { JsonObject } from '../../core/template';
import type { Changes } from './change';
import { add, C, type Loosening, OWNED, set, without } from './loosening';

const SC = `${C}.securityContext`;
const PSC = 'spec.securityContext';
const V = 'spec.volumes[0]';

/** The user namespace forbids these by itself, so it is left out too. */
const WITH_HOST_USERS: Changes = { 'spec.hostUsers': undefined };
const more = { name: 'more', image: 'registry.example.com/ci/more:1' };

/** A class that exists, or the API server would refuse a pod before the policy sees it. */
export const LOOSE_RUNTIME_CLASS = 'loosening';

/** Loosenings of a pod, alone or inside a Job. */
export const POD_LOOSENINGS: readonly Loosening[] = [
  // Identity and tokens.
  set('spec.serviceAccountName', 'default'),
  set('spec.automountServiceAccountToken', true),
  without('spec.automountServiceAccountToken'),
  add('spec.imagePullSecrets', [{ name: 'registry' }]),
  // The host.
  add('spec.hostNetwork', true, WITH_HOST_USERS),
  add('spec.hostPID', true, WITH_HOST_USERS),
  add('spec.hostIPC', true, WITH_HOST_USERS),
  set('spec.hostUsers', true),
  without('spec.hostUsers'),
  add('spec.nodeName', 'node1'),
  add('spec.nodeSelector', { 'node-role.kubernetes.io/control-plane': '' }),
  add('spec.affinity', {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'role', operator: 'Exists' }] }],
      },
    },
  }),
  add('spec.topologySpreadConstraints', [
    { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' },
  ]),
  set('spec.tolerations', [{ operator: 'Exists' }]),
  set('spec.schedulerName', 'mine'),
  add('spec.schedulingGates', [{ name: 'example.com/wait' }]),
  set('spec.priorityClassName', 'system-node-critical'),
  set('spec.runtimeClassName', LOOSE_RUNTIME_CLASS),
  add('spec.hostAliases', [{ ip: '169.254.169.254', hostnames: ['metadata'] }]),
  add('spec.hostname', 'api'),
  add('spec.subdomain', 'db'),
  add('spec.setHostnameAsFQDN', true),
  set('spec.dnsPolicy', 'Default'),
  add('spec.dnsConfig', { nameservers: ['192.0.2.1'] }),
  set('spec.enableServiceLinks', true),
  set('spec.shareProcessNamespace', true),
  add('spec.os', { name: 'linux' }),
  add('spec.readinessGates', [{ conditionType: 'example.com/ready' }]),
  // Time.
  set('spec.activeDeadlineSeconds', 999_999),
  without('spec.activeDeadlineSeconds'),
  set('spec.terminationGracePeriodSeconds', 3600),
  // The pod's security context.
  without('spec.securityContext.runAsNonRoot'),
  set(`${PSC}.runAsNonRoot`, false),
  set(`${PSC}.runAsUser`, 0),
  without(`${PSC}.runAsUser`),
  set(`${PSC}.runAsGroup`, 0),
  set(`${PSC}.fsGroup`, 0),
  add(`${PSC}.supplementalGroups`, [0]),
  add(`${PSC}.supplementalGroupsPolicy`, 'Merge'),
  add(`${PSC}.fsGroupChangePolicy`, 'OnRootMismatch'),
  add(`${PSC}.sysctls`, [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }]),
  add(`${PSC}.seLinuxOptions`, { type: 'spc_t' }),
  add(`${PSC}.appArmorProfile`, { type: 'Unconfined' }),
  set(`${PSC}.seccompProfile.type`, 'Unconfined'),
  { ...set(`${PSC}.seccompProfile`, undefined, 'left out'), field: `${PSC}.seccompProfile.type` },
  add(`${PSC}.seccompProfile.localhostProfile`, 'mine.json', { [`${PSC}.seccompProfile.type`]: 'Localhost' }),
  // Containers.
  { field: 'spec.containers', changes: { 'spec.containers[1]': more }, note: 'a second container' },
  add('spec.initContainers', [more]),
  add('spec.initContainers', [{ ...more, restartPolicy: 'Always' }], {}, 'a sidecar'),
  set(`${C}.image`, 'evil.example.com/miner:1'),
  set(`${C}.image`, 'registry.example.com/cigar:1', 'begins like an allowed one'),
  set(`${C}.image`, 'registry.example.com/ci', 'the path alone'),
  set(`${C}.image`, 'registry.example.com/ci/', 'nothing below the path'),
  set(`${C}.image`, 'registry.example.com/ci/x', 'without a tag'),
  set(`${C}.image`, 'registry.example.com.evil.net/ci/x:1', 'another host that begins like an allowed one'),
  set(`${C}.image`, 'registry.example.com/ci/../miner:1', 'out of the path'),
  set(`${C}.image`, 'registry.example.com/ci/x:1,evil.example.com/miner:1', 'two images'),
  set(`${C}.imagePullPolicy`, 'Always'),
  set(`${C}.name`, 'other'),
  set(`${C}.workingDir`, '/'),
  add(`${C}.args`, ['--more']),
  add(`${C}.ports`, [{ containerPort: 80, hostPort: 80 }]),
  add(`${C}.stdin`, true),
  add(`${C}.tty`, true),
  add(`${C}.lifecycle`, { postStart: { exec: { command: ['true'] } } }),
  add(`${C}.livenessProbe`, { httpGet: { host: '169.254.169.254', port: 80 } }),
  add(`${C}.readinessProbe`, { tcpSocket: { host: '10.96.0.1', port: 443 } }),
  add(`${C}.startupProbe`, { exec: { command: ['true'] } }),
  set(`${C}.terminationMessagePath`, '/workspace/message'),
  set(`${C}.terminationMessagePolicy`, 'FallbackToLogsOnError'),
  // Secrets and configuration.
  add(`${C}.envFrom`, [{ secretRef: { name: 'credentials' } }]),
  add(`${C}.envFrom`, [{ configMapRef: { name: 'config' } }], {}, 'a ConfigMap'),
  {
    field: `${C}.env`,
    changes: { [`${C}.env[0]`]: { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } } },
    note: 'a key of a Secret',
  },
  {
    field: `${C}.env`,
    changes: { [`${C}.env[0]`]: { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } } },
    note: "the node's address",
  },
  set(`${C}.env`, [{ name: 'A', value: 'x'.repeat(1_000_000) }], '1 MB'),
  set(`${C}.env`, manyVariables(3000), '3,000 small ones'),
  set(`${C}.command`, ['echo', 'x'.repeat(1_000_000)], '1 MB'),
  // The container's security context.
  set(`${SC}.allowPrivilegeEscalation`, true),
  without(`${SC}.allowPrivilegeEscalation`),
  {
    field: `${SC}.privileged`,
    changes: { [`${SC}.privileged`]: true, [`${SC}.allowPrivilegeEscalation`]: true },
  },
  set(`${SC}.readOnlyRootFilesystem`, false),
  without(`${SC}.readOnlyRootFilesystem`),
  set(`${SC}.runAsNonRoot`, false),
  add(`${SC}.runAsUser`, 0),
  add(`${SC}.runAsGroup`, 0),
  add(`${SC}.seccompProfile`, { type: 'Unconfined' }),
  add(`${SC}.appArmorProfile`, { type: 'Unconfined' }),
  add(`${SC}.seLinuxOptions`, { level: 's0' }),
  add(`${SC}.capabilities.add`, ['NET_RAW']),
  set(`${SC}.capabilities.drop`, ['NET_RAW'], 'keeps all others'),
  { ...set(`${SC}.capabilities`, undefined, 'left out'), field: `${SC}.capabilities.drop` },
  // Amounts.
  { ...set(`${C}.resources`, undefined, 'left out'), field: `${C}.resources.limits.cpu` },
  set(`${C}.resources.limits.cpu`, '64'),
  set(`${C}.resources.limits.memory`, '64Gi'),
  set(`${C}.resources.limits.ephemeral-storage`, '64Gi'),
  { ...set(`${C}.resources.limits.cpu`, undefined, 'left out'), changes: noAmount('cpu') },
  { ...set(`${C}.resources.limits.memory`, undefined, 'left out'), changes: noAmount('memory') },
  {
    ...set(`${C}.resources.limits.ephemeral-storage`, undefined, 'left out'),
    changes: noAmount('ephemeral-storage'),
  },
  ...['cpu', 'memory', 'ephemeral-storage'].map(
    (name): Loosening => ({
      field: `${C}.resources.limits.${name}`,
      changes: amountOf(name, '0'),
      note: 'zero, which is no limit',
    }),
  ),
  {
    field: `${C}.resources.limits.cpu`,
    changes: {
      ...amountOf('cpu', '0'),
      ...amountOf('memory', '0Mi'),
      ...amountOf('ephemeral-storage', '0k'),
    },
    note: 'zero of everything: the pod would be BestEffort',
  },
  set(`${C}.resources.requests.memory`, '0', 'nothing guaranteed'),
  set(`${C}.resources.requests.memory`, '1Mi', 'less guaranteed than taken'),
  set(`${C}.resources.requests.cpu`, '1m', 'less guaranteed than taken'),
  {
    field: `${C}.resources.limits.example.com/gpu`,
    changes: {
      [`${C}.resources.limits["example.com/gpu"]`]: '1',
      [`${C}.resources.requests["example.com/gpu"]`]: '1',
    },
  },
  // Volumes.
  ...Object.entries<JsonObject>({
    hostPath: { path: '/' },
    secret: { secretName: 'credentials' },
    configMap: { name: 'config' },
    projected: { sources: [{ serviceAccountToken: { path: 'token', audience: 'api' } }] },
    persistentVolumeClaim: { claimName: 'data' },
    downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] },
    nfs: { server: '192.0.2.1', path: '/' },
    csi: { driver: 'csi.example.com' },
    ephemeral: {
      volumeClaimTemplate: {
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    },
  }).map(
    ([source, volume]): Loosening => ({
      field: `${V}.${source}`,
      changes: { [V]: { name: 'workspace', [source]: volume } },
    }),
  ),
  {
    field: 'spec.volumes',
    changes: { 'spec.volumes[2]': { name: 'more', emptyDir: {} } },
    note: 'a third volume',
  },
  set(`${V}.emptyDir.sizeLimit`, '64Gi'),
  without(`${V}.emptyDir.sizeLimit`),
  add(`${V}.emptyDir.medium`, 'Memory'),
  set(`${C}.volumeMounts[0].mountPath`, '/etc'),
  add(`${C}.volumeMounts[0].mountPropagation`, 'HostToContainer'),
  add(`${C}.volumeMounts[0].subPath`, 'a'),
  {
    field: `${C}.volumeMounts`,
    changes: { [`${C}.volumeMounts[2]`]: { name: 'tmp', mountPath: '/var/run' } },
    note: 'a third mount',
  },
  // Metadata.
  {
    ...without('metadata.labels.app.kubernetes.io/name'),
    changes: { 'metadata.labels["app.kubernetes.io/name"]': undefined },
  },
  {
    field: 'metadata.labels.app.kubernetes.io/managed-by',
    changes: { 'metadata.labels["app.kubernetes.io/managed-by"]': 'me' },
  },
  {
    field: 'metadata.annotations.drydock.dev/template',
    changes: { 'metadata.annotations["drydock.dev/template"]': '0'.repeat(64) },
    note: 'the hash of another template',
  },
  {
    field: 'metadata.annotations.k8s.v1.cni.cncf.io/networks',
    changes: { 'metadata.annotations["k8s.v1.cni.cncf.io/networks"]': 'host-net' },
    note: 'a second network',
  },
  {
    field: 'metadata.annotations.io.kubernetes.cri-o.Devices',
    changes: { 'metadata.annotations["io.kubernetes.cri-o.Devices"]': '/dev/kmsg' },
    note: 'an order to the container runtime',
  },
  {
    field: 'metadata.finalizers',
    changes: { 'metadata.finalizers': ['example.com/never'] },
    note: 'cannot be deleted',
  },
  {
    field: 'metadata.labels.istio',
    changes: { 'metadata.labels.istio': 'ingressgateway' },
    note: 'a label that meshes act on',
  },
  {
    field: 'metadata.labels.k8s-app',
    changes: { 'metadata.labels["k8s-app"]': 'kube-dns' },
    note: 'a label that network policies trust',
  },
  { ...OWNED, note: 'tied to the life of another object' },
];

/** Small each, and more than 64 KiB together. */
function manyVariables(count: number): JsonObject[] {
  return Array.from({ length: count }, (_, index) => ({ name: `VARIABLE_${index}`, value: 'x'.repeat(20) }));
}

function amountOf(name: string, amount: string): Changes {
  return {
    [`${C}.resources.limits["${name}"]`]: amount,
    [`${C}.resources.requests["${name}"]`]: amount,
  };
}

/** Limits and requests go together: of a limit that is not there, no request may be either. */
function noAmount(name: string): Changes {
  return {
    [`${C}.resources.limits.${name}`]: undefined,
    [`${C}.resources.requests.${name}`]: undefined,
  };
}

/** What only a pod alone can do: a Job's cannot restart for ever. */
export const BARE_POD_LOOSENINGS: readonly Loosening[] = [
  set('spec.restartPolicy', 'Always'),
  set('spec.restartPolicy', 'OnFailure'),
  {
    field: `${SC}.appArmorProfile`,
    changes: {
      'metadata.annotations["container.apparmor.security.beta.kubernetes.io/sandbox"]': 'unconfined',
    },
    note: 'by the old annotation, of which the server makes the field',
  },
];
