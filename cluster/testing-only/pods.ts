import { BUSYBOX_IMAGE } from '../images/own-images';

/** A container's security settings as the Pod Security level `restricted` wants them. */
export const restricted = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
} as const;

interface PodFields {
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: object;
  readonly container?: object;
}

/** The spec of a pod with one busybox container that satisfies `restricted`. */
export function podSpec(command: readonly string[], fields: PodFields = {}): object {
  return {
    terminationGracePeriodSeconds: 1,
    automountServiceAccountToken: false,
    containers: [
      {
        name: 'main',
        image: BUSYBOX_IMAGE,
        command,
        securityContext: restricted,
        ...fields.container,
      },
    ],
    ...fields.spec,
  };
}

/** A pod that runs a command. */
export function pod(name: string, command: readonly string[], fields: PodFields = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name, ...fields.labels } },
    spec: podSpec(command, fields),
  };
}

/** Serves an empty folder over HTTP: any answer means that the connection was let through. */
export const httpServer = ['httpd', '-f', '-p', '8080', '-h', '/tmp'];

/** Waits long enough for any test. */
export const idle = ['sleep', '3600'];

/** A Service in front of the pods with this label. */
export function service(name: string, app: string, spec: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app }, ports: [{ port: 80, targetPort: 8080 }], ...spec },
  };
}
