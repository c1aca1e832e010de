import path from 'node:path';
import { addresses } from '../../cluster/layout';
import { pinsDirectory } from '../../cluster/tools/pins';
import { Peer } from '../../constructs';
import type { HardenOptions, HardenRule } from '../../harden';
import { goModule } from '../../scripts/imports/go-module';

/** A chart that lies in the Go module of its program, so that the Go proxy gives both and nothing is copied; each is Apache-2.0. */
export interface PublicChart {
  /** Its release, its Deployment and its Service. */
  readonly name: string;
  readonly module: string;
  /** Where the chart is in it. */
  readonly folder: string;
  readonly values: object;
  /** What its image holds, by the name of the tool. */
  readonly programs: Readonly<Record<string, string>>;
  readonly entrypoint?: string;
  /** What `harden` asks where nobody says a word. */
  readonly asked: readonly HardenRule[];
  /** The answers, as a user gives them. */
  readonly options: HardenOptions;
}

/** The API server of the cluster is on a node, as are the kubelets. */
const NODES = addresses.nodeRange;
const OFTEN = ['--metric-resolution=10s', '--kubelet-request-timeout=5s'];
const SOON = { initialDelaySeconds: 1, periodSeconds: 1 };

export const PUBLIC_CHARTS: readonly PublicChart[] = [
  {
    name: 'metrics-server',
    module: 'sigs.k8s.io/metrics-server',
    folder: 'charts/metrics-server',
    // The chart is a release behind the program. It asks as often as it can, for two answers make the first metrics.
    values: { image: { tag: 'v0.8.0' }, args: OFTEN, readinessProbe: SOON },
    programs: { 'metrics-server': 'metrics-server' },
    entrypoint: '/metrics-server',
    asked: ['callers', 'egress', 'resources', 'token'],
    options: {
      resources: 'small',
      workloads: [
        {
          of: 'Deployment/metrics-server',
          // The API server asks it, for its APIService; it asks the kubelets and the API server.
          allowFrom: [Peer.cidr(NODES)],
          allowTo: [Peer.cidr(NODES, { port: 10250 })],
          allowApiServer: true,
        },
      ],
      exceptions: [
        {
          of: 'Deployment/metrics-server',
          rule: 'token',
          reason: 'It lists nodes and pods, and asks kubelets',
        },
      ],
    },
  },
  {
    name: 'sealed-secrets',
    module: 'github.com/bitnami-labs/sealed-secrets',
    folder: 'helm/sealed-secrets',
    values: { image: { tag: '0.32.2' }, readinessProbe: SOON },
    programs: { 'bin/controller': 'sealed-secrets' },
    asked: ['callers', 'egress', 'resources', 'token'],
    options: {
      resources: 'small',
      workloads: [
        {
          of: 'Deployment/sealed-secrets',
          // kubeseal comes through the API server.
          allowFrom: [Peer.cidr(NODES)],
          allowTo: [],
          allowApiServer: true,
        },
      ],
      exceptions: [
        {
          of: 'Deployment/sealed-secrets',
          rule: 'token',
          reason: 'It reads SealedSecrets and writes Secrets',
        },
      ],
    },
  },
  {
    name: 'podinfo',
    module: 'github.com/stefanprodan/podinfo',
    folder: 'charts/podinfo',
    values: { probes: { readiness: SOON } },
    programs: { podinfo: 'podinfo', 'bin/podcli': 'podcli' },
    asked: ['callers', 'egress', 'resources', 'writable'],
    options: {
      resources: 'small',
      workloads: [
        {
          of: 'Deployment/podinfo',
          allowFrom: [Peer.cidr(NODES)],
          allowTo: [],
          // What it stores is in /data, a folder that the chart gives it.
          writable: [],
        },
      ],
    },
  },
];

/** The folder of a chart, in the version that its program is built from. */
export async function chartFolder({ module, folder }: PublicChart): Promise<string> {
  const { Dir } = await goModule(module, path.join(pinsDirectory, 'public-charts'));
  return path.join(Dir, folder);
}
