import type { Templated } from '../../core/template';
import type { Container, EnvVar } from '../../imports/k8s';
import { nonEmpty } from '../condition';
import { probeFields } from './probe-fields';
import type { SecureServiceProps } from './props';
import { portNameOf } from './protocol';
import { resourceRequirements } from './resources';
import { mounts } from './storage';
import { words } from './variables';

/** How long a pod keeps serving after it was told to stop, so that load balancers have taken it out by then. */
export const PRE_STOP_SECONDS = 5;
/** The name of the service's own container. */
export const CONTAINER = 'app';
export const PULL_POLICY = 'IfNotPresent';

/** The service's own container. */
export function container(
  props: SecureServiceProps,
  env: readonly Templated<EnvVar>[],
): Templated<Container> {
  const more = Object.entries(props.ports ?? {});
  const added = props.addCapabilities ?? [];
  return {
    name: CONTAINER,
    image: props.image,
    imagePullPolicy: props.imagePullPolicy ?? PULL_POLICY,
    command: words(props.command),
    args: words(props.args),
    ports: [[portNameOf(props), props.port] as const, ...more].map(([name, containerPort]) => ({
      name,
      containerPort,
      protocol: 'TCP',
    })),
    env: nonEmpty(env),
    envFrom: nonEmpty(props.envFrom),
    resources: resourceRequirements(props.resources),
    securityContext: {
      allowPrivilegeEscalation: props.allowPrivilegeEscalation ?? false,
      capabilities: { drop: ['ALL'], add: nonEmpty(added) },
      readOnlyRootFilesystem: !props.allowWritableRoot,
    },
    ...probeFields(props),
    lifecycle: { preStop: { sleep: { seconds: props.preStopSeconds ?? PRE_STOP_SECONDS } } },
    volumeMounts: nonEmpty([...mounts(props.writable ?? [], props.storage), ...(props.volumeMounts ?? [])]),
  };
}
