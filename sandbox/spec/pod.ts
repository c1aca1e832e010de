import { Expression, mayBeAbsent, NODE, type Templated, verbatim } from '../../core/template';
import type { Container, PodSpec, Toleration } from '../../imports/k8s';

/** The uid and gid of everything in a sandbox; not root, and none that an image or a node is likely to have. */
export const SANDBOX_USER = 10_001;
/** Where a sandbox can write. Both folders are empty, sized, and gone with the pod. */
export const WORKSPACE = '/workspace';
const SCRATCH = '/tmp';
/** An idle sandbox has nothing to save, so it is not waited for. */
const GRACE_SECONDS = 1;

/**
 * Fields of the pod that come from the props: what may differ between installations, so that a policy compares them
 * with a parameter even where they are constants of the program. A path that ends with a dot means everything below it.
 */
export const GIVEN_FIELDS: readonly string[] = [
  'serviceAccountName',
  'activeDeadlineSeconds',
  'hostUsers',
  'runtimeClassName',
  'priorityClassName',
  'nodeSelector.',
  'containers[0].imagePullPolicy',
  'volumes[0].emptyDir.sizeLimit',
  'volumes[1].emptyDir.sizeLimit',
].map((path) => `spec.template.spec.${path}`);

export interface SandboxPodProps {
  /** The account of the pod. It must not be bound to anything; its token is not mounted. */
  readonly serviceAccountName: Templated<string>;
  /** The image that the sandbox runs. */
  readonly image: Templated<string>;
  /** What the container runs. */
  readonly command: Templated<readonly string[]>;
  /**
   * Environment variables. There are no others: no Secret and no ConfigMap reaches a sandbox.
   * @default - none
   */
  readonly env?: Expression<Readonly<Record<string, string>>>;
  /** CPU: guaranteed, and at most. */
  readonly cpu: Templated<string>;
  /** Memory: guaranteed, and at most. */
  readonly memory: Templated<string>;
  /** Disk for the workspace, /tmp and logs together; the pod is evicted above it. */
  readonly ephemeralStorage: Templated<string>;
  /** The size of each writable folder. */
  readonly workspaceSize: Templated<string>;
  /**
   * When the node fetches the image.
   * @default 'IfNotPresent'
   */
  readonly imagePullPolicy?: Templated<'Always' | 'IfNotPresent' | 'Never'>;
  /**
   * A RuntimeClass with a sandbox of its own, such as gVisor. It takes the place of the user namespace: the two do not
   * work together. Where the class schedules, repeat its nodeSelector and tolerations here.
   * @default - none; the pod has a user namespace of its own (`hostUsers: false`)
   */
  readonly runtimeClassName?: Templated<string | undefined>;
  /**
   * The PriorityClass. In a cluster that has a default one it must be named here, or the policy finds a class that the
   * template does not say.
   * @default - none
   */
  readonly priorityClassName?: Templated<string | undefined>;
  /**
   * Labels of the nodes that sandboxes may run on.
   * @default - any node
   */
  readonly nodeSelector?: Readonly<Record<string, Templated<string>>>;
  /**
   * Taints that sandboxes tolerate.
   * @default - none
   */
  readonly tolerations?: readonly Templated<Toleration>[];
}

/**
 * The pod of a sandbox. Everything that holds is written down, also what is a default of Kubernetes: the admission
 * policy is read off this, and what is not here is denied.
 */
export function sandboxPod(props: SandboxPodProps, deadlineSeconds: Templated<number>): Templated<PodSpec> {
  const { runtimeClassName, priorityClassName, nodeSelector, tolerations } = props;
  return {
    serviceAccountName: props.serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy: 'Never',
    // The Job's deadline can be prolonged, this one cannot: the kubelet ends the pod even where no controller runs.
    activeDeadlineSeconds: deadlineSeconds,
    terminationGracePeriodSeconds: GRACE_SECONDS,
    shareProcessNamespace: false,
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    hostUsers: ownUserNamespace(runtimeClassName),
    runtimeClassName,
    priorityClassName,
    nodeSelector,
    tolerations,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: SANDBOX_USER,
      runAsGroup: SANDBOX_USER,
      fsGroup: SANDBOX_USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [container(props)],
    volumes: ['workspace', 'tmp'].map((name) => ({ name, emptyDir: { sizeLimit: props.workspaceSize } })),
  };
}

/** `hostUsers: false`, unless a runtime class is there to do better. */
function ownUserNamespace(runtimeClass: Templated<string | undefined>): Templated<boolean | undefined> {
  if (runtimeClass === undefined) return false;
  const isSure = typeof runtimeClass === 'string' || !mayBeAbsent(runtimeClass[NODE]);
  return isSure ? undefined : runtimeClass.isSet.then(undefined, false);
}

function container(props: SandboxPodProps): Templated<Container> {
  const { cpu, memory, ephemeralStorage } = props;
  const amounts = { cpu, memory, 'ephemeral-storage': ephemeralStorage };
  return {
    name: 'sandbox',
    image: props.image,
    imagePullPolicy: props.imagePullPolicy ?? 'IfNotPresent',
    command: eachVerbatim(props.command),
    env: props.env?.map((value, name) => ({ name, value: verbatim(value) })),
    workingDir: WORKSPACE,
    resources: { limits: amounts, requests: amounts },
    securityContext: {
      privileged: false,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
    },
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    volumeMounts: [
      { name: 'workspace', mountPath: WORKSPACE },
      { name: 'tmp', mountPath: SCRATCH },
    ],
  };
}

/** What a run gives arrives byte for byte: Kubernetes would take `$(NAME)` for a variable, and `$$` for `$`. */
function eachVerbatim(texts: Templated<readonly string[]>): Templated<readonly string[]> {
  if (texts instanceof Expression) return texts.map((one) => verbatim(one)) as Expression<readonly string[]>;
  return (texts as readonly Templated<string>[]).map(verbatim);
}
