import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Component } from '../berth';
import { addresses, type Layout, type NodeLayout } from '../layout';
import type { ClusterPlan } from '../options';

/** Kubernetes' own: a lease of 40 s, where a node is down after 50. */
const LEASE_PART = 0.8;

function onNode(
  layout: Layout,
  node: NodeLayout,
  name: string,
  command: readonly string[],
  env: readonly string[] = [],
): Component {
  return {
    name: `${name}-${node.name}`,
    network: node.name,
    command,
    env: [`PATH=${process.env.PATH}`, ...env],
    log: path.join(layout.logs, `${name}-${node.name}.log`),
  };
}

/** The kubelet of one node. Two kubelets on one machine each have a cgroup root and a folder of their own. */
export function kubelet(
  layout: Layout,
  node: NodeLayout,
  binary: string,
  { podPidsLimit, nodeDownAfter }: Pick<ClusterPlan, 'podPidsLimit' | 'nodeDownAfter'>,
): Component {
  const config = path.join(node.directory, 'kubelet.json');
  const pki = (file: string) => path.join(layout.pki, file);
  writeFileSync(
    config,
    JSON.stringify({
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
      address: node.address,
      authentication: {
        anonymous: { enabled: false },
        x509: { clientCAFile: pki('ca.crt') },
        webhook: { enabled: true },
      },
      authorization: { mode: 'Webhook' },
      tlsCertFile: pki(`kubelet-${node.name}.crt`),
      tlsPrivateKeyFile: pki(`kubelet-${node.name}.key`),
      cgroupDriver: 'cgroupfs',
      cgroupRoot: `/${layout.cgroup}/${node.name}`,
      cgroupsPerQOS: true,
      enforceNodeAllocatable: [],
      failCgroupV1: false,
      failSwapOn: false,
      clusterDNS: [addresses.dns],
      clusterDomain: 'cluster.local',
      // Nothing outside can be asked for a name, so pods get no server but the cluster's own.
      resolvConf: '',
      containerRuntimeEndpoint: `unix://${node.containerdSocket}`,
      podLogsDir: path.join(node.directory, 'pod-logs'),
      volumePluginDir: path.join(node.directory, 'volume-plugins'),
      serializeImagePulls: false,
      podPidsLimit,
      // Within this time it says five times that it is there.
      nodeLeaseDurationSeconds: Math.round(nodeDownAfter * LEASE_PART),
      // The machine's disk is not the cluster's: a full one must not evict pods or delete imported images.
      evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
      // Rotating a log while somebody follows it loses lines; tests write more than the usual 10 MB.
      containerLogMaxSize: '1Gi',
      // How often a pod's folders are measured; a full one is seen, and its pod evicted, that much sooner.
      volumeStatsAggPeriod: '10s',
      imageGCHighThresholdPercent: 100,
      imageGCLowThresholdPercent: 99,
    }),
  );
  return onNode(layout, node, 'kubelet', [
    binary,
    `--config=${config}`,
    `--kubeconfig=${path.join(layout.directory, `kubelet-${node.name}.kubeconfig`)}`,
    `--hostname-override=${node.name}`,
    `--node-ip=${node.address}`,
    `--root-dir=${path.join(node.directory, 'kubelet')}`,
  ]);
}

/** Services: cluster addresses and node ports, by iptables rules in the node's own network. */
export function kubeProxy(layout: Layout, node: NodeLayout, binary: string): Component {
  const config = path.join(node.directory, 'kube-proxy.json');
  writeFileSync(
    config,
    JSON.stringify({
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
      clientConnection: { kubeconfig: path.join(layout.directory, 'kube-proxy.kubeconfig') },
      clusterCIDR: addresses.pods,
      hostnameOverride: node.name,
      mode: 'iptables',
      healthzBindAddress: `${node.address}:10256`,
      // These limits belong to the whole machine.
      conntrack: { maxPerCore: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
      // A new Service answers soon after it is created.
      iptables: { minSyncPeriod: '100ms' },
    }),
  );
  return onNode(layout, node, 'kube-proxy', [binary, `--config=${config}`]);
}

/** Enforces NetworkPolicy, and does nothing else of what it could. */
export function kubeRouter(layout: Layout, node: NodeLayout, binary: string): Component {
  return onNode(
    layout,
    node,
    'kube-router',
    [
      binary,
      `--kubeconfig=${path.join(layout.directory, 'kube-router.kubeconfig')}`,
      '--run-firewall=true',
      '--run-router=false',
      '--run-service-proxy=false',
      '--run-loadbalancer=false',
      `--hostname-override=${node.name}`,
      `--service-cluster-ip-range=${addresses.services}`,
    ],
    [`NODE_NAME=${node.name}`],
  );
}
