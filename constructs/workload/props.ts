import type { Expression, Json, Templated, TemplatedItem } from '../../core/template';
import type {
  Affinity,
  Container,
  EnvFromSource,
  EnvVar,
  HostAlias,
  PodDNSConfig,
  SeccompProfile,
  Toleration,
  Volume,
  VolumeMount,
} from '../../imports/k8s';
import type { Condition } from '../condition';
import type { Labels } from '../identity';
import type { ApiServerAddress } from '../network/api-server';
import type { ClusterDns } from '../network/dns';
import type { Peer, Reachable } from '../network/peer';
import type { PlusPeer } from '../network/plus-peer';
import type { Account } from './account';
import type { Claims } from './claims';
import type { Env } from './env';
import type { Files } from './files';
import type { Projected } from './projected';
import type { PodResources, ResourcePreset, Resources } from './resources';
import type { DisruptionBudget, Scaling } from './scaling';
import type { StartAfter } from './start-after';
import type { WritableFolder } from './storage';
import type { UpdateStrategy } from './update-strategy';
import type { Word } from './variables';

/** `Templated<Labels | undefined>`, written out: the compiler has less to work out for every program. */
type Texts = { readonly [name: string]: TemplatedItem<string> } | Expression<Labels | undefined>;
/** Kubernetes data, typed or as `value.raw` gives it. */
type Data<T> = Templated<T> | Expression<Json | undefined>;

/** What runs. */
export interface ContainerProps {
  /** The container image, with a tag other than `latest`, or a digest. */
  readonly image: Templated<string>;
  /** CPU and memory, as a preset or in numbers; nothing runs without limits. */
  readonly resources: ResourcePreset | Resources;
  /**
   * Instead of the image's entrypoint. Every text arrives as it is written; `{ withVariables: '$(POD_IP)' }` is one in
   * which Kubernetes puts values for `$(NAME)`.
   * @default - the image's
   */
  readonly command?: readonly Word[];
  /**
   * Instead of the image's arguments.
   * @default - the image's
   */
  readonly args?: readonly Word[];
  /**
   * Environment variables: texts, which arrive as they are written, keys of Secrets and ConfigMaps, facts of the pod.
   * @default - none
   */
  readonly env?: Env;
  /**
   * More variables, as Kubernetes writes them or as a map that is filled when the chart is installed. They are passed on
   * as Kubernetes reads them: `$(NAME)` in them is the value of a variable, and `$$` a `$`.
   * @default - none
   */
  readonly extraEnv?: readonly Templated<EnvVar>[] | Expression<Readonly<Record<string, string>>>;
  /**
   * Whole ConfigMaps and Secrets as variables. What they hold is not seen here, so nothing checks it.
   * @default - none
   */
  readonly envFrom?: readonly Templated<EnvFromSource>[];
  /**
   * Files that the program reads, by their path: a key of a ConfigMap or Secret, or, without a key, a folder with all of
   * them. Another content replaces the pods, as with `env`.
   * @default - none
   */
  readonly files?: Files;
  /**
   * Volumes whose claims are made elsewhere, by the path where the process sees them. All pods share them, so with more
   * than one pod the claim has to allow that.
   * @default - none
   */
  readonly claims?: Claims;
  /**
   * Folders that are put together of several sources, by their path: keys of ConfigMaps and Secrets, facts of the pod,
   * and tokens that another system takes, such as a vault. Another content replaces the pods, as with `env`.
   * @default - none
   */
  readonly projected?: Projected;
  /**
   * A command that runs in the container right after its start, beside the program; the container counts when it has
   * ended, and is started anew when it fails.
   * @default - none
   */
  readonly postStart?: readonly Word[];
  /**
   * A command that runs in the container before the program hears of its end. A service then does not wait for
   * `preStopSeconds`, which is for the command to do.
   * @default - none
   */
  readonly preStop?: readonly Word[];
  /**
   * When the node fetches the image.
   * @default 'IfNotPresent'
   */
  readonly imagePullPolicy?: Templated<'Always' | 'IfNotPresent' | 'Never' | undefined>;
  /**
   * Names of Secrets with which the node fetches the image.
   * @default - none
   */
  readonly imagePullSecrets?: Templated<readonly string[] | undefined>;
  /**
   * Folders that the process may write to, each a volume of limited size that goes with the pod; the rest of its root
   * filesystem is read-only.
   * @default - none
   */
  readonly writable?: readonly (string | WritableFolder)[];
}

