import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Berth } from './berth';
import { addresses, type Layout, type NodeLayout } from './layout';

const execute = promisify(execFile);

/** Switches that are per network namespace: pods are routed, and bridged packets pass the policy rules too. */
const SYSCTLS = ['net/ipv4/ip_forward', 'net/bridge/bridge-nf-call-iptables'];

/**
 * Seconds that an unanswered first packet is remembered, with the way that it took. Who asks a node port from the node
 * itself, as the doorway does, before the rules of its Service are there would be refused from the same source port for
 * two minutes, whatever the rules say by then. A kernel that loads connection tracking later has no such switch yet.
 */
const FORGET_UNANSWERED = 'net/netfilter/nf_conntrack_tcp_timeout_syn_sent';

function inNode(berth: Berth, node: NodeLayout, script: string): Promise<unknown> {
  return execute('nsenter', [`--net=${berth.networkFile(node.name)}`, 'sh', '-ec', script]);
}

function nodeScript(layout: Layout, node: NodeLayout): string {
  const others = layout.nodes.filter((other) => other !== node);
  return [
    'ip -batch - <<END',
    'link set lo up',
    `addr add ${node.address}/24 dev eth0`,
    'link set eth0 up',
    `route add default via ${addresses.nowhere}`,
    ...others.map((other) => `route add ${addresses.podsOf(other.index)} via ${other.address}`),
    'END',
    ...SYSCTLS.map((name) => `echo 1 > /proc/sys/${name}`),
    `[ ! -e /proc/sys/${FORGET_UNANSWERED} ] || echo 1 > /proc/sys/${FORGET_UNANSWERED}`,
  ].join('\n');
}

/**
 * Joins the nodes. Their cable is a veth pair with both ends inside the cluster (with one node the second end just
 * stays there), so no link, address or rule of the machine is ever touched and there is no way out.
 */
export async function layNetwork(layout: Layout, berth: Berth): Promise<void> {
  const [first, second] = layout.nodes;
  const farEnd = second ? `eth0 netns ${berth.networkFile(second.name)}` : 'cable';
  await inNode(berth, first!, `ip link add eth0 type veth peer name ${farEnd}`);
  if (!second) await inNode(berth, first!, 'ip link set cable up');
  await Promise.all(layout.nodes.map((node) => inNode(berth, node, nodeScript(layout, node))));
}
