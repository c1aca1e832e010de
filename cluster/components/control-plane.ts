import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Component } from '../berth';
import { addresses, type Layout } from '../layout';
import { FRONT_PROXY } from '../pki';

const ETCD = 'https://127.0.0.1:2379';
const ETCD_PEER = 'https://127.0.0.1:2380';

/** What the caller may add to the API server. */
export interface ApiServerSettings {
  readonly featureGates: Readonly<Record<string, boolean>>;
  readonly runtimeConfig: readonly string[];
  readonly args: readonly string[];
}

function onFirstNode(layout: Layout, name: string, command: readonly string[]): Component {
  return {
    name,
    network: layout.nodes[0]!.name,
    command,
    env: [`PATH=${process.env.PATH}`],
    log: path.join(layout.logs, `${name}.log`),
  };
}

/**
 * etcd without waiting for the disk: a cluster of tests has nothing to recover after a power cut. A pod with hostNetwork
 * reaches its ports, so both of them want a certificate.
 */
export function etcd(layout: Layout, binary: string): Component {
  const pki = (file: string) => path.join(layout.pki, file);
  return onFirstNode(layout, 'etcd', [
    binary,
    `--data-dir=${path.join(layout.directory, 'etcd')}`,
    `--listen-client-urls=${ETCD}`,
    `--advertise-client-urls=${ETCD}`,
    `--listen-peer-urls=${ETCD_PEER}`,
    `--initial-advertise-peer-urls=${ETCD_PEER}`,
    `--initial-cluster=default=${ETCD_PEER}`,
    ...['', 'peer-'].flatMap((listener) => [
      `--${listener}client-cert-auth`,
      `--${listener}trusted-ca-file=${pki('etcd-ca.crt')}`,
      `--${listener}cert-file=${pki('etcd.crt')}`,
      `--${listener}key-file=${pki('etcd.key')}`,
    ]),
    '--unsafe-no-fsync',
    // Alone it wins every election; the default timeout, made for distances, is only a wait before the first one.
    '--heartbeat-interval=20',
    '--election-timeout=100',
  ]);
}

/** Who did what to which object, for every request. Bodies stay out: secrets would be in them. */
const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
};

/** How the API server asks the servers of APIServices, and how they know that it is the one that asks. */
function aggregation(pki: (file: string) => string): string[] {
  return [
    `--proxy-client-cert-file=${pki('front-proxy.crt')}`,
    `--proxy-client-key-file=${pki('front-proxy.key')}`,
    `--requestheader-client-ca-file=${pki('front-proxy-ca.crt')}`,
    `--requestheader-allowed-names=${FRONT_PROXY}`,
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
  ];
}

/** The API server, with RBAC and every request in its audit log. */
export function apiServer(layout: Layout, binary: string, settings: ApiServerSettings): Component {
  const pki = (file: string) => path.join(layout.pki, file);
  const auditPolicy = path.join(layout.directory, 'audit-policy.json');
  writeFileSync(auditPolicy, JSON.stringify(AUDIT_POLICY));
  const gates = Object.entries(settings.featureGates).map(([gate, on]) => `${gate}=${on}`);
  return onFirstNode(layout, 'apiserver', [
    binary,
    `--etcd-servers=${ETCD}`,
    `--etcd-cafile=${pki('etcd-ca.crt')}`,
    `--etcd-certfile=${pki('apiserver-to-etcd.crt')}`,
    `--etcd-keyfile=${pki('apiserver-to-etcd.key')}`,
    `--advertise-address=${layout.nodes[0]!.address}`,
    `--secure-port=${addresses.apiPort}`,
    `--client-ca-file=${pki('ca.crt')}`,
    `--tls-cert-file=${pki('apiserver.crt')}`,
    `--tls-private-key-file=${pki('apiserver.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${pki('sa.pub')}`,
    `--service-account-signing-key-file=${pki('sa.key')}`,
    `--service-cluster-ip-range=${addresses.services}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    `--kubelet-client-certificate=${pki('apiserver-to-kubelet.crt')}`,
    `--kubelet-client-key=${pki('apiserver-to-kubelet.key')}`,
    `--kubelet-certificate-authority=${pki('ca.crt')}`,
    '--kubelet-preferred-address-types=InternalIP',
    ...aggregation(pki),
    '--allow-privileged=true',
    `--audit-policy-file=${auditPolicy}`,
    `--audit-log-path=${layout.auditLog}`,
    ...(gates.length > 0 ? [`--feature-gates=${gates.join(',')}`] : []),
    ...(settings.runtimeConfig.length > 0 ? [`--runtime-config=${settings.runtimeConfig.join(',')}`] : []),
    ...settings.args,
  ]);
}

/** Nothing asks them for health or metrics, and a certificate of their own costs a fifth of a second to make. */
const NOT_SERVING = '--secure-port=0';

/** Deployments, Jobs, garbage collection, service account tokens and the rest. */
export function controllerManager(layout: Layout, binary: string, nodeDownAfter: number): Component {
  return onFirstNode(layout, 'controller-manager', [
    binary,
    `--kubeconfig=${path.join(layout.directory, 'controller-manager.kubeconfig')}`,
    `--service-account-private-key-file=${path.join(layout.pki, 'sa.key')}`,
    `--root-ca-file=${path.join(layout.pki, 'ca.crt')}`,
    '--use-service-account-credentials',
    // Its first act is to create an account for each of its controllers; the default rate makes that take seconds.
    '--kube-api-qps=500',
    '--kube-api-burst=500',
    // One instance: waiting for a lease would only cost start-up time.
    '--leader-elect=false',
    `--node-monitor-grace-period=${nodeDownAfter}s`,
    NOT_SERVING,
  ]);
}

/** Puts pods on nodes. */
export function scheduler(layout: Layout, binary: string): Component {
  return onFirstNode(layout, 'scheduler', [
    binary,
    `--kubeconfig=${path.join(layout.directory, 'scheduler.kubeconfig')}`,
    '--leader-elect=false',
    NOT_SERVING,
  ]);
}