/** As whom and where its pods run, and how they end. */
export interface PodProps {
  /**
   * The account that its pods run as: the name of one that exists, or annotations of its own.
   * @default - one of its own, to which nothing is bound
   */
  readonly serviceAccount?: Account;
  /**
   * Services that have to answer before the program starts: a container waits for them first. A program that tries again
   * by itself needs no such order.
   * @default - it starts at once
   */
  readonly startAfter?: StartAfter;
  /**
   * Names for addresses, as `/etc/hosts` has them.
   * @default - none
   */
  readonly hostAliases?: readonly Templated<HostAlias>[];
  /**
   * Name servers, search domains and options of the resolver, as Kubernetes writes them.
   * @default - the cluster's
   */
  readonly dnsConfig?: Data<PodDNSConfig>;
  /**
   * CPU and memory of the pod as a whole, which its containers share: what one does not need another one may use. Each
   * container keeps its own limits. Servers before Kubernetes 1.34 leave it out unless they are told otherwise.
   * @default - what its containers say together
   */
  readonly podResources?: PodResources;
  /**
   * Labels that a node must have.
   * @default - none
   */
  readonly nodeSelector?: Texts;
  /**
   * Taints of nodes that do not matter.
   * @default - none
   */
  readonly tolerations?: Data<readonly Toleration[]>;
  /**
   * Rules on which nodes and neighbours.
   * @default - none
   */
  readonly affinity?: Data<Affinity>;
  /**
   * The priority class of the pods.
   * @default - the cluster's default
   */
  readonly priorityClassName?: Templated<string | undefined>;
  /**
   * The runtime class of the pods, such as one for gVisor.
   * @default - the cluster's default
   */
  readonly runtimeClassName?: Templated<string | undefined>;
  /**
   * How long a pod may take to end before it is killed, `preStopSeconds` of a service included.
   * @default 30
   */
  readonly terminationGracePeriodSeconds?: Templated<number | undefined>;
}

/** How many pods there are. */
export interface RunningProps extends Scaling {
  /**
   * How pods of another version take the place of those that run.
   * @default - one after the other, and the next one takes over before the last one goes
   */
  readonly updateStrategy?: UpdateStrategy;
  /**
   * Asks the Vertical Pod Autoscaler, which has to be installed, what CPU and memory would fit; it changes nothing by itself.
   * `kubectl describe verticalpodautoscaler NAME` says what it found.
   * @default false
   */
  readonly recommendResources?: Condition;
  /**
   * How many pods may be taken away at once when nodes are drained. `false`: a drain may take all of them.
   * @default - one at a time, with 2 or more replicas
   */
  readonly disruptionBudget?: DisruptionBudget | false;
  /**
   * Labels of nodes over whose values the pods are spread. A node that lacks one of the labels does not count, so name zones only where every node has one. `false`: one broken node may take all pods.
   * @default ['kubernetes.io/hostname']
   */
  readonly spread?: readonly string[] | false;
}

/** Whom it calls. */
export interface OutgoingProps {
  /**
   * Whom its pods may call, besides the cluster's DNS. A service named here lets it in.
   * @default - no other service
   */
  readonly allowTo?: readonly (Reachable | Peer | PlusPeer)[];
  /**
   * Who answers for names in the cluster; `false`: it resolves no names, and finds others by their addresses alone.
   * @default - kube-dns or CoreDNS in kube-system, and the caches that GKE and NodeLocal DNSCache have on nodes
   */
  readonly dns?: ClusterDns | false;
  /**
   * Address ranges that its pods may call.
   * @default - none
   */
  readonly egress?: readonly EgressRange[];
  /**
   * Lets its pods call the Kubernetes API; with `true` that is every address on ports 443, 6443 and 8443. Cilium does
   * not take an address range for the API server: see the guide on network plug-ins.
   * @default false
   */
  readonly allowApiServer?: boolean | ApiServerAddress;
  /**
   * Whether there is a NetworkPolicy. `false`: everybody may call its pods, and they may call everybody.
   * @default true
   */
  readonly networkPolicy?: Condition;
}

