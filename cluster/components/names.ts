/** The programs of a cluster as `kill`, `pause`, `restart` and `logs` name them. */
export const componentNames = [
  'etcd',
  'apiserver',
  'controller-manager',
  'scheduler',
  'containerd',
  'kubelet',
  'kube-proxy',
  'kube-router',
  'registry',
] as const;

/** A program of a cluster. Those that run on every node are taken on the first one unless a node is named. */
export type ComponentName = (typeof componentNames)[number];

const perNode: readonly ComponentName[] = ['containerd', 'kubelet', 'kube-proxy', 'kube-router'];

/** The name under which the holder knows a program: with the node's name where each node has its own. */
export function heldName(component: ComponentName, node: string): string {
  return perNode.includes(component) ? `${component}-${node}` : component;
}
