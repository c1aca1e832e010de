import type { Templated } from '../../core/template';
import type { Container, PodSpec, Probe, VolumeMount } from '../../imports/k8s';
import { resourceRequirements } from './resources';
import type { SecureServiceProps } from './secure-service';

/** The uid and gid that containers run as; not root, and none that an image is likely to own files with. */
export const USER = 1000;
/** How long a pod that shall go keeps serving, so that everybody has heard of it before it stops. */
const PRE_STOP_SECONDS = 5;
const GRACE_SECONDS = 30;
const WRITABLE_SIZE = '64Mi';

/** The pod of a service: Pod Security "restricted", and what belongs to running it well. */
export function podSpec(
  props: SecureServiceProps,
  serviceAccountName: Templated<string>,
): Templated<PodSpec> {
  const writable = props.writable ?? [];
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      fsGroup: USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    terminationGracePeriodSeconds: GRACE_SECONDS,
    containers: [container(props, writable)],
    ...(writable.length > 0
      ? {
          volumes: writable.map((path) => ({
            name: volumeName(path),
            emptyDir: { sizeLimit: WRITABLE_SIZE },
          })),
        }
      : {}),
  };
}

function container(props: SecureServiceProps, writable: readonly string[]): Templated<Container> {
  const mounts: VolumeMount[] = writable.map((path) => ({ name: volumeName(path), mountPath: path }));
  return {
    name: 'app',
    image: props.image,
    imagePullPolicy: props.imagePullPolicy ?? 'IfNotPresent',
    ports: [{ name: 'http', containerPort: props.port, protocol: 'TCP' }],
    resources: resourceRequirements(props.resources),
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
    startupProbe: httpProbe('/health', { periodSeconds: 2, failureThreshold: 30 }),
    livenessProbe: httpProbe('/health', { initialDelaySeconds: 30, periodSeconds: 10 }),
    readinessProbe: httpProbe('/ready', { initialDelaySeconds: 5, periodSeconds: 5 }),
    lifecycle: { preStop: { sleep: { seconds: PRE_STOP_SECONDS } } },
    ...(mounts.length > 0 ? { volumeMounts: mounts } : {}),
  };
}

function httpProbe(path: string, timing: Omit<Probe, 'httpGet'>): Probe {
  return { httpGet: { path, port: 'http' }, ...timing };
}

function volumeName(path: string): string {
  return `writable${path
    .replace(/[^a-zA-Z0-9]+/g, '-')
    .toLowerCase()
    .replace(/-$/, '')}`;
}