/** A range of addresses that pods may call. */
export interface EgressRange {
  readonly cidr: Templated<string>;
  /** The port there. */
  readonly port: Templated<number>;
  /** @default 'TCP' */
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP';
  /**
   * Parts of the range that are left out.
   * @default - none
   */
  readonly except?: readonly string[];
}

/** What is secure unless one of these says otherwise. */
export interface LooseningProps {
  /**
   * The uid and gid of the process, and the group of its volumes.
   * @default 10001
   */
  readonly user?: Templated<number | undefined>;
  /**
   * Leaves uid and gid to the cluster, as OpenShift wants it: it gives each namespace a range of its own. Elsewhere the
   * process is then whatever user the image names, and does not start where that is root.
   * @default false
   */
  readonly userFromCluster?: Condition;
  /**
   * Lets the process be root, so an intruder who leaves the container is root on the node.
   * @default false
   */
  readonly allowRoot?: boolean;
  /**
   * Takes an image without tag or digest, or `latest`: what runs is unknown, and each node may run something else.
   * @default false
   */
  readonly allowUnpinnedImage?: boolean;
  /**
   * Lets the process write to its root filesystem, so an intruder can replace programs.
   * @default false
   */
  readonly allowWritableRoot?: boolean;
  /**
   * Lets setuid programs gain rights that the process does not have.
   * @default false
   */
  readonly allowPrivilegeEscalation?: boolean;
  /**
   * Capabilities that the process gets back; each is a part of root. Restricted namespaces take NET_BIND_SERVICE only.
   * @default - none
   */
  readonly addCapabilities?: readonly string[];
  /**
   * Which system calls are let through. `Unconfined` is all of them, among those the ones that kernel bugs need.
   * @default { type: 'RuntimeDefault' }
   */
  readonly seccompProfile?: Templated<SeccompProfile | undefined>;
  /**
   * Mounts the token of the service account, so an intruder talks to the Kubernetes API as the process does.
   * @default false
   */
  readonly serviceAccountToken?: Condition;
  /**
   * Tells every process of every Service in the namespace, through its environment.
   * @default false
   */
  readonly serviceLinks?: boolean;
}

/** For what no other prop says. `workload.addJsonPatch(...)` changes or removes any other leaf. */
export interface EscapeProps {
  /**
   * The name of the component, for one that is in a loop.
   * @default - the construct's id
   */
  readonly name?: Templated<string>;
  /**
   * More labels, on every object and pod. Those that this library sets win.
   * @default - none
   */
  readonly labels?: Texts;
  /**
   * Annotations on every object.
   * @default - none
   */
  readonly annotations?: Texts;
  /**
   * Annotations on the pods.
   * @default - none
   */
  readonly podAnnotations?: Texts;
  /**
   * Containers beside its own, passed on as Kubernetes reads them: `$(NAME)` in their `env`, `command`, `args` and
   * probes is the value of a variable, and `$$` a `$`. Where they say nothing of `resources`, or of a part of their
   * `securityContext`, they get what the workload's own container has by default, with the resources `small`.
   * @default - none
   */
  readonly sidecars?: readonly Templated<Container>[];
  /**
   * Containers that run before it, passed on as Kubernetes reads them, as `sidecars` are.
   * @default - none
   */
  readonly initContainers?: readonly Templated<Container>[];
  /**
   * More volumes of the pod.
   * @default - none
   */
  readonly volumes?: readonly Templated<Volume>[];
  /**
   * Where the container sees them.
   * @default - nowhere
   */
  readonly volumeMounts?: readonly Templated<VolumeMount>[];
}

/** What can be said of everything that runs in pods. */
export interface WorkloadProps extends ContainerProps, PodProps, OutgoingProps, LooseningProps, EscapeProps {}
