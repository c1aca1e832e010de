import type { Application } from '../../gitops/api/application';
import type { PageServerOptions } from '../../gitops/page/page-server';
import { referencesIn } from '../../gitops/page/references';
import { costOf } from '../../gitops/preview/cost';
import type { KubeObject, Stored } from '../../kube';

/** What somebody looks at who has Applications in two clusters, one of which is not well. */

export const HOSTILE = '<img src=x onerror=alert(1)>"\'&amp;';
const COMMIT = '3f2a1bc0d9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4';
const OLDER = '91c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0';
const labels = { app: 'web' };
const object = (kind: string, name: string, more: object = {}) =>
  ({ apiVersion: 'v1', kind, metadata: { name, namespace: 'shop' }, ...more }) as unknown as KubeObject;
const containers = [{ envFrom: [{ configMapRef: { name: 'settings' } }, { secretRef: { name: 'key' } }] }];
const objects = [
  object('Ingress', 'web', {
    spec: { rules: [{ http: { paths: [{ backend: { service: { name: 'web' } } }] } }] },
  }),
  object('HorizontalPodAutoscaler', 'web', { spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' } } }),
  object('Service', 'web', { spec: { selector: labels } }),
  object('Deployment', 'web', {
    spec: {
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: 'web',
          containers,
          volumes: [{ persistentVolumeClaim: { claimName: 'data' } }],
        },
      },
    },
  }),
  object('ServiceAccount', 'web'),
  object('ConfigMap', 'settings'),
  object('Secret', 'key', { stringData: { password: 'hunter2' } }),
  object('PersistentVolumeClaim', 'data'),
];

export const LINES = 8 - 1;

const base = {
  apiVersion: 'ajj.io/v1',
  kind: 'Application',
  spec: {
    source: { url: 'https://git.example.com/team/shop.git', path: 'deploy/production' },
    serviceAccount: 'deployer',
  },
};
const named = (name: string, status: Application['status']) =>
  ({
    ...base,
    metadata: { name, namespace: 'shop', uid: name, resourceVersion: '1' },
    status,
  }) as Stored<Application>;
const well: NonNullable<Application['status']> = {
  ...{ phase: 'Healthy', sync: 'Synced', health: 'Healthy', inventory: 12 },
  ...{ lastAppliedRevision: COMMIT, lastAttemptedRevision: COMMIT },
};
const sick =
  'Deployment shop/web is waiting: 0 of 2 pods are ready; registry.example.com/shop:1.4.3 cannot be pulled';

/** By name; a test changes them, as the watch of a controller does. */
export const apps = new Map<string, Stored<Application>>(
  [
    named('billing', well),
    named('search', {
      ...well,
      phase: 'Pending',
      sync: 'OutOfSync',
      message: 'commit 91c2d3e4f5 would change 1 object(s)',
    }),
    named('web', {
      ...{
        ...well,
        phase: 'Degraded',
        health: 'Degraded',
        inventory: 2 * objects.length,
        message: `1 of 2 cluster(s): east: ${sick}`,
      },
      clusters: [
        { name: 'west', phase: 'Healthy', sync: 'Synced', health: 'Healthy', revision: COMMIT },
        {
          name: 'east',
          phase: 'Degraded',
          sync: 'Synced',
          health: 'Degraded',
          revision: COMMIT,
          message: sick,
        },
      ],
      history: [
        { revision: COMMIT, at: '2026-11-30T12:04:00Z', outcome: 'Degraded', message: sick },
        { revision: OLDER, at: '2026-11-30T09:30:00Z', outcome: 'Applied' },
      ],
    }),
  ].map((one) => [one.metadata.name, one]),
);

const inCluster = (cluster: string, isWell: boolean) => ({
  cluster,
  objects: objects.map(({ kind, metadata }) => {
    const isSick = !isWell && kind === 'Deployment';
    const name = metadata?.name ?? '';
    const state = isSick ? ('waiting' as const) : ('healthy' as const);
    return { group: '', kind, namespace: 'shop', name, state, why: isSick ? sick : '' };
  }),
  edges: referencesIn(objects),
});

export const sample: PageServerOptions['data'] = {
  all: () => [...apps.values()],
  get: (_namespace, name) => apps.get(name),
  clustersOf: async () => [inCluster('east', false), inCluster('west', true)],
  diffOf: async () => ({
    ...{
      application: 'shop/web',
      repository: 'x',
      asked: 'branch main',
      revision: COMMIT,
      outcome: 'changes',
    },
    policy: [],
    clusters: ['east', 'west'].map((cluster) => ({
      cluster,
      cost: { before: costOf([]), after: costOf([]) },
      plan: {
        ...{ release: 'web', namespace: 'shop', leftOut: [], problems: [] },
        objects: [
          {
            ...{
              action: 'change',
              group: '',
              kind: 'ConfigMap',
              namespace: 'shop',
              name: 'settings',
              taken: [],
            },
            changes: [{ path: 'data.colour', before: 'blue', after: HOSTILE, hidden: false, owners: [] }],
          },
          {
            ...{ action: 'change', group: '', kind: 'Secret', namespace: 'shop', name: 'key', taken: [] },
            changes: [{ path: 'data.password', hidden: true, owners: [] }],
          },
        ],
      },
    })),
  }),
};
