/**
 * What can be built, from which pinned module, with which flags. A group is one `go build` and one folder in the
 * cache: everything in it is compiled together, so shared packages are compiled once.
 */
export interface ToolGroup {
  /** The folder beside this file that holds go.mod and go.sum. */
  readonly folder: string;
  /** Name of the group in progress lines and in the cache. */
  readonly name: string;
  /** Tool name to Go package and the file name of its binary. */
  readonly tools: Readonly<Record<string, { readonly pkg: string; readonly file: string }>>;
  /** Linker `-X` settings: programs that would otherwise report a wrong version of themselves. */
  readonly stamps?: Readonly<Record<string, string>>;
  readonly tags?: string;
  /** Built when somebody asks for it by name, and not with all others: it takes minutes, and few tests want it. */
  readonly onlyWhenAsked?: boolean;
  /** Needs a C compiler. Only runc does, for seccomp. */
  readonly cgo?: boolean;
}

/** Kubernetes versions whose API server can be started; the first is the default and the only one with nodes. */
export const kubernetesVersions = { '1.34': '1.34.4', '1.33': '1.33.13', '1.36': '1.36.3' } as const;

/** A Kubernetes minor version that has pins. */
export type KubernetesMinor = keyof typeof kubernetesVersions;

function kubernetesStamps(minor: KubernetesMinor): Record<string, string> {
  const version = kubernetesVersions[minor];
  const at = 'k8s.io/component-base/version.';
  return {
    [`${at}gitVersion`]: `v${version}`,
    [`${at}gitMajor`]: '1',
    [`${at}gitMinor`]: minor.slice(2),
    [`${at}gitCommit`]: 'unknown',
    [`${at}gitTreeState`]: 'clean',
    // A fixed date, so that the same pins give the same bytes.
    [`${at}buildDate`]: '1970-01-01T00:00:00Z',
  };
}

function same(prefix: string, names: readonly string[], suffix = ''): ToolGroup['tools'] {
  return Object.fromEntries(
    names.map((name) => [`${name}${suffix}`, { pkg: `${prefix}${name}`, file: name }]),
  );
}

function controlPlane(minor: KubernetesMinor): ToolGroup {
  return {
    folder: `kubernetes-${minor}`,
    name: `kubernetes-${minor}`,
    tools: same('k8s.io/kubernetes/cmd/', ['kube-apiserver', 'kube-controller-manager'], `-${minor}`),
    stamps: kubernetesStamps(minor),
    onlyWhenAsked: true,
  };
}

const containernetworking = 'github.com/containernetworking/plugins/plugins';
const sealedSecrets = 'github.com/bitnami-labs/sealed-secrets/cmd';
const podinfo = 'github.com/stefanprodan/podinfo/cmd';

