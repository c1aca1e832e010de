import type { Templated, TemplatedItem } from '../../core/template';
import type {
  Container,
  ContainerPort,
  EnvVar,
  Probe as KubeProbe,
  Lifecycle,
  VolumeMount,
} from '../../imports/k8s';
import { nonEmpty, orDefault } from '../condition';
import { claimMounts } from './claims';
import { fileMounts } from './files';
import { projectedMounts } from './projected';
import type { ContainerProps, WorkloadProps } from './props';
import { resourceRequirements } from './resources';
import { mounts } from './storage';
import { words } from './variables';

/** The name of a workload's own container. */
export const CONTAINER = 'app';
export const PULL_POLICY = 'IfNotPresent';

/** The props that the container is made of; what is absent is as secure as it can be. */
export type ContainerOptions = ContainerProps &
  Pick<WorkloadProps, 'allowPrivilegeEscalation' | 'addCapabilities' | 'allowWritableRoot' | 'volumeMounts'>;

/** What only some workloads have in their container. */
export interface ContainerParts {
  readonly ports?: readonly TemplatedItem<ContainerPort>[];
  readonly probes?: Readonly<
    Partial<Record<'startupProbe' | 'livenessProbe' | 'readinessProbe', Templated<KubeProbe>>>
  >;
  readonly lifecycle?: Templated<Lifecycle>;
  /** Root on the node, with all its devices. */
  readonly privileged?: boolean;
  /** Besides the folders that it may write to. */
  readonly mounts?: readonly Templated<VolumeMount>[];
}

/** The workload's own container. */
export function container(
  props: ContainerOptions,
  env: readonly TemplatedItem<EnvVar>[],
  { ports, probes, lifecycle, privileged, mounts: more = [] }: ContainerParts,
): Templated<Container> {
  return {
    name: CONTAINER,
    image: props.image,
    imagePullPolicy: orDefault(props.imagePullPolicy, PULL_POLICY),
    command: words(props.command),
    args: words(props.args),
    ports,
    env: nonEmpty(env),
    envFrom: nonEmpty(props.envFrom),
    resources: resourceRequirements(props.resources),
    securityContext: {
      privileged,
      // The server refuses to take from a privileged container what it has anyway.
      allowPrivilegeEscalation: privileged ? undefined : (props.allowPrivilegeEscalation ?? false),
      capabilities: { drop: ['ALL'], add: nonEmpty(props.addCapabilities) },
      readOnlyRootFilesystem: !props.allowWritableRoot,
    },
    ...probes,
    lifecycle: lifecycleOf(props, lifecycle),
    volumeMounts: nonEmpty([
      ...mounts(props.writable ?? []),
      ...fileMounts(props.files),
      ...claimMounts(props.claims),
      ...projectedMounts(props.projected),
      ...more,
      ...(props.volumeMounts ?? []),
    ]),
  };
}

/** The hooks of the user take the place of those that the workload has by itself. */
function lifecycleOf(
  { postStart, preStop }: ContainerProps,
  own: ContainerParts['lifecycle'],
): Templated<Lifecycle> | undefined {
  if (!postStart && !preStop) return own;
  const exec = (command: ContainerProps['command']) => command && { exec: { command: words(command) } };
  return {
    ...own,
    ...(postStart && { postStart: exec(postStart) }),
    ...(preStop && { preStop: exec(preStop) }),
  };
}