/** Every group, in the order in which `setup` builds them: what most tests wait for comes first. */
export const toolGroups: readonly ToolGroup[] = [
  {
    folder: 'own',
    name: 'own',
    tools: { berth: { pkg: './berth', file: 'berth' }, pause: { pkg: './pause', file: 'pause' } },
  },
  {
    folder: 'kubernetes-1.34',
    name: 'kubernetes-1.34',
    tools: same('k8s.io/kubernetes/cmd/', ['kube-apiserver', 'kubectl']),
    stamps: kubernetesStamps('1.34'),
  },
  {
    folder: 'helm-4',
    name: 'helm-4',
    tools: { 'helm-4': { pkg: 'helm.sh/helm/v4/cmd/helm', file: 'helm' } },
    stamps: { 'helm.sh/helm/v4/internal/version.version': 'v4.3.1' },
  },
  { folder: 'etcd', name: 'etcd', tools: { etcd: { pkg: 'go.etcd.io/etcd/server/v3', file: 'etcd' } } },
  {
    folder: 'kubernetes-1.34',
    name: 'kubernetes-1.34-node',
    tools: same('k8s.io/kubernetes/cmd/', [
      'kube-controller-manager',
      'kube-scheduler',
      'kubelet',
      'kube-proxy',
    ]),
    stamps: kubernetesStamps('1.34'),
  },
  {
    folder: 'containerd',
    name: 'containerd',
    tools: same('github.com/containerd/containerd/v2/cmd/', ['containerd', 'ctr', 'containerd-shim-runc-v2']),
    stamps: { 'github.com/containerd/containerd/v2/version.Version': 'v2.4.2' },
  },
  {
    folder: 'runc',
    name: 'runc',
    tools: { runc: { pkg: 'github.com/opencontainers/runc', file: 'runc' } },
    tags: 'seccomp',
    cgo: true,
  },
  {
    folder: 'cni',
    name: 'cni',
    tools: {
      'cni-bridge': { pkg: `${containernetworking}/main/bridge`, file: 'bridge' },
      'cni-loopback': { pkg: `${containernetworking}/main/loopback`, file: 'loopback' },
      'cni-host-local': { pkg: `${containernetworking}/ipam/host-local`, file: 'host-local' },
      'cni-portmap': { pkg: `${containernetworking}/meta/portmap`, file: 'portmap' },
    },
  },
  {
    folder: 'kube-router',
    name: 'kube-router',
    tools: {
      'kube-router': {
        pkg: 'github.com/cloudnativelabs/kube-router/v2/cmd/kube-router',
        file: 'kube-router',
      },
    },
  },
  {
    folder: 'coredns',
    name: 'coredns',
    tools: { coredns: { pkg: 'github.com/coredns/coredns', file: 'coredns' } },
  },
  {
    folder: 'registry',
    name: 'registry',
    tools: {
      registry: { pkg: 'github.com/distribution/distribution/v3/cmd/registry', file: 'registry' },
    },
  },
  {
    folder: 'kubeconform',
    name: 'kubeconform',
    tools: {
      kubeconform: { pkg: 'github.com/yannh/kubeconform/cmd/kubeconform', file: 'kubeconform' },
    },
  },
  {
    folder: 'opa',
    name: 'opa',
    tools: { opa: { pkg: 'github.com/open-policy-agent/opa', file: 'opa' } },
  },
  {
    folder: 'helm-3',
    name: 'helm-3',
    tools: { 'helm-3': { pkg: 'helm.sh/helm/v3/cmd/helm', file: 'helm' } },
    stamps: { 'helm.sh/helm/v3/internal/version.version': 'v3.22.0' },
  },
  {
    folder: 'kube-score',
    name: 'kube-score',
    tools: { 'kube-score': { pkg: 'github.com/zegl/kube-score/cmd/kube-score', file: 'kube-score' } },
  },
  {
    folder: 'kyverno',
    name: 'kyverno',
    tools: { kyverno: { pkg: 'github.com/kyverno/kyverno/cmd/cli/kubectl-kyverno', file: 'kyverno' } },
  },
  {
    folder: 'argo-rollouts',
    name: 'argo-rollouts',
    tools: {
      'argo-rollouts': {
        pkg: 'github.com/argoproj/argo-rollouts/cmd/rollouts-controller',
        file: 'rollouts-controller',
      },
    },
    stamps: { 'github.com/argoproj/argo-rollouts/utils/version.version': 'v1.10.0' },
  },
  {
    folder: 'agent-sandbox',
    name: 'agent-sandbox',
    tools: {
      'agent-sandbox-controller': {
        pkg: 'sigs.k8s.io/agent-sandbox/cmd/agent-sandbox-controller',
        file: 'agent-sandbox-controller',
      },
    },
    onlyWhenAsked: true,
  },
  {
    folder: 'kueue',
    name: 'kueue',
    tools: { kueue: { pkg: 'sigs.k8s.io/kueue/cmd/kueue', file: 'kueue' } },
    // Only one page of evidence starts it.
    onlyWhenAsked: true,
  },
  {
    folder: 'kustomize-controller',
    name: 'kustomize-controller',
    tools: {
      'kustomize-controller': { pkg: 'github.com/fluxcd/kustomize-controller', file: 'kustomize-controller' },
    },
    // Only a benchmark starts it.
    onlyWhenAsked: true,
  },
  {
    // One build for all of them: what the programs of three charts share is compiled once.
    folder: 'public-charts',
    name: 'public-charts',
    tools: {
      'metrics-server': { pkg: 'sigs.k8s.io/metrics-server/cmd/metrics-server', file: 'metrics-server' },
      'sealed-secrets': { pkg: `${sealedSecrets}/controller`, file: 'controller' },
      kubeseal: { pkg: `${sealedSecrets}/kubeseal`, file: 'kubeseal' },
      podinfo: { pkg: `${podinfo}/podinfo`, file: 'podinfo' },
      podcli: { pkg: `${podinfo}/podcli`, file: 'podcli' },
    },
  },
  controlPlane('1.33'),
  controlPlane('1.36'),
];
